"""Names of tables, datasets and files as they may be kept: short, and without anything secret."""

import re

from knowledge.documents.decoding import one_line

LONGEST = 200
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,40}:/{1,3}")
# Of Azure, what stands before the "@" is a container.
_CONTAINER = re.compile(r"(?:wasb|abf)ss?:/{1,3}[\w.$-]{1,63}@(?=[\w.-]+/)", re.IGNORECASE)
_PORT = re.compile(r"[^:@/]*(?::\d{1,5})?$")
_DATA = ("{", "[", "<", "data:", "(")
# What a program completes, or a reader is to fill in.
_GAP = re.compile(r"\{\w*\}|\$\{|\$[A-Z_]{2}|<[\w -]{1,40}>")
_LETTER = re.compile(r"[^\W\d_]")


def dataset_name(text: str) -> str:
    """What a program gives as the name of its data, fit to be shown; "" if it is no name.

    Of an address neither who signs in nor what is asked: both may hold secrets.
    """
    name = one_line(text[: 4 * LONGEST])
    if "\n" in text.strip() or name.startswith(_DATA) or _GAP.search(name):
        return ""
    if scheme := _CONTAINER.match(name) or _SCHEME.match(name):
        name = scheme[0] + _without_user(name[scheme.end() :]).partition("?")[0].partition("#")[0]
    return name if _LETTER.search(name) and len(name) <= LONGEST else ""


def _without_user(rest: str) -> str:
    """What follows the last "@" of what may be a user name and a password, slashes in it or not."""
    host = rest.partition("/")[0]
    if "@" in host:
        return host.rpartition("@")[2] + rest[len(host) :]
    return rest if _PORT.match(host) else rest.rpartition("@")[2] if "@" in rest else ""
