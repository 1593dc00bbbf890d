"""What programs print that tells a reader nothing: how long they took, how far they are, what objects are."""

import re

_NOISE = re.compile(
    r"\bwall time\b|\bcpu times\b|\bloops? each\b|\bslowest run\b|\belapsed\b|[µμmn]s \(\d+ alloc"
    r"|(?<![a-z])(?:it/s|s/it)\b|\d ?[mµμn]?s/step\b|\[=+>?\.*\]|^\s*epoch \d"
    r"|^\s*[\d.:]+ ?(?:[mµμun]?s|sec(?:ond)?s?|min(?:ute)?s?)\s*$"
    r"|^\s*(?:\d{4}-\d\d-\d\d[ t])?\d\d:\d\d:\d\d|^\s*(?:info|debug|warning)\b"
    r"|requirement already satisfied|^\s*(?:downloading|collecting|installing|using cached) ",
    re.IGNORECASE,
)
_OBJECT = re.compile(r"\s*<[^<>]*>\s*|\s*[A-Z]\w*\((?:.*=.*)?\)\s*")
_LOOKED_AT = 300  # characters of a line: what it is shows early
_CODE = re.compile(r"\s*[\[({<].*|\s*[\w.]+\(.*\)?\s*")


def is_for_readers(line: str) -> bool:
    """Whether a printed line without numbers is worth telling."""
    line = line[:_LOOKED_AT]
    return bool(line.strip()) and tells_a_number(line) and not _CODE.fullmatch(line)


def tells_a_number(line: str) -> bool:
    """Whether the numbers of a printed line, if it has some, are results."""
    line = line[:_LOOKED_AT]
    return not _NOISE.search(line) and not _OBJECT.fullmatch(line)
