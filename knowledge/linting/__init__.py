"""PURE: Document -> Findings, what an author should know before others read it. No Django, no Celery.

A finding is advice, unless the space says that its code keeps a revision from being published. What is wrong
with a file so that it can't be read as it was meant is no finding but a Fault of its reader.
"""

from knowledge.linting.accepting import accepted_in
from knowledge.linting.checks import CHECKS, OF_HEADER, lint, lint_header
from knowledge.linting.finding import CODES, Finding

__all__ = ["CHECKS", "CODES", "OF_HEADER", "Finding", "accepted_in", "lint", "lint_header"]
