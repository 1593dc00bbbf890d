"""How the portal is: for load balancers, and for those who run it."""

import hmac
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.files.storage import FileSystemStorage, storages
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from portal.metrics import openmetrics

OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


@login_not_required
@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """This process answers. Asks nothing else, so that a broken database restarts nobody."""
    return HttpResponse("alive\n", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Whether requests can be served: every part by name, "ok" or what is wrong with it.

    `mail` is for people to read, and decides nothing.
    """
    parts = {name: check() for name, check in CHECKS.items()}
    status = 200 if set(parts.values()) == {"ok"} else 503
    return JsonResponse(parts | {"mail": mail()}, status=status)


def database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "PostgreSQL does not answer"
    return "ok"


def migrations() -> str:
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unknown while PostgreSQL does not answer"
    return f"{len(waiting)} to apply: run manage.py migrate" if waiting else "ok"


def broker() -> str:
    try:
        cache.get("almanac.ready")
    except (RedisError, OSError):
        return "Valkey does not answer"
    return "ok"


def blobs() -> str:
    """Whether the blob folder can be written. A bucket isn't asked: each probe would be a bill."""
    storage = storages["blobs"]
    if not isinstance(storage, FileSystemStorage):
        return "ok"
    try:
        Path(storage.location).mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=storage.location):
            return "ok"
    except OSError as error:
        return f"the blob folder can't be written: {error.strerror}"


def mail() -> str:
    return "ok" if settings.SENDS_MAIL else "not sent: EMAIL_HOST is not set"


CHECKS: dict[str, Callable[[], str]] = {
    "database": database,
    "migrations": migrations,
    "broker": broker,
    "blobs": blobs,
}


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For superusers, and for collectors that send METRICS_TOKEN; for everyone else there is nothing here."""
    if not (has_metrics_token(request) or request.user.is_superuser):
        return HttpResponse("Send METRICS_TOKEN as a bearer token.\n", status=401, content_type="text/plain")
    return HttpResponse(openmetrics(), content_type=OPENMETRICS)


def has_metrics_token(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    expected = settings.METRICS_TOKEN
    return (
        bool(expected)
        and scheme.lower() == "bearer"
        and hmac.compare_digest(token.encode(), expected.encode())
    )
