"""Versions that code asks for: what it installs, or names beside what it loads."""

import re

from knowledge.extracting.found import Found

_NUMBER = r"v?(\d[\w.+*-]{0,48})"
_JULIA = re.compile(
    rf"\b(?:Pkg\.(?:add|pin)\(|PackageSpec\()\s*(?:Pkg\.PackageSpec\()?;?\s*name\s*=\s*\"(\w{{1,80}})\""
    rf"\s*,\s*(?:uuid\s*=\s*\"[\w-]{{1,60}}\"\s*,\s*)?version\s*=\s*v?\"{_NUMBER}\""
    rf"|\bPkg\.(?:add|pin)\(\s*\"(\w{{1,80}})@{_NUMBER}\""
)
_R = re.compile(
    rf"\binstall_version\(\s*(?:package\s*=\s*)?[\"']([\w.]{{1,80}})[\"']\s*,\s*(?:version\s*=\s*)?[\"']{_NUMBER}[\"']"
    rf"|\b(?:install|pak|pkg_install)\(\s*[\"'](?:\w{{1,40}}::)?([\w.]{{1,80}})@{_NUMBER}[\"']"
)
_NUGET = re.compile(
    rf"^[ \t]*#r[ \t]+\"nuget:\s*([\w.-]{{1,100}})[ \t]*,[ \t]*{_NUMBER}(?:\"|$)", re.MULTILINE
)
_KOTLIN = re.compile(rf"(?:%use|,)[ \t]*([A-Za-z][\w-]{{0,80}})\({_NUMBER}\)")
_ARTIFACT = re.compile(
    rf"DependsOn\(\s*\"[\w.-]{{1,100}}:([\w.-]{{1,100}}):{_NUMBER}\"|\$ivy\.`[\w.-]{{1,100}}:{{1,2}}([\w.-]{{1,100}}):{_NUMBER}`"
)
_CRATE = re.compile(
    rf"^[ \t]*:dep[ \t]+([\w-]{{1,80}})[ \t]*=[ \t]*"
    rf"(?:\"{_NUMBER}\"|\{{[^}}\n]{{0,200}}?version[ \t]*=[ \t]*\"{_NUMBER}\")",
    re.MULTILINE,
)
_SCRIPT = re.compile(
    rf"[\"'](?:npm:|https://(?:esm\.sh|cdn\.[\w.]{{1,40}}/npm|cdn\.[\w.]{{1,40}}|unpkg\.com)/)?"
    rf"((?:@[\w.-]{{1,80}}/)?[A-Za-z][\w.-]{{0,80}})@{_NUMBER}[\"'/]"
)
# What scripts say about themselves (PEP 723): comments with a list of requirements.
_INLINE = re.compile(r"^# /// script[ \t]*\n((?:#[^\n]*\n){1,200})", re.MULTILINE)
_QUOTED = re.compile(
    r"[\"']([A-Za-z][\w.-]{0,80})(?:\[[\w,. -]{0,100}\])?[ \t]*([=~<>!]=?=?[^\"'\n;]{1,60})[\"']"
)


def find_asked(code: str, language: str, found: Found) -> None:
    """(name, version as written) of what is asked for; a later one for the same name counts."""
    for sign, pattern in _PATTERNS.get(language, ()):
        if sign in code:
            for asked in pattern.finditer(code):
                name, version = filter(None, asked.groups())
                found.asked.append((name, version))
    if language == "python" and "# /// script" in code:
        for block in _INLINE.finditer(code):
            found.asked += ((name, version.removeprefix("==")) for name, version in _QUOTED.findall(block[1]))


_PATTERNS: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {
    "julia": (("Pkg", _JULIA), ("PackageSpec", _JULIA)),
    **dict.fromkeys(("r", "ir", "webr"), (("install", _R), ("pak", _R))),
    **dict.fromkeys(("csharp", "c#", "fsharp", "f#"), (("nuget", _NUGET),)),
    "kotlin": (("%use", _KOTLIN), ("DependsOn", _ARTIFACT)),
    "scala": (("$ivy", _ARTIFACT),),
    "rust": ((":dep", _CRATE),),
    **dict.fromkeys(("javascript", "typescript", "js", "ojs", "deno", "tslab"), (("@", _SCRIPT),)),
}
