"""Modules that an output's script imports from content networks: our copies, which are classic scripts.

`import mermaid from "https://..."` becomes `const mermaid = globalThis.mermaid`, with our copy loaded before.
What we have no copy of can't be had: the script ends there, and the frame says so.
"""

import json
import re
from urllib.parse import urlsplit

from knowledge.rendering.vendored import library_of, scripts
from knowledge.rendering.vendored import script as address_of

# What a library that was loaded by a classic script is called.
_GLOBALS = {
    "d3": "d3",
    "katex": "katex",
    "leaflet": "L",
    "mermaid": "mermaid",
    "plotly": "Plotly",
    "vega": "vega",
    "vega-embed": "vegaEmbed",
    "vega-lite": "vegaLite",
    "vis-network": "vis",
}
_MODULES = {"itables"}  # our copy is a module as well, and its address is all that changes
_SCRIPT = re.compile(r"(<script\b[^<>]{0,2000}>)([^<]*+(?:<(?!/script\b)[^<]*+)*+)", re.IGNORECASE)
_DATA = re.compile(r"\stype\s*=\s*+[\"']?+(?!module|text/javascript|application/javascript)", re.IGNORECASE)
# Not within a string of JSON, whose quotes would not fit.
_ADDRESS = r"([\"'`])(https?://[^\"'`\s<>\\]{1,500})"
_STATIC = re.compile(rf"\bimport\b([\w$*{{}},\s]{{1,300}}?)\bfrom\s{{0,10}}{_ADDRESS}\2\s{{0,10}};?")
_BARE = re.compile(rf"\bimport\s{{0,10}}{_ADDRESS}\1\s{{0,10}};?")
_DYNAMIC = re.compile(rf"\bimport\s{{0,10}}\(\s{{0,10}}{_ADDRESS}\1\s{{0,10}}\)")
_NAMED = re.compile(r"\{([^{}]*)\}")
_ALL = re.compile(r"\*\s*as\s+([\w$]+)")
_AS = re.compile(r"([\w$]+)\s+as\s+([\w$]+)")


def in_scripts(html: str) -> tuple[str, str]:
    """Markup whose scripts have their imports rewritten, and the markup that loads what they are of."""
    if "import" not in html:
        return html, ""
    brought: list[str] = []

    def rewritten(found: re.Match[str]) -> str:
        if _DATA.search(found[1]):
            return found[0]
        script, loads = with_modules(found[2])
        brought.append(loads)
        return found[1] + script

    html = _SCRIPT.sub(rewritten, html)
    return html, "".join(dict.fromkeys(brought))


def with_modules(script: str) -> tuple[str, str]:
    """A script with its imports rewritten, and the markup that loads what they are of."""
    if "import" not in script or "http" not in script:
        return script, ""
    wanted: dict[str, str] = {}

    def static(found: re.Match[str]) -> str:
        if _is_module(found[3]):
            return found[0]
        return _declared(found[1], _global(found[3], wanted), found[3])

    def bare(found: re.Match[str]) -> str:
        if _is_module(found[2]):
            return found[0]
        return "" if _global(found[2], wanted) else _ended(found[2])

    def dynamic(found: re.Match[str]) -> str:
        if _is_module(found[2]):
            return found[0]
        name = _global(found[2], wanted)
        return f"Promise.resolve({_namespace(name)})" if name else f"Promise.reject({_error(found[2])})"

    script = _DYNAMIC.sub(dynamic, _BARE.sub(bare, _STATIC.sub(static, script)))
    return script, scripts(*wanted.values())


def _is_module(address: str) -> bool:
    return library_of(urlsplit(address).path)[0] in _MODULES


def _global(address: str, wanted: dict[str, str]) -> str:
    """The name of the library at an address, which is noted as wanted; "" if we have none."""
    library, version = library_of(urlsplit(address).path)
    if library not in _GLOBALS:
        return ""
    wanted.setdefault(library, address_of(library, version))
    return f"globalThis.{_GLOBALS[library]}"


def _declared(names: str, source: str, address: str) -> str:
    """An import's names as constants; `names` is what stands between `import` and `from`."""
    if not source:
        return _ended(address)
    made = [f"{everything[1]} = {_namespace(source)}" for everything in _ALL.finditer(names)]
    for named in _NAMED.finditer(names):
        renamed = _AS.sub(r"\1: \2", named[1])
        made.append(f"{{{renamed}}} = {_namespace(source)}")
    default = _ALL.sub("", _NAMED.sub("", names)).replace(",", " ").strip()
    made += [f"{default} = {source}"] if default else []
    return f"const {', '.join(made)};" if made else ""


def _namespace(source: str) -> str:
    """What a module gives: its names, the whole as its default."""
    return f"Object.assign({{default: {source}}}, {source})"


def _ended(address: str) -> str:
    return f"throw {_error(address)};"


def _error(address: str) -> str:
    host = json.dumps(urlsplit(address).netloc[:100])
    return f'new TypeError("It needs a part that lies on " + {host})'
