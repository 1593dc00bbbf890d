r"""What macros mean through a document: a definition holds everywhere, until another takes its place.

Formulas that stand after a change name its number, and so does the new definition: `2 \\E`.
"""

from knowledge.rendering import limits
from knowledge.rendering.part import Made
from knowledge.rendering.slots import slot


class Wordings:
    """Parts are added in order; `macros` is then what the page is to know."""

    def __init__(self) -> None:
        self.macros: dict[str, str] = {}
        self._meant: dict[str, tuple[str, str]] = {}
        self._changes = 0
        self._are_formulas = False

    def after(self, made: Made) -> list[int]:
        """How many changes have been made before the first definition of a part, and after each."""
        changes = [self._changes]
        for count, macro in enumerate(made.macros, 1):
            self._are_formulas = self._are_formulas or slot("wording", count - 1) in made.html
            known = self._meant.get(macro.name)
            # What is changed before it was defined is one of KaTeX's own, which formulas above may use.
            is_change = bool(known) or (not macro.is_new and self._are_formulas)
            wanted = (macro.key, macro.body)
            if known != wanted and not (known and macro.is_offered) and len(self.macros) < limits.MACROS:
                self._changes += is_change
                self._meant[macro.name] = wanted
                self.macros[f"{self._changes} {macro.key}" if is_change else macro.key] = macro.body
            changes.append(self._changes)
        self._are_formulas = self._are_formulas or slot("wording", len(made.macros)) in made.html
        return changes
