"""How often one person may ask the doors of programs: counted in Valkey by the minute."""

import time
from dataclasses import dataclass
from functools import cache

import redis
from django.conf import settings

from knowledge.models import User

WINDOW = 60  # seconds


@dataclass(frozen=True, slots=True)
class Rate:
    """`left` of `limit` requests, for `seconds` more."""

    limit: int
    left: int
    seconds: int
    is_over: bool = False

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.left),
            "RateLimit-Reset": str(self.seconds),
        }


def spend(user: User, times: int = 1) -> Rate | None:
    """So many of the `API_RATE_LIMIT` requests a minute of a person, whatever their tokens.

    None where that is no limit, or without Valkey: then nobody is kept waiting.
    """
    limit: int = settings.API_RATE_LIMIT
    if not limit:
        return None
    now = int(time.time())
    try:
        used = _counted(f"almanac:api:{user.pk}:{now // WINDOW}", times)
    except redis.RedisError:
        return None
    return Rate(limit, max(limit - used, 0), WINDOW - now % WINDOW, used > limit)


@cache
def _valkey(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5)


def _counted(key: str, times: int) -> int:
    """These requests among those of their minute."""
    pipeline = _valkey(settings.REDIS_URL).pipeline(transaction=False)
    pipeline.incrby(key, times)
    pipeline.expire(key, 2 * WINDOW)
    used, _ = pipeline.execute()
    return int(used)
