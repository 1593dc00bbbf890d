"""The browser libraries that lie in `static/vendor`, and addresses of content networks rewritten to them.

Output documents load nothing from outside; what the portal has no copy of is disarmed. The marker
`almanac-vendor:` stands for the portal's own `/vendor/`, resolved when an output document is served.
"""

import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

FOLDER = Path(__file__).resolve().parents[2] / "static" / "vendor"
_REGISTRY = FOLDER / "vendor.json"
MARKER = "almanac-vendor:"

_HOSTS = (
    "cdn.jsdelivr.net",
    "unpkg.com",
    "cdnjs.cloudflare.com",
    "cdn.plot.ly",
    "cdn.bokeh.org",
    "cdn.pydata.org",
    "cdn.holoviz.org",
    "code.jquery.com",
    "d3js.org",
    "mpld3.github.io",
)
_CDN = re.compile(
    rf"(?:https:|http:)?//(?:www\.)?(?:{'|'.join(map(re.escape, _HOSTS))})"
    r"(/[\w./@~+-]{1,300})(\?[\w=&.-]{0,100})?"
)
# Looked for in an address in this order: the first that occurs names the library.
_NAMES = (
    ("vega-embed", re.compile(r"/vega-embed(?:@|/|$)v?([\d.]*)")),
    ("vega-lite", re.compile(r"/vega-lite(?:@|/|$)v?([\d.]*)")),
    ("vega", re.compile(r"/vega(?:@|/|\.|$)v?([\d.]*)")),
    ("bokeh", re.compile(r"/bokeh(?:-(?:widgets|tables|api))?-?([\d.]*)(?:\.min)?(?:\.js|\.css|$)")),
    ("panel", re.compile(r"/panel(?:@|/)([\d.]*).*/(?:panel(?:\.min)?\.js|(?:css|bundled/theme)/[\w.]+)$")),
    (
        "plotly",
        re.compile(r"plotly(?:\.js)?(?:-dist|-basic|-cartesian|-gl3d|-strict|-min|\.min)*[@/-]?([\d.]*)"),
    ),
    ("requirejs", re.compile(r"require(?:\.js|js)?(?:@|/)([\d.]*)")),
    ("jquery", re.compile(r"/jquery(?:@|/|-)([\d.]+)(?!.*(?:ui|migrate))")),
    ("katex", re.compile(r"[kK]a[tT]e[xX](?:@|/)([\d.]*)")),
    ("leaflet-awesome-markers", re.compile(r"/leaflet\.awesome-markers(?:@|/)([\d.]*)", re.I)),
    ("leaflet-markercluster", re.compile(r"/leaflet\.markercluster(?:@|/)([\d.]*)", re.I)),
    ("leaflet-heat", re.compile(r"/leaflet[._-]heat()")),
    ("leaflet", re.compile(r"/leaflet(?:@|/)v?([\d.]*)")),
    ("mermaid", re.compile(r"/mermaid(?:@|/)v?([\d.]*)")),
    ("mpld3", re.compile(r"/mpld3[@.-]v?([\d.]*)")),
    ("vis-network", re.compile(r"/vis-network(?:@|/)([\d.]*)")),
    ("itables", re.compile(r"/dt_for_itables@([\d.]*)")),
    ("lets-plot", re.compile(r"/lets-plot@v?([\d.]*)")),
    ("d3", re.compile(r"/d3(?:@|/|\.v?|$)([\d.]*)")),
)
# What a library offers in files beside its script; another part of it than these is none of ours.
_PARTED = {"bokeh", "katex", "leaflet-markercluster", "panel"}
_VERSION_IN_NAME = re.compile(r"[-.]v?\d[\d.]*(?=\.|$)")
_LOADING_TAG = re.compile(
    r"<(?:script|link|img|iframe|video|audio|source|embed|object|image)\b[^<>]{0,5000}>", re.I
)
_OUTSIDE = re.compile(r"(\s)(?:xlink:)?(src|href|srcset|data)(\s*=\s*[\"']?\s*)(?=(?:https?:)?//)", re.I)
_INTEGRITY = re.compile(r"\s(?:integrity|crossorigin)(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+))?", re.I)


@cache
def _entries() -> dict[str, dict[str, dict[str, Any]]]:
    entries: dict[str, dict[str, dict[str, Any]]] = orjson.loads(_REGISTRY.read_bytes())
    return entries


