"""Posts of about 4 kB put together from the corpus' real words, as many as wanted, and queries for them.

Everything is drawn with a seed: the same corpus, count and seed give the same posts, one after the other.
"""

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from benchmarks.filling import Drawn, corpus_files, drawn
from knowledge.search.languages import LANGUAGES

SIZE = 4_000  # characters of text and code
CODE_SHARE = 0.2
TAGS, AUTHORS = 400, 200
STOP = LANGUAGES["english"]  # as many as knowledge-repo leaves out, and nearly the same
_PARAGRAPH = range(40, 1_500)  # characters
_SENTENCE = re.compile(r"[A-Z][^.!?\n]{30,200}[.!?](?=\s|$)")
_WORD = re.compile(r"\b[a-z]{4,20}\b")
_IMPORT = re.compile(r"^(?:import|from) ([a-z]\w*)", re.MULTILINE)
_NAME = re.compile(r"\b[A-Z][a-z]{2,12}\b")


@dataclass(frozen=True, slots=True)
class Stock:
    """What posts are made of. Of `tags` and `authors` the first are the most used, by Zipf's law."""

    titles: tuple[str, ...]
    headings: tuple[str, ...]
    sentences: tuple[str, ...]
    paragraphs: tuple[str, ...]
    code: tuple[str, ...]
    tags: tuple[str, ...]
    authors: tuple[str, ...]


def stock_of(documents: Sequence[Drawn]) -> Stock:
    texts = [one.columns["text"] for one in documents]
    headings = [each["text"] for one in documents for each in one.columns["headings"]]
    cells = [cell for one in documents for cell in one.columns["cells"]]
    paragraphs = [line.strip() for text in texts for line in text.splitlines() if len(line) in _PARAGRAPH]
    words = Counter(word for text in [*headings, *texts] for word in set(_WORD.findall(text)) - STOP)
    found = Counter(name for text in texts for name in set(_NAME.findall(text)))
    names = [name for name, _ in found.most_common() if name.lower() not in STOP.union(words)]
    return Stock(
        titles=_some(one.title for one in documents),
        headings=_some(each for each in headings if 8 < len(each) < 80),
        sentences=_some(found for text in texts for found in _SENTENCE.findall(text)),
        paragraphs=_some(paragraphs),
        code=_some(words for _, _, kind, words, *_ in cells if kind == "code" and len(words) in _PARAGRAPH),
        tags=tuple(word for word, _ in words.most_common(TAGS)),
        authors=tuple(f"{name} {other}" for name, other in _pairs(names)),
    )


def resampled(count: int, seed: int = 1, *, stock: Stock) -> Iterator[Drawn]:
    """So many made-up posts, one after the other: for filling.store."""
    dice = random.Random(seed)
    tags, authors = _zipf(len(stock.tags)), _zipf(len(stock.authors))
    for number in range(count):
        title, tldr = _title(dice, stock), dice.choice(stock.sentences)
        own = list(dict.fromkeys(dice.choices(stock.tags, cum_weights=tags, k=dice.randint(1, 5))))
        header = {"title": title, "tldr": tldr, "tags": own}
        columns = _columns(dice, stock)
        author = dice.choices(stock.authors, cum_weights=authors)[0]
        form = "ipynb" if columns["cells"] else "md"
        yield Drawn(f"{own[0]}/{number:06d}.{form}", title, form, columns, author, header)


def _title(dice: random.Random, stock: Stock) -> str:
    """The beginning of one heading and the end of another, or a title with a heading behind it."""
    if dice.random() < 0.3:
        return f"{dice.choice(stock.titles)}: {dice.choice(stock.headings)}"[:200]
    first, second = dice.choice(stock.headings).split(), dice.choice(stock.headings).split()
    return " ".join([*first[: len(first) // 2 + 1], *second[len(second) // 2 :]])[:200]


def _columns(dice: random.Random, stock: Stock) -> dict[str, object]:
    size = dice.gauss(SIZE, SIZE / 5)
    text = list(_up_to(dice, stock.paragraphs, size * (1 - CODE_SHARE)))
    code = list(_up_to(dice, stock.code, size * CODE_SHARE)) if dice.random() < 0.8 else []
    headings = dice.sample(stock.headings, k=min(len(stock.headings), dice.randint(2, 6)))
    passages = [["heading", f"h-{at}", each] for at, each in enumerate(headings)]
    passages += [["narrative", "h-0", each] for each in text]
    return {
        "passages": passages + [["code", f"cell-c{at}", each] for at, each in enumerate(code)],
        "libraries": list(dict.fromkeys(_IMPORT.findall("\n".join(code)))),
        "text": "\n".join([*headings, *text]),
        "headings": [
            {"level": 2, "text": each, "anchor": f"h-{at}", "part": 0} for at, each in enumerate(headings)
        ],
        "cells": [[f"c{at}", f"{at:016x}", "code", each, False, True] for at, each in enumerate(code)],
        "summary": text[0],
        "words": sum(len(each.split()) for each in text),
    }


def _up_to(dice: random.Random, pieces: Sequence[str], size: float) -> Iterator[str]:
    """At least one."""
    while True:
        piece = dice.choice(pieces)
        yield piece
        size -= len(piece)
        if size <= 0:
            return


def _some(texts: Iterator[str] | Sequence[str]) -> tuple[str, ...]:
    """Each once, in the order in which they come."""
    return tuple(dict.fromkeys(text for text in texts if text.strip()))


def _pairs(names: Sequence[str]) -> list[tuple[str, str]]:
    return list(zip(names[:AUTHORS], reversed(names[: 2 * AUTHORS]), strict=False))


def _zipf(count: int) -> list[float]:
    """Cumulated weights: the tenth is taken a tenth as often as the first."""
    return list(accumulate(1 / rank for rank in range(1, count + 1)))


def corpus_stock(folder: Path) -> Stock:
    return stock_of([drawn(file) for file in corpus_files(folder)])
