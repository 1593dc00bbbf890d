"""The browser libraries that lie in `static/vendor`, and addresses of content networks rewritten to them.

Output documents load nothing from outside; what the portal has no copy of is disarmed. The marker
`almanac-vendor:` stands for the portal's own `/vendor/`, resolved when an output document is served.
"""

import re
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

import orjson

_FOLDER = Path(__file__).resolve().parents[2] / "static" / "vendor"
_REGISTRY = _FOLDER / "vendor.json"
MARKER = "almanac-vendor:"

_HOSTS = (
    "cdn.jsdelivr.net",
    "unpkg.com",
    "cdnjs.cloudflare.com",
    "cdn.plot.ly",
    "cdn.bokeh.org",
    "cdn.pydata.org",
    "code.jquery.com",
)
_CDN = re.compile(
    rf"(?:https:|http:)?//(?:{'|'.join(map(re.escape, _HOSTS))})(/[\w./@~+-]{{1,300}})(\?[\w=&.-]{{0,100}})?"
)
# Looked for in an address in this order: the first that occurs names the library.
_NAMES = (
    ("vega-embed", re.compile(r"vega-embed(?:@|/)?v?([\d.]*)")),
    ("vega-lite", re.compile(r"vega-lite(?:@|/)?v?([\d.]*)")),
    ("vega", re.compile(r"/vega(?:@|/|\b)v?([\d.]*)")),
    ("bokeh", re.compile(r"/bokeh(?:-(?:widgets|tables|api))?-?([\d.]*)")),
    (
        "plotly",
        re.compile(r"plotly(?:\.js)?(?:-dist|-basic|-cartesian|-gl3d|-strict|-min|\.min)*[@/-]?([\d.]*)"),
    ),
    ("requirejs", re.compile(r"require(?:\.js|js)?(?:@|/)([\d.]*)")),
    ("jquery", re.compile(r"/jquery(?:@|/|-)([\d.]+)(?!.*(?:ui|migrate))")),
    ("katex", re.compile(r"[kK]a[tT]e[xX](?:@|/)([\d.]*)")),
)
_BOKEH_PART = re.compile(r"/bokeh(-(?:widgets|tables|api))-?[\d.]*(?:\.min)?(?:\.js)?$")
_LOADING_TAG = re.compile(
    r"<(?:script|link|img|iframe|video|audio|source|embed|object|image)\b[^<>]{0,5000}>", re.I
)
_OUTSIDE = re.compile(r"(\s)(?:xlink:)?(src|href|srcset|data)(\s*=\s*[\"']?\s*)(?=(?:https?:)?//)", re.I)
_INTEGRITY = re.compile(r"\s(?:integrity|crossorigin)(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+))?", re.I)


@cache
def registry() -> dict[str, dict[str, str]]:
    """library -> version -> path of its script under /vendor/."""
    entries = orjson.loads(_REGISTRY.read_bytes())
    return {
        name: {version: entry["script"] for version, entry in versions.items()}
        for name, versions in entries.items()
    }


def fingerprint() -> str:
    """Changes when the vendored libraries do, for old renderings name the paths they were made with."""
    return sha256(_REGISTRY.read_bytes()).hexdigest()[:8]


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())[:3]


def nearest(library: str, wanted: str = "") -> str:
    """Our version nearest to the wanted one: of its major if there is one; the newest if none is named."""
    versions = sorted(registry()[library], key=numbers)
    major = numbers(wanted)[:1]
    if not major:
        return versions[-1]
    same = [version for version in versions if numbers(version)[:1] == major]
    older = [version for version in versions if numbers(version)[:1] < major]
    return (same or older or versions[:1])[-1]


def script(library: str, wanted: str = "") -> str:
    """The marked address of a library's script."""
    return MARKER + registry()[library][nearest(library, wanted)]


def scripts(*addresses: str) -> str:
    return "".join(f'<script src="{address}"></script>' for address in addresses)


def bokeh_scripts() -> Iterator[str]:
    """Bokeh and its parts, in the order that they need."""
    main = script("bokeh")
    yield main
    for part in ("widgets", "tables"):
        yield main.replace("bokeh.min.js", f"bokeh-{part}.min.js")


def localized(html: str) -> str:
    """A document whose libraries come from here, and that asks no other site for anything."""
    if any(host in html for host in _HOSTS):
        html = _CDN.sub(_rewritten, html)
    return _LOADING_TAG.sub(_disarmed, html)


def _rewritten(found: re.Match[str]) -> str:
    path, query = found[1], found[2] or ""
    address = _vendored(path)
    if address is None:
        return found[0]
    # RequireJS adds ".js" by itself, except to an address with a query.
    if not path.endswith((".js", ".css")) and "@" not in path and not query:
        return address.removesuffix(".js")
    return address + query


def _vendored(path: str) -> str | None:
    for library, pattern in _NAMES:
        if found := pattern.search(path):
            address = script(library, found[1].strip("."))
            if path.endswith(".css"):
                return address.replace(".min.js", ".min.css") if library == "katex" else None
            if library == "bokeh" and (part := _BOKEH_PART.search(path)):
                return address.replace("bokeh.min.js", f"bokeh{part[1]}.min.js")
            return address
    return None


def _disarmed(found: re.Match[str]) -> str:
    """Integrity sums are of the versions that were asked for; addresses left outside must not be asked."""
    return _OUTSIDE.sub(r"\1data-outside-\2\3", _INTEGRITY.sub("", found[0]))
