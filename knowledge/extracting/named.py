"""Texts that may name data: paths, addresses, and those that are neither."""

import re

_ENDING = re.compile(r"[^\s/\\.:*?\"<>|][^/\\\n]{0,150}?\.[A-Za-z][A-Za-z0-9]{0,9}\Z")
_ADDRESS = re.compile(r"(?:https?|ftp|s3a?|gs|gcs|abfss?|wasbs?|hdfs|dbfs|az)://?[^\s\"'<>|]{3,}\Z")
_CODE = re.compile(r"\.(?:sh|py|deb|rpm|whl|asc|gpg|key|exe|dmg|pkg|jar|git)\Z", re.IGNORECASE)
_LONGEST = 500


def is_address(text: str) -> bool:
    """Whether a text is an address with its scheme."""
    return len(text) <= _LONGEST and bool(_ADDRESS.match(text))


def is_code(address: str) -> bool:
    """Whether what is downloaded from there is a program and no data."""
    return bool(_CODE.search(address))


def is_file(text: str) -> bool:
    """Whether a text ends like the name of a file."""
    return len(text) <= _LONGEST and bool(_ENDING.match(re.split(r"[/\\]", text)[-1]))


def is_named(text: str) -> bool:
    """Whether a text is a file or an address."""
    return is_address(text) or is_file(text)
