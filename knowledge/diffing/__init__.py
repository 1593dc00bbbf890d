"""PURE: two versions of a document -> what a reader finds changed. Knows neither Django nor Celery.

To be called where memory and time are limited: in a render child. See docs/comparing.md.
"""

from knowledge.diffing.comparing import compare
from knowledge.diffing.difference import Difference, Row
from knowledge.diffing.news import News, news_of

# Goes up whenever the same two documents would come out different.
DIFFER_VERSION = "2"

__all__ = ["DIFFER_VERSION", "Difference", "News", "Row", "compare", "news_of"]
