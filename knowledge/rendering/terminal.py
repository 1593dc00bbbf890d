"""Terminal text (streams, tracebacks, results) to HTML: as a terminal would end up, colours as classes."""

import re
from colorsys import rgb_to_hsv
from html import escape

from knowledge.rendering import limits
from knowledge.rendering.screen import MOVES, last_state

_CSI = re.compile(r"\x1b\[([0-9;:?<=>]*)[ -/]*([@-~])|\x1b\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)?|\x1b[@-_]?")
_CONTROLS = re.compile("[\x00-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]")
_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_GREY = 24
_FOR_TEXT = 2_000
_LEVELS = (0, 95, 135, 175, 215, 255)  # of the 216 colours between the named and the grey ones
_HUES = ("red", "yellow", "green", "cyan", "blue", "magenta")  # a sixth of the circle each


def terminal_html(text: str) -> str:
    """Escaped text, colours as `ansi-...` classes, long text cut in the middle (see `shortened`)."""
    text = shortened(settled(text))
    return _coloured(text) if "\x1b" in text else _words(text)


def terminal_text(text: str) -> str:
    """The same as plain text."""
    return _CONTROLS.sub("", _CSI.sub("", settled(text[: limits.TERMINAL])))


def terminal_excerpts(text: str) -> tuple[str, str]:
    """The beginning of it as plain text, twice: for the text of the document, and to be quoted."""
    short = terminal_text(text[:_FOR_TEXT])
    return short, short if len(text) <= _FOR_TEXT else terminal_text(text[: limits.OUTPUT_PASSAGE])


def shortened(text: str, limit: int = limits.TERMINAL) -> str:
    """Beginning and end of text that is longer than `limit`, with what is missing said between them."""
    if len(text) <= limit:
        return text
    head, tail = text[: limit * 2 // 3], text[-limit // 3 :]
    missing = len(text) - len(head) - len(tail)
    return f"{head}\x1b[0m\n\n… {missing:,} characters left out; the source has them all …\n\n{tail}"


def settled(text: str) -> str:
    """What moves the cursor carried out, so that a progress bar shows its last state."""
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if "\x1b" in text and MOVES.search(text):
        return last_state(text)
    if "\b" not in text and "\r" not in text:
        return text
    return "\n".join(_settled_line(line) for line in text.split("\n"))


def _settled_line(line: str) -> str:
    if "\r" in line:
        # What a shorter rewrite leaves of a longer one is noise: the last alone is the better reading.
        line = next((part for part in reversed(line.split("\r")) if part), "")
    if "\b" not in line:
        return line
    kept: list[str] = []
    for character in line:
        if character != "\b":
            kept.append(character)
        elif kept:
            kept.pop()
    return "".join(kept)


def _coloured(text: str) -> str:
    pieces: list[str] = []
    pen = _Pen()
    at = 0
    classes = ""
    for code in _CSI.finditer(text):
        if code.start() > at:
            _append(pieces, text[at : code.start()], classes)
        at = code.end()
        if code[2] == "m":
            pen.obey(code[1])
            classes = pen.classes()
    if at < len(text):
        _append(pieces, text[at:], classes)
    return "".join(pieces)


def _append(pieces: list[str], text: str, classes: str) -> None:
    pieces.append(f'<span class="{classes}">{_words(text)}</span>' if classes else _words(text))


def _words(text: str) -> str:
    return escape(_CONTROLS.sub("", text), quote=False)


class _Pen:
    """The graphic rendition that escape codes have set so far."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.colour: dict[str, str] = {}
        self.marks: set[str] = set()

    def classes(self) -> str:
        colours = (f"ansi-{name}-{ground}" for ground, name in sorted(self.colour.items()))
        return " ".join([*colours, *sorted(self.marks)])

    def obey(self, codes: str) -> None:
        numbers = [int(part) for part in re.split("[;:]", codes)[:32] if part.isdigit()] or [0]
        while numbers:
            code = numbers.pop(0)
            if code in {38, 48}:
                self._extended("fg" if code == 38 else "bg", numbers)
            else:
                self._simple(code)

    def _simple(self, code: int) -> None:
        if code == 0:
            self.reset()
        elif code in _MARKS:
            self.marks.add(_MARKS[code])
        elif code in _UNMARKS:
            self.marks.discard(_UNMARKS[code])
        elif code in {39, 49}:
            self.colour.pop("fg" if code == 39 else "bg", None)
        elif (base := code // 10 * 10) in _GROUNDS and code % 10 < 8:
            ground, suffix = _GROUNDS[base]
            self.colour[ground] = _COLOURS[code % 10] + suffix
        elif code in range(100, 108):
            self.colour["bg"] = _COLOURS[code - 100] + "-intense"

    def _extended(self, ground: str, numbers: list[int]) -> None:
        """256 colours and true colour, as the one of the eight of their hue: a page has no inline styles."""
        kind = numbers.pop(0) if numbers else 0
        if kind == 5 and numbers:
            self.colour[ground] = _from_256(numbers.pop(0))
        elif kind == 2 and len(numbers) >= 3:
            red, green, blue = numbers[:3]
            del numbers[:3]
            self.colour[ground] = _nearest(red, green, blue)


_MARKS = {1: "ansi-bold", 3: "ansi-italic", 4: "ansi-underline", 7: "ansi-inverse"}
_UNMARKS = {21: "ansi-bold", 22: "ansi-bold", 23: "ansi-italic", 24: "ansi-underline", 27: "ansi-inverse"}
_GROUNDS = {30: ("fg", ""), 40: ("bg", ""), 90: ("fg", "-intense")}


def _from_256(index: int) -> str:
    if index < 16:
        return _COLOURS[index % 8] + ("-intense" if index > 7 else "")
    if index < 232:
        red, green, blue = ((index - 16) // 36, (index - 16) // 6 % 6, (index - 16) % 6)
        return _nearest(_LEVELS[red], _LEVELS[green], _LEVELS[blue])
    grey = (index - 232) * 10 + 8
    return _nearest(grey, grey, grey)


def _nearest(red: int, green: int, blue: int) -> str:
    if max(red, green, blue) - min(red, green, blue) < _GREY:
        return "black" if red < 64 else "black-intense" if red < 160 else "white"

    hue, _, _ = rgb_to_hsv(red, green, blue)
    return _HUES[int(hue * 6 + 0.5) % 6]
