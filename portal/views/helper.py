"""What the portal ships for notebooks and programs: the helper, the client, and wheels that pip installs."""

from functools import cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from portal.wheels import Wheel, version_in

MODULE = "almanac_insight.py"


@login_not_required  # kernels that install it are nobody
@require_safe
def module(request: object) -> HttpResponse:
    return HttpResponse(_source(), content_type="text/x-python; charset=utf-8")


@login_not_required
@require_safe
def wheel(request: object) -> HttpResponse:
    return HttpResponse(_packed_helper(), content_type="application/zip")


@login_not_required
@require_safe
def client(request: object) -> HttpResponse:
    return HttpResponse(_packed_client(), content_type="application/zip")


def wheel_name() -> str:
    return _helper().name


def client_name() -> str:
    return _client().name


@cache
def _source() -> bytes:
    return (settings.BASE_DIR / "helper" / MODULE).read_bytes()


@cache
def _helper() -> Wheel:
    summary = "Publish numbers from notebooks to Almanac"
    return Wheel("almanac-insight", version_in(_source()), summary, "3.8", {MODULE: _source()})


@cache
def _client() -> Wheel:
    folder = settings.BASE_DIR / "client" / "almanac_client"
    files = {
        f"almanac_client/{path.name}": path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.suffix == ".py" or path.name == "py.typed"
    }
    version = version_in(files["almanac_client/__init__.py"])
    return Wheel("almanac-client", version, "Numbers and posts of an Almanac portal", "3.10", files)


@cache
def _packed_helper() -> bytes:
    return _helper().packed()


@cache
def _packed_client() -> bytes:
    return _client().packed()
