"""Absolute paths in what the author wrote: they lead nowhere on anybody else's machine."""

import re

import re2

_NAME = r"[\w.@+-]+"
_BEFORE = r"(?:^|[^\w./:~@%$}-])"
_PATTERN = (
    rf"(?m){_BEFORE}(?:(/(?:Users|home)/{_NAME})(?:/|[\"'])"
    r"|([A-Za-z]:[\\/]+(?:Users|Documents and Settings)[\\/]+[^\\/:*?\"<>|\r\n]+)[\\/\"']"
    r"|(file:/{2,3}[A-Za-z][\w.%:-]*))"
    # Other drives: in quotes only, and with a single backslash in raw strings only, or \n would be a path.
    r"|(?:[\"']|\b[rR][\"'])([C-Z]:(?:/|\\\\)[A-Za-z]\w+)|\b[rR][\"']([C-Z]:\\[A-Za-z]\w+)"
)
_CANDIDATES = 50
_SHOWN = 60
# Homes that are the same wherever an image of that kind runs, and what stands for a name in examples.
_NOBODY = {
    *("jovyan", "runner", "ubuntu", "ec2-user", "vscode", "docker", "vagrant", "airflow", "spark", "hadoop"),
    *(
        "user",
        "username",
        "user_name",
        "user-name",
        "yourname",
        "your_name",
        "your-name",
        "you",
        "me",
        "myself",
    ),
    *("name", "shared", "public", "default", "someone", "xxx", "..."),
}

_FINDER = re2.compile(_PATTERN.encode(), re2.Options())


def may_hold_local_paths(data: bytes) -> bool:
    """Whether a closer look at its pieces is worth while."""
    return _FINDER.search(data) is not None


def local_path_in(text: str) -> tuple[str, int] | None:
    """The beginning of the first one, as it may be shown, and the number of its line from 0."""
    data = text.encode(errors="replace")
    for number, found in enumerate(_FINDER.finditer(data)):
        if number >= _CANDIDATES:
            break
        path = next(group for group in found.groups() if group is not None)[:_SHOWN].decode(errors="replace")
        if re.split(r"[\\/]+", path)[-1].lower() not in _NOBODY:
            return f"{path}/…" if "/" in path else f"{path}\\…", data.count(b"\n", 0, found.end())
    return None
