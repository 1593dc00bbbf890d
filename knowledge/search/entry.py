"""What is kept of a post so that it is found: its two vectors, its words, and the passages to quote."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from knowledge.rendering import Passage
from knowledge.search.languages import DEFAULT, language_of, named
from knowledge.search.quotable import Quotable
from knowledge.search.spelling import is_correctable
from knowledge.search.tsquery import TITLE_SIGN, mark
from knowledge.search.vector import Vector
from knowledge.search.words import fold, normal, steps, tokens

NARRATIVE_MAX, CODE_MAX, OUTPUT_MAX, COMMENT_MAX = 300_000, 200_000, 60_000, 60_000  # characters indexed
QUOTED_MAX = 100_000  # characters of passages that are kept to quote from
VOCABULARY_MAX = 4_000  # words of one post that typing errors are corrected to
_LIMITS = {"narrative": NARRATIVE_MAX, "heading": NARRATIVE_MAX, "code": CODE_MAX, "output": OUTPUT_MAX}


@dataclass(frozen=True, slots=True)
class Found:
    """A post, as search sees it. `authors` are (user name or "", name); `signed` the same for facets."""

    title: str
    subtitle: str = ""
    tldr: str = ""
    tags: Sequence[str] = ()
    authors: Sequence[tuple[str, str]] = ()
    signed: Sequence[str] = ()
    space: tuple[str, str] = ("", "")
    path: str = ""
    format: str = ""
    language: str = ""
    libraries: Sequence[str] = ()
    datasets: Sequence[str] = ()
    insights: Sequence[str] = ()
    has: Sequence[str] = ()
    passages: Sequence[Passage] = ()
    comments: Sequence[str] = field(default=())


@dataclass(frozen=True, slots=True)
class Entry:
    """`head` holds titles, summaries, headings and names, `full` everything; both the marks of fields.

    `words` counts all that were indexed; `vocabulary` maps the words as written to a lexeme, for typos.
    """

    language: str
    head: str
    full: str
    words: int
    vocabulary: dict[str, str]
    quotable: Quotable
    format: str = ""
    signed: tuple[str, ...] = ()


def entry_of(post: Found) -> Entry:
    narrative = [passage.text for passage in post.passages if passage.kind in {"narrative", "heading"}]
    sample = " ".join([post.title, post.tldr, *narrative[:40]])
    language = named(post.language) or language_of(sample, fold) or DEFAULT
    marks = _marks(post)
    head = _head(post, language)
    head.mark(marks)
    full = _full(post, language)
    full.mark(marks)
    return Entry(
        language=language,
        head=str(head),
        full=str(full),
        words=full.words,
        vocabulary=_vocabulary(post, language),
        quotable=_quotable(post),
        format=post.format,
        signed=tuple(post.signed),
    )


def _head(post: Found, language: str) -> Vector:
    head = Vector(language, keeps_small_words=True)
    _add_title(head, post.title)
    for text in (post.subtitle, post.tldr, " . ".join(post.tags)):
        head.add(normal(text), "B")
    for passage in post.passages:
        if passage.kind == "heading":
            head.add(normal(passage.text[:300]), "C")
    for text in _names(post):
        head.add(normal(text), "D")
    return head


def _full(post: Found, language: str) -> Vector:
    full = Vector(language)
    _add_title(full, post.title)
    for text in (post.subtitle, post.tldr, " . ".join(post.tags), *_names(post)):
        full.add(normal(text), "A")
    room = dict(_LIMITS)
    for passage in post.passages:
        text = passage.text[: room[passage.kind]]
        room[passage.kind] -= len(text)
        full.add(normal(text), "D" if passage.kind == "code" else "C" if passage.kind == "output" else "B")
    left = COMMENT_MAX
    for comment in post.comments:
        full.add(normal(comment[: max(left, 0)]), "C")
        left -= len(comment)
    return full


def _add_title(vector: Vector, title: str) -> None:
    """Before anything else is in it."""
    vector.add(normal(title), "A")
    vector.mark([TITLE_SIGN + lexeme for lexeme in vector.lexemes()])


def _names(post: Found) -> list[str]:
    return [
        *(" ".join(author) for author in post.authors),
        " ".join(post.space),
        post.path,
        *post.libraries,
        *post.datasets,
        *post.insights,
    ]


def _marks(post: Found) -> list[str]:
    """`tag:a b`, and of names that people know by a part of them, the parts too."""
    marks = [mark("tag", tag) for tag in post.tags]
    for username, name in post.authors:
        marks += [mark("author", word) for word in (username, name, *name.split()) if word]
    marks += [mark("space", name) for name in post.space if name]
    marks += [mark("library", part) for name in post.libraries for part in _parts(name)]
    marks += [mark("dataset", part) for name in post.datasets for part in _parts(name)]
    marks += [mark("type", name) for name in _TYPES.get(post.format, (post.format,)) if name]
    return list(dict.fromkeys([*marks, *(mark("has", what) for what in post.has)]))


def _parts(name: str) -> list[str]:
    """`shop.orders` is found by `orders`, and `data/orders.csv` by its last name with and without suffix."""
    last = name.rstrip("/").rpartition("/")[2]
    return list(
        dict.fromkeys([name, last, last.rpartition(".")[0], last.rpartition(".")[2]]) if last else [name]
    )


_TYPES = {
    "ipynb": ("ipynb", "notebook", "jupyter"),
    "md": ("md", "markdown"),
    "rmd": ("rmd", "rmarkdown"),
    "qmd": ("qmd", "quarto"),
    "docx": ("docx", "word"),
}


def _vocabulary(post: Found, language: str) -> dict[str, str]:
    """Words of the prose and of names, and identifiers of code, as they are written (folded)."""
    texts = [post.title, post.subtitle, post.tldr, *post.tags, *_names(post)]
    texts += [passage.text for passage in post.passages if passage.kind in {"narrative", "heading"}]
    words: dict[str, str] = {}
    for text in texts:
        for token in tokens(normal(text[:NARRATIVE_MAX])):
            word = fold(token[0])
            if word not in words and is_correctable(word):
                words[word] = steps(token[0], language)[0][0]
        if len(words) > VOCABULARY_MAX:
            return dict(islice(words.items(), VOCABULARY_MAX))
    for passage in post.passages:
        if passage.kind == "code":
            for token in tokens(normal(passage.text[:CODE_MAX])):
                for name in token[0].split("."):
                    if "_" in name and is_correctable(name):
                        words.setdefault(fold(name), fold(name))
    return words


def _quotable(post: Found) -> Quotable:
    kept: list[Passage] = []
    room = QUOTED_MAX
    for passage in post.passages:
        if room >= len(passage.text):
            room -= len(passage.text)
            kept.append(passage)
    return Quotable.of(kept)
