"""Numbers and posts of an Almanac portal in Python, with nothing but the standard library.

    from almanac_client import Almanac

    almanac = Almanac("https://almanac.example", "alm_...")
    churn = almanac.insight("growth/churn_q2")
    print(churn.value, churn.unit, "as of", churn.as_of, churn.status)

docs/client.md of the portal tells more.
"""

from almanac_client._errors import AlmanacError, Busy, NotAllowed, NotFound, Refused, Unreachable
from almanac_client._portal import Almanac
from almanac_client._values import Decision, Found, History, Hit, Insight, Post, Publication, Reading

__all__ = [
    "Almanac",
    "AlmanacError",
    "Busy",
    "Decision",
    "Found",
    "History",
    "Hit",
    "Insight",
    "NotAllowed",
    "NotFound",
    "Post",
    "Publication",
    "Reading",
    "Refused",
    "Unreachable",
]
__version__ = "1.0"
