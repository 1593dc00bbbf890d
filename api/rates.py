"""How often one person may ask: counted in Valkey by the minute, told in every answer."""

import time
from dataclasses import dataclass
from functools import cache
from typing import Any

import redis
from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

WINDOW = 60  # seconds


@dataclass(frozen=True, slots=True)
class Rate:
    """`left` of `limit` requests, for `seconds` more."""

    limit: int
    left: int
    seconds: int

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.left),
            "RateLimit-Reset": str(self.seconds),
        }


class PersonalRate(BaseThrottle):
    """`API_RATE_LIMIT` requests a minute and person, whatever their tokens; 0 is no limit."""

    rate: Rate | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        limit: int = settings.API_RATE_LIMIT
        if not limit or not request.user.is_authenticated:
            return True
        now = int(time.time())
        try:
            used = _counted(f"almanac:api:{request.user.pk}:{now // WINDOW}")
        except redis.RedisError:
            return True  # without Valkey nobody is kept waiting
        self.rate = Rate(limit, max(limit - used, 0), WINDOW - now % WINDOW)
        view.rate = self.rate
        return used <= limit

    def wait(self) -> float | None:
        return float(self.rate.seconds) if self.rate else None


@cache
def _valkey(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5)


def _counted(key: str) -> int:
    """This request among those of its minute."""
    pipeline = _valkey(settings.REDIS_URL).pipeline(transaction=False)
    pipeline.incr(key)
    pipeline.expire(key, 2 * WINDOW)
    used, _ = pipeline.execute()
    return int(used)
