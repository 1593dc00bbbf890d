"""PURE: versions as documents say them ("2.1.0", ">=1.5,<2"), and which of them an upgrade concerns."""

import re
from collections.abc import Iterable
from functools import lru_cache

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

LONGEST = 100  # characters of a version, and of what says which are concerned
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,9}){0,5}", re.ASCII)
_BARE = re.compile(r"v?\d[^\s,<>=!~]*", re.ASCII)


def concerns(affected: str, version: str) -> bool:
    """Whether an upgrade that concerns `affected` ("<2", ">=1.5,<2", "1.4.2") concerns `version`.

    A range of versions is concerned where one of them is. What is no version after PEP 440, on either side,
    has to be the same text. Without `affected` all are concerned; a version that nobody knows ("") never is.
    """
    if not version or not affected:
        return bool(version)
    asked = _range(affected)
    if asked is None:
        return version == affected
    if pinned := _pinned(version):
        return asked.contains(pinned, prereleases=True)
    used = _range(version)
    return not asked.is_disjoint(used) if used is not None else version == affected


def is_left(affected: str, target: str, version: str) -> bool:
    """Whether what uses `version` still has to come from `affected` to `target`; also where nobody knows it.

    A `target` that is a version is reached by it and by what is newer, unless the way leads back.
    """
    if not version:
        return True
    pinned, asked = _pinned(target), _range(affected) if affected else None
    goal = pinned.public if pinned else ""
    leads_on = not affected or (
        asked is not None
        and bool(goal)
        and (asked.contains(goal, prereleases=True) or not concerns(affected, f">={goal}"))
    )
    is_known = _pinned(version) is not None or _range(version) is not None
    if not goal or not leads_on or not is_known:
        return concerns(affected, version)
    return concerns(f"<{goal}", version)


def is_range(affected: str) -> bool:
    """Whether versions are compared by it; else they have to be the same text."""
    return _range(affected) is not None


def newest_first(versions: Iterable[str]) -> list[str]:
    """By the first number in each; what holds none, and what isn't known, last."""
    return sorted(versions, key=_place, reverse=True)


def _place(version: str) -> tuple[Version, str]:
    found = _pinned(version)
    if found is None:
        number = _NUMBER.search(version)
        found = Version(number[0]) if number else Version("0.dev0")
    return found, version


@lru_cache(maxsize=4_000)
def _pinned(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


@lru_cache(maxsize=4_000)
def _range(text: str) -> SpecifierSet | None:
    """None for what is no specifier; a version alone stands for itself."""
    if "===" in text:  # compares texts by its own definition
        return None
    is_alone = _BARE.fullmatch(text)
    try:
        return SpecifierSet(f"=={text}" if is_alone else text, prereleases=True)
    except InvalidSpecifier:
        return None
