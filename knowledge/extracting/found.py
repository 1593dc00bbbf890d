"""What is found in some code, before names are made fit to be shown."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Found:
    """Each in the order of its first use.

    `texts` are (variable, path or address) that other code may use, and `waiting` the variables of other
    code that name data here. `own` are tables that are gone with the session. `awaited` are names of tables
    with variables of other code in braces, `values` (variable, name or part of it) for those. `asked` are
    (library or distribution, version) that are to be installed, `aliases` (name, module) as imports bind
    them. `parsed` counts the characters of SQL that trees were made of.
    """

    libraries: list[str] = field(default_factory=list)
    datasets: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    own: list[str] = field(default_factory=list)
    awaited: list[str] = field(default_factory=list)
    values: list[tuple[str, str]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    aliases: list[tuple[str, str]] = field(default_factory=list)
    parsed: int = 0