@cache
def registry() -> dict[str, dict[str, str]]:
    """library -> version -> path of its script under /vendor/."""
    return {
        name: {version: entry["script"] for version, entry in versions.items()}
        for name, versions in _entries().items()
    }


def fingerprint() -> str:
    """Changes when the vendored libraries do, for old renderings name the paths they were made with."""
    return sha256(_REGISTRY.read_bytes()).hexdigest()[:8]


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())[:3]


def nearest(library: str, wanted: str = "") -> str:
    """Our version nearest to the wanted one: of its major if there is one; the newest if none is named.

    Of several with that major it is the first that is not older.
    """
    versions = sorted(registry()[library], key=numbers)
    asked = numbers(wanted)
    if not asked:
        return versions[-1]
    same = [version for version in versions if numbers(version)[:1] == asked[:1]]
    if same:
        return next((version for version in same if numbers(version) >= asked), same[-1])
    older = [version for version in versions if numbers(version) < asked]
    return (older or versions[:1])[-1]


def script(library: str, wanted: str = "") -> str:
    """The marked address of a library's script."""
    return MARKER + registry()[library][nearest(library, wanted)]


def scripts(*addresses: str) -> str:
    return "".join(f'<script src="{address}"></script>' for address in addresses)


def style(library: str, wanted: str = "") -> str:
    """The marked address of a library's style sheet; "" if it has none."""
    path = _entries()[library][nearest(library, wanted)].get("style", "")
    return MARKER + path if path else ""


def beside(library: str, wanted: str, name: str) -> str:
    """The marked address of another file of a library; "" if that version has none of that name."""
    version = nearest(library, wanted)
    path = f"{library}-{version}/{name}"
    return MARKER + path if path in _entries()[library][version]["files"] else ""


def styles(*addresses: str) -> str:
    return "".join(f'<link rel="stylesheet" href="{address}">' for address in addresses)


def localized(html: str) -> str:
    """A document whose libraries come from here, and that asks no other site for anything."""
    if any(host in html for host in _HOSTS):
        html = _CDN.sub(_rewritten, html)
    return _LOADING_TAG.sub(_disarmed, html)


def _rewritten(found: re.Match[str]) -> str:
    path, query = found[1], found[2] or ""
    address = _vendored(path)
    if not address:
        return found[0]
    # RequireJS adds ".js" by itself, except to an address with a query.
    if not path.endswith((".js", ".css")) and "@" not in path.rsplit("/", 1)[-1] and not query:
        return address.removesuffix(".js")
    return address + query


def library_of(path: str) -> tuple[str, str]:
    """The library at a path of a content network, and its version if it is told; ("", "") if none."""
    for library, pattern in _NAMES:
        if found := pattern.search(path):
            # Plotly froze its "latest" before 2 came.
            return library, "1" if "plotly-latest" in path else found[1].strip(".")
    return "", ""


def _vendored(path: str) -> str:
    """The marked address of our copy; "" if we have none."""
    library, version = library_of(path)
    return _file(library, version, path.rsplit("/", 1)[-1]) if library else ""


def _file(library: str, version: str, name: str) -> str:
    """The file of a library that does what the one of that name did; "" if there is none."""
    stem, dot, suffix = _VERSION_IN_NAME.sub("", name).removesuffix(".min").rpartition(".")
    if suffix not in {"js", "css"}:
        stem, suffix = (f"{stem}{dot}{suffix}" if suffix != "mjs" else ""), "js"
    if library in _PARTED:
        same = beside(library, version, f"{stem.removesuffix('.min')}.min.{suffix}")
        same = same or beside(library, version, f"{stem}.{suffix}")
        same = same or beside(library, version, f"css/{stem}.{suffix}")
        if same or suffix == "css":
            return same
        return "" if stem.removesuffix(".min") != library and "@" not in name else script(library, version)
    if not stem:
        return ""
    return style(library, version) if suffix == "css" else script(library, version)


def _disarmed(found: re.Match[str]) -> str:
    """Integrity sums are of the versions that were asked for; addresses left outside must not be asked."""
    return _OUTSIDE.sub(r"\1data-outside-\2\3", _INTEGRITY.sub("", found[0]))
