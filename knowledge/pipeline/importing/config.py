"""`.knowledge_repo_config.yml`: what the old portal's owners set that an import needs.

It comes with the repository, so nothing in it runs: patterns are matched in linear time, formats only filled
in.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import re2

from knowledge.documents.yaml_header import load_mapping

FILE = ".knowledge_repo_config.yml"
LEGACY_FILE = ".knowledge_repo_config.py"
_EVERYBODY = "example.com"  # what the default configuration makes of every name
_MAX_ALIASES = 10_000


@dataclass(frozen=True, slots=True)
class Config:
    """`aliases` are other addresses of posts, by address. The two functions answer "" for "not known"."""

    branch: str = ""
    aliases: dict[str, str] = field(default_factory=dict)
    _name: tuple[str, str] = ("", "")
    _email: tuple[str, str] = ("", "")

    def name_of(self, username: str) -> str:
        name = _filled(self._name, username)
        return "" if name == username else name[:150]

    def email_of(self, username: str) -> str:
        email = _filled(self._email, username)
        return "" if email.endswith(f"@{_EVERYBODY}") else email[:254]


def read_config(text: str) -> tuple[Config, str]:
    """The configuration and, where it can't be read, why; the defaults count then."""
    mapping, faults = load_mapping(text, first_line=1, cell=None)
    aliases = mapping.get("aliases")
    config = Config(
        branch=_text(mapping.get("published_branch")),
        aliases=_aliases(aliases) if isinstance(aliases, dict) else {},
        _name=_pattern(mapping.get("username_to_name_pattern")),
        _email=_pattern(mapping.get("username_to_email_pattern")),
    )
    return config, faults[0].message if faults else ""


def configured(read: Callable[[str], bytes | None]) -> tuple[Config, str]:
    """The configuration of a source whose files at the top `read` reads, and what is wrong with it."""
    if (data := read(FILE)) is not None:
        config, fault = read_config(data.decode(errors="replace"))
        return config, f"{FILE} was not understood: {fault}" if fault else ""
    legacy = f"{LEGACY_FILE} is a program, which is not run: aliases and people's addresses are not known."
    return Config(), legacy if read(LEGACY_FILE) is not None else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _aliases(written: dict[Any, Any]) -> dict[str, str]:
    named = {str(alias): goal for alias, goal in written.items() if isinstance(goal, str)}
    return dict(list(named.items())[:_MAX_ALIASES])


def _pattern(value: Any) -> tuple[str, str]:
    if isinstance(value, list) and len(value) == 2 and all(isinstance(part, str) for part in value):
        return value[0], value[1]
    return "", ""


def _filled(pattern: tuple[str, str], username: str) -> str:
    """The format with the named groups put in. Only `{name}`: what else a format can do reaches too far."""
    expression, form = pattern
    if not expression or len(expression) > 1_000:
        return ""
    try:
        found = re2.match(expression, username)
    except re2.error:
        return ""
    groups = {name: value or "" for name, value in found.groupdict().items()} if found else {}
    return re.sub(r"\{(\w+)\}", lambda place: groups.get(place[1], ""), form) if found else ""
