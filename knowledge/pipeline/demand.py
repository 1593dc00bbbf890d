"""What people search for in vain, kept without names. docs/questions.md says what of it is shown to whom."""

import logging
import unicodedata
from datetime import date

from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from knowledge.models import SearchMiss, User

logger = logging.getLogger(__name__)

A_DAY = 2_000  # different queries
MARKED = 24 * 60 * 60  # seconds for which it is known that somebody was counted
SALT = "almanac.search-miss"


def record_search_miss(*, query: str, by: User | None = None) -> None:
    """Count a search that found nothing. `by` counts once a day for the same words, and is kept nowhere.

    For searches that were sent, not for what somebody is still typing. Never raises for what was typed.
    """
    words, day = cleaned(query), timezone.localdate()
    if not words or (by and not _is_first(by, words, day)):
        return
    with transaction.atomic():
        same = SearchMiss.objects.filter(query=words, day=day)
        if not same.exists() and SearchMiss.objects.filter(day=day).count() >= A_DAY:
            return
        SearchMiss.objects.bulk_create([SearchMiss(query=words, day=day)], ignore_conflicts=True)
        same.update(times=F("times") + 1)


def cleaned(query: str) -> str:
    """As it is kept; "" for what isn't: too long to be a search, or with a mail address in it."""
    printable = "".join(" " if unicodedata.category(sign)[0] == "C" else sign for sign in query[:2_000])
    words = " ".join(unicodedata.normalize("NFKC", printable).casefold().split())
    is_kept = 2 <= len(words) <= SearchMiss.LONGEST and "@" not in words
    return words if is_kept else ""


def _is_first(user: User, words: str, day: date) -> bool:
    """Whether nobody counted them yet today; where the cache is away, nothing is counted."""
    mark = salted_hmac(SALT, f"{user.pk} {day} {words}", algorithm="sha256").hexdigest()
    try:
        return bool(cache.add(f"miss:{mark}", 1, MARKED))
    except Exception:
        logger.warning("A search that found nothing isn't counted: the cache is away", exc_info=True)
        return False
