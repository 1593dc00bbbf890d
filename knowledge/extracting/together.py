"""What all of a document's code uses: its cells' uses, taken together in order."""

from collections.abc import Iterable
from itertools import islice

from knowledge.extracting.distributions import module_of
from knowledge.extracting.sql import table_name
from knowledge.extracting.sql_pieces import filled
from knowledge.extracting.uses import Uses
from knowledge.extracting.versions import LONGEST

# Libraries that many bind to these names, in documents that import them out of sight.
_USUAL = {
    "pd": "pandas",
    "np": "numpy",
    "tf": "tensorflow",
    "sns": "seaborn",
    "plt": "matplotlib",
    "sk": "sklearn",
}
_LANGUAGES = {"python", "r", "julia"}


class UsesOfDocument:
    """Names of one document are added in order; what only the whole of it tells is told at the end."""

    def __init__(self) -> None:
        self._libraries: dict[str, None] = {}
        self._named: dict[str, None] = {}
        self._datasets: dict[str, None] = {}
        self._texts: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._own: set[str] = set()
        self._aliases: dict[str, str] = dict(_USUAL)
        self._asked: dict[str, str] = {}
        self._shown: dict[str, str] = {}

    def add(self, uses: Uses) -> None:
        """Of the next piece of code. A variable names what earlier code gave it last."""
        self._libraries |= dict.fromkeys(uses.libraries)
        self._datasets |= dict.fromkeys(uses.datasets)
        for variable in uses.waiting:
            if text := self._texts.get(variable):
                self._datasets[text] = None
        for name in uses.awaited:
            if table := table_name(filled(name, self._values)):
                self._datasets[table] = None
        self._texts |= dict(uses.texts)
        for variable, text in uses.values:
            if value := filled(text, self._values):
                self._values[variable] = value
        self._own |= set(uses.own)
        self._aliases |= dict(uses.aliases)
        self._asked |= dict(uses.asked)

    def add_datasets(self, names: Iterable[str]) -> None:
        """What the author says that it uses."""
        self._named |= dict.fromkeys(names)

    def add_shown(self, versions: Iterable[tuple[str, str]]) -> None:
        """(library, version) that outputs tell."""
        self._shown |= dict(versions)

    def libraries(self, most: int) -> tuple[str, ...]:
        return tuple(islice(self._libraries, most))

    def datasets(self, most: int) -> tuple[str, ...]:
        """What the author says, then those of the code, without tables that are gone with the session."""
        of_code = (name for name in self._datasets if name.lower() not in self._own)
        return tuple(islice(dict.fromkeys([*self._named, *of_code]), most))

    def versions(self, most: int, language: tuple[str, str] = ("", "")) -> dict[str, str]:
        """{library: version as written}, of `libraries`, and of the language itself.

        What outputs show beats what was asked for, and either what the document says of its `language`: its
        name and version.
        """
        name, version = language
        said = {name: version} if name in _LANGUAGES and version else {}
        for told in (self._asked, self._shown):
            for library, number in told.items():
                key = self._key(library)
                if key and number and len(number) <= LONGEST:
                    said[key] = number
        return dict(islice(said.items(), most))

    def _key(self, name: str) -> str:
        """The library that a name stands for: its own, that of a distribution, or as an import binds it."""
        lowered = name.lower()
        if lowered in _LANGUAGES:
            return lowered
        for one in (lowered, module_of(name), self._aliases.get(name, "").lower()):
            if one in self._libraries:
                return one
        return ""
