"""What lines for a shell download and install: of `!` lines, of `%pip` and `%conda`, of cells of a shell."""

import re
import shlex
from collections.abc import Iterator

from knowledge.extracting.found import Found
from knowledge.extracting.named import is_address, is_code

_LINE = re.compile(
    r"^[ \t]*(?:[\w, \t.\[\]]{1,100}=[ \t]*)?(?:!|%sx[ \t]|%%?(?=(?:pip|conda|mamba|uv)\b))([^\n]{1,2000})",
    re.MULTILINE,
)
_CONTINUED = re.compile(r"\\\n[ \t]*")
_DOWNLOADS = re.compile(r"\b(?:wget|curl|aria2c|aws\s+s3|gsutil|gcloud\s+storage|http)\b")
# What takes files from one place to another, and reads the first.
_STORES = re.compile(r"\b(?:aws\s+s3|gsutil|gcloud\s+storage)\b")
_TRANSFERS = {"cp", "mv", "sync", "rsync"}
_ENDS = {"|", "||", "&&", ";", "&", ">"}
_PIPED = re.compile(r"\|\s*(?:sudo\s+)?(?:ba|z)?sh\b")
_INSTALLS = re.compile(
    r"\b(?:(?P<pip>pip3?|uv\s+pip|uv)\s+(?:install|add)|(?P<conda>conda|mamba|micromamba)\s+install)\s+(?P<what>[^\n;&|]{1,2000})"
)
_REQUIREMENT = re.compile(
    r"(?P<name>[A-Za-z][\w.-]{0,80})(?:\[[\w,. -]{0,100}\])?\s*"
    r"(?P<version>(?:===?|~=|>=|<=|!=|<|>)[^\s;#]{1,60})?"
)
_OF_CONDA = re.compile(
    r"(?:[\w.-]{1,60}::)?(?P<name>[A-Za-z][\w.-]{0,80})(?P<version>(?:==?|~=|>=|<=|!=|<|>)[\w.*,<>=!|]{1,60})?"
)
_WITH_VALUE = {
    *(
        "-r",
        "--requirement",
        "-c",
        "--constraint",
        "-i",
        "--index-url",
        "--extra-index-url",
        "-f",
        "--find-links",
    ),
    *("-t", "--target", "-n", "--name", "-p", "--prefix", "--channel", "-e", "--editable", "--python"),
}


def find_in_shell(code: str, found: Found) -> None:
    """Of a whole script."""
    _find(_CONTINUED.sub(" ", code).split("\n"), found)


def find_in_shell_lines(code: str, found: Found) -> None:
    """Of the lines of a notebook's cell that are for a shell."""
    _find((line[1] for line in _LINE.finditer(_CONTINUED.sub(" ", code))), found)


def requirements_in(text: str) -> Iterator[tuple[str, str]]:
    """(name, version) of a file of requirements, a line each; the version as written, without `==`."""
    for line in text.split("\n")[:500]:
        whole = _REQUIREMENT.match(line.strip()[:300])
        if whole and whole["version"]:
            yield whole["name"], whole["version"].removeprefix("===").removeprefix("==")


def _find(lines: list[str] | Iterator[str], found: Found) -> None:
    for line in lines:
        line = line.strip()[:2_000]
        if not line or line.startswith("#"):
            continue
        if _DOWNLOADS.search(line) and not _PIPED.search(line):
            words = _words(line)
            read = _taken(words) if _STORES.search(line) else words
            found.datasets += (word for word in read if is_address(word) and not is_code(word))
        for installs in _INSTALLS.finditer(line):
            pattern = _OF_CONDA if installs["conda"] else _REQUIREMENT
            found.asked += _asked(_words(installs["what"]), pattern)


def _taken(words: list[str]) -> list[str]:
    """What a command of a store of files reads: all that it is given but where it is to go."""
    begin = next((place for place, word in enumerate(words) if word in {*_TRANSFERS, "cat"}), len(words))
    end = next((place for place in range(begin, len(words)) if words[place] in _ENDS), len(words))
    given = [word for word in words[begin + 1 : end] if word == "-" or not word.startswith("-")]
    return given[:-1] if words[begin : begin + 1] != ["cat"] else given


def _asked(words: list[str], pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    skips = False
    for word in words:
        if skips or word.startswith("-"):
            skips = not skips and word in _WITH_VALUE
        elif (one := pattern.fullmatch(word)) and one["version"]:
            yield one["name"], re.sub(r"\A={1,3}", "", one["version"])


def _words(line: str) -> list[str]:
    """As a shell takes them apart; a line that it wouldn't take, at its blanks."""
    try:
        return shlex.split(line, comments=True)
    except ValueError:
        return line.split()
