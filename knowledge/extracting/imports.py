"""What code in other languages than Python imports, by its lines."""

import re
from collections.abc import Callable, Iterator

_R_COMMENT = re.compile(r"#[^\n]*")
_R_ATTACHED = re.compile(
    r"\b(?:library|require|requireNamespace|loadNamespace)\s*\(\s*[\"']?([A-Za-z][\w.]{1,80})[\"']?"
    r"\s*([^()]{0,200})\)"
)
_R_MEMBER = re.compile(r"(?<![\w.:$@])([A-Za-z][\w.]{1,80}):::?(?=[\w.`])")
_R_MANY = re.compile(r"\bp_load\s*\(([^()]{1,2000})\)")
_R_OWN = {
    "base",
    "stats",
    "utils",
    "methods",
    "graphics",
    "grdevices",
    "tools",
    "parallel",
    "grid",
    "compiler",
}
_WORD = re.compile(r"[A-Za-z][\w.]*")
_JULIA = re.compile(r"^[ \t]*(?:using|import)[ \t]+([^\n#;]{1,2000})", re.MULTILINE)
# What comes with Julia.
_COMES_WITH_JULIA = """
    base core main pkg artifacts base64 crc32c dates delimitedfiles distributed downloads filewatching future
    interactiveutils libdl libgit2 linearalgebra logging markdown mmap printf profile random repl
    serialization sha sharedarrays sockets sparsearrays statistics suitesparse tar test toml unicode uuids
"""
_JULIA_OWN = frozenset(_COMES_WITH_JULIA.split())
_SCRIPT = re.compile(
    r"(?:\bfrom|\bimport|\b(?:require|import)\s*\()\s*[\"'](?:npm:)?"
    r"((?:@[\w.-]{1,80}/)?[A-Za-z][\w.-]{0,80})[^\"'\n]{0,200}[\"']"
)
_KOTLIN = re.compile(r"^[ \t]*%use[ \t]+([^\n]{1,1000})", re.MULTILINE)
_KOTLIN_NAME = re.compile(r"[A-Za-z][\w-]*")
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_ARTIFACT = re.compile(
    r"DependsOn\(\s*\"[\w.-]{1,100}:([\w.-]{1,100}):|\$ivy\.`[\w.-]{1,100}:{1,2}([\w.-]{1,100}):"
)
_NUGET = re.compile(r"^[ \t]*#r[ \t]+\"nuget:\s*([\w.-]{1,100})", re.MULTILINE)
_GO = re.compile(
    r"^[ \t]*(?:import[ \t]+)?(?:[\w.]+[ \t]+)?\"([\w-]+(?:\.[\w-]+)+/[\w./-]{1,200})\"", re.MULTILINE
)
_VERSION = re.compile(r"\.?v\d+$")
_INCLUDE = re.compile(r"^[ \t]*#include[ \t]*[<\"](?!bits/|sys/)([A-Za-z][\w.-]{0,80})/", re.MULTILINE)
_CRATE = re.compile(r"^[ \t]*(?::dep[ \t]+|extern[ \t]+crate[ \t]+)([\w-]{1,80})", re.MULTILINE)


def libraries_in(code: str, language: str) -> list[str]:
    """Names of what is imported; none for a language that isn't known here."""
    find = _FINDERS.get(language)
    return list(find(code)) if find else []


def _of_r(code: str) -> Iterator[str]:
    if "::" not in code and "library" not in code and "req" not in code and "p_load" not in code:
        return iter(())
    code = _R_COMMENT.sub("", code)
    found = [(use.start(), use[1]) for use in _R_ATTACHED.finditer(code) if "character.only" not in use[2]]
    found += ((use.start(), use[1]) for use in _R_MEMBER.finditer(code))
    for many in _R_MANY.finditer(code):
        found += ((many.start(), name) for name in _WORD.findall(many[1]))
    return (name for _, name in sorted(found) if name.lower() not in _R_OWN)


def _of_julia(code: str) -> Iterator[str]:
    for found in _JULIA.finditer(re.sub(r",[ \t]*\n", ", ", code)):
        for part in found[1].partition(":")[0].split(","):
            name = _WORD.match(part.strip())
            if name and (top := name[0].partition(".")[0]).lower() not in _JULIA_OWN:
                yield top


def _of_go(code: str) -> Iterator[str]:
    for found in _GO.finditer(code):
        parts = found[1].rstrip("/").split("/")
        yield parts[-2] if len(parts) > 1 and _VERSION.fullmatch(parts[-1]) else _VERSION.sub("", parts[-1])


def _of_kotlin(code: str) -> Iterator[str]:
    for found in _KOTLIN.finditer(code):
        parts = _IN_BRACKETS.sub("", found[1]).split(",")
        yield from (name[0] for part in parts if (name := _KOTLIN_NAME.match(part.strip())))
    yield from (found[1] or found[2] for found in _ARTIFACT.finditer(code))


def _all(*patterns: re.Pattern[str]) -> Callable[[str], Iterator[str]]:
    return lambda code: (
        next(filter(None, found.groups())) for pattern in patterns for found in pattern.finditer(code)
    )


_FINDERS: dict[str, Callable[[str], Iterator[str]]] = {
    **dict.fromkeys(("r", "ir", "webr"), _of_r),
    "julia": _of_julia,
    "kotlin": _of_kotlin,
    "scala": _all(_ARTIFACT),
    "go": _of_go,
    "rust": _all(_CRATE),
    **dict.fromkeys(("cpp", "c++", "c++11", "c++14", "c++17", "c++20", "c++23"), _all(_INCLUDE)),
    **dict.fromkeys(("javascript", "typescript", "js", "ojs", "deno", "tslab"), _all(_SCRIPT)),
    **dict.fromkeys(("csharp", "c#", "fsharp", "f#"), _all(_NUGET)),
}
