"""Outputs that only make a library known, for those after them: SHAP's initjs, LetsPlot's setup and the like.

In a notebook's page all outputs share one document. Here each has a frame of its own, so what an earlier one
defined is put into the later frames that use it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Prelude:
    """`html` goes before outputs whose text has one of `names`; `digest` changes when `html` does."""

    digest: str
    html: str
    names: tuple[str, ...]

    def is_used_by(self, text: str) -> bool:
        return any(name in text for name in self.names)


def preludes_of(cells: Sequence[dict[str, Any]]) -> tuple[Prelude, ...]:
    """The preludes of a notebook in its order, each once."""
    return ()
