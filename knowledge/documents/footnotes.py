"""Footnotes of a text that chunks of code cut into cells: each note goes to the cell that calls it.

R Markdown and Quarto authors keep all notes at the end; a cell is rendered without a look at the others.
"""

import re
from collections.abc import Iterable

_NOTE = re.compile(
    r"^\[\^([^\]\[\s]{1,100})\]:[^\n]*(?:\n+(?:[ ]{4}|\t)[^\n]*|\n(?=\S)(?!\[\^|#|```)[^\n]+)*", re.M
)
_CALL = re.compile(r"\[\^([^\]\[\s]{1,100})\](?!:)")


def beside_their_calls(texts: list[str]) -> list[str]:
    """The texts, with notes that another of them calls moved there, and copied if several do."""
    if not any("]:" in text and "[^" in text for text in texts):
        return texts
    notes = {found[1]: found[0] for text in texts for found in _NOTE.finditer(text)}
    called = [set(_CALL.findall(_NOTE.sub("", text))) for text in texts]
    anywhere = set().union(*called)
    without = [_NOTE.sub(lambda note: "" if note[1] in anywhere else note[0], text) for text in texts]
    return [
        _with(text, (notes[name] for name in sorted(names & notes.keys())))
        for text, names in zip(without, called, strict=True)
    ]


def _with(text: str, notes: Iterable[str]) -> str:
    added = "\n\n".join(notes)
    return f"{text.rstrip()}\n\n{added}\n" if added else text
