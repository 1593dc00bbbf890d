"""What opens doors to whoever reads it: keys and tokens by their well-known forms, passwords by name.

Found in linear time (RE2), whatever the text; then judged, since texts about keys hold examples of keys. What
is found is named by its kind and never repeated.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import re2

_CANDIDATES = 50  # looked at in one piece of text
_LONGEST = 4_000

# What stands in examples and templates where a secret would.
_PLACEHOLDER = re.compile(
    r"example|sample|dummy|placeholder|change.?me|redacted|removed|hidden|secret|passw|foo.?bar|test"
    r"|your|insert|replace|here|xxx|\.\.\.|\*\*\*|#{3}|1234567|abcdefg|0000000"
    r"|[<>{}\[\]$%]|environ|getenv|getpass|^none$|^null$|^true$|^false$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Kind:
    """`pattern` (RE2, of bytes) finds candidates in the kinds of pieces named; `is_real` judges one."""

    what: str
    pattern: str
    is_real: Callable[[str], bool]
    in_pages: bool = True


def may_hold_secrets(data: bytes) -> bool:
    """Whether a closer look at its pieces is worth while."""
    return _ALL[0].search(data) is not None


def secrets_in(text: str, *, is_page: bool = False) -> Iterator[tuple[str, int]]:
    """(what it looks like, the number of the line from 0) of each, in order."""
    data = text.encode(errors="replace")
    finder, kinds = _PAGE if is_page else _ALL
    lines = at = 0
    for number, found in enumerate(finder.finditer(data)):
        if number >= _CANDIDATES:
            return
        kind = kinds[next(i for i, group in enumerate(found.groups()) if group is not None)]
        lines, at = lines + data.count(b"\n", at, found.start()), found.start()
        if kind.is_real(found.group()[:_LONGEST].decode(errors="replace")):
            yield kind.what, lines


def entropy(text: str) -> float:
    """Bits a character: below 3 for words and rows of digits, above for what a machine drew."""
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())


def _is_random(text: str) -> bool:
    """Of the part after the prefix that tells the kind."""
    body = re.sub(r"^[A-Za-z]{2,6}[_-](?:[a-z]{2,6}[_-])?", "", text)
    return entropy(body) >= 3 and not re.search(
        r"example|xxxx|1234567|abcdefg|your|\.\.\.", text, re.IGNORECASE
    )


def _always(_text: str) -> bool:
    return True


_URL = re.compile(r"://([^\s:/@]+):([^\s/@]+)@(\[?[\w.-]+)")
_LOCAL = re.compile(r"localhost|127\.|0\.0\.0\.0|host|hostname|server|.*\bexample\b.*", re.IGNORECASE)


def _is_password_in_url(text: str) -> bool:
    found = _URL.search(text)
    if not found:
        return False
    user, password, host = found.groups()
    if user == password or _LOCAL.fullmatch(host) or _PLACEHOLDER.search(password):
        return False
    return len(password) >= 6 and not re.fullmatch(r"[A-Z_]+|(?i:api_?key|postgres|token)", password)


_ASSIGNED = re.compile(r"""(\w+)["']?\s*(?:[:=]|<-)\s*["']([^"'\s]+)["']\Z""")


def _is_assigned(text: str) -> bool:
    """A value that nobody would call a word: a password of several kinds of signs, a key that looks drawn."""
    found = _ASSIGNED.search(text)
    if not found:
        return False
    name, value = found[1].lower(), found[2]
    if _PLACEHOLDER.search(value) or "/" in value or re.fullmatch(r"[a-z_.-]+|[A-Z_.-]+|[\d.-]+", value):
        return False
    if name.endswith(("password", "passwd", "pwd", "passphrase")):
        return bool(re.search(r"[a-zA-Z]", value) and re.search(r"[\W\d]", value)) and entropy(value) >= 2.5
    return len(value) >= 16 and bool(re.search(r"\d", value)) and entropy(value) >= 3.2


_NAMES = (
    r"password|passwd|pwd|passphrase|api_?key|apikey|secret|secret_?key|client_?secret|access_?key|auth_?token"
    r"|access_?token|bearer_?token|api_?token|oauth_?token|private_?key|consumer_?key|consumer_?secret"
    r"|token_?secret|account_?key"
)

_W = r"[A-Za-z0-9_-]"
_AFTER = r"[\"']?\s*(?:[:=]|<-)\s*"

# What has a form of its own: what to call it, and how it looks.
_FORMS = {
    "an AWS access key": r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    "an AWS secret key": rf"(?i:aws_secret_access_key|secretaccesskey){_AFTER}[\"']?[A-Za-z0-9/+]{{40}}\b",
    "a GitHub token": r"\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_[A-Za-z0-9_]{40}",
    "a GitLab token": rf"\bglpat-{_W}{{20}}",
    "a Slack token": r"\bxox[abeoprs]-[A-Za-z0-9-]{20}|\bxapp-[A-Za-z0-9-]{20}",
    "a Slack webhook": r"\bhooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{20}",
    "a Google API key": rf"\bAIza{_W}{{35}}",
    "a Google OAuth secret": rf"\bGOCSPX-{_W}{{28}}|\bya29\.{_W}{{40}}",
    "a Stripe key": r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{20}",
    "an OpenAI or Anthropic key": rf"\bsk-(?:proj-|ant-|svcacct-)?{_W}{{40}}",
    "a Hugging Face token": r"\bhf_[A-Za-z]{34}\b",
    "a token of a package index": rf"\bpypi-AgE{_W}{{40}}|\bnpm_[A-Za-z0-9]{{36}}",
    "a SendGrid key": rf"\bSG\.{_W}{{22}}\.{_W}{{43}}",
    "a Databricks token": r"\bdapi[0-9a-f]{32}",
    "an Azure account key": r"AccountKey=[A-Za-z0-9+/]{86}==",
    "a Mapbox secret": rf"\bsk\.eyJ{_W}{{20}}{_W}*\.{_W}{{20}}",
    "a signed token (JWT)": rf"\beyJ{_W}{{10}}{_W}*\.eyJ{_W}{{10}}{_W}*\.{_W}{{20}}",
}
_PRIVATE_KEY = r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----(?:\\n|\\r|[\s\"',])*[A-Za-z0-9+/]{20}"
_LOGIN_IN_URL = r"\b[a-z][a-z0-9+]*://[^\s:/@\"'<>]+:[^\s/@\"'<>]+@\[?[\w.-]+"
_ASSIGNMENT = rf"(?i:{_NAMES}){_AFTER}[\"'][^\"'\s]{{8}}[^\"'\s]*[\"']"

KINDS = (
    *(Kind(what, pattern, _is_random) for what, pattern in _FORMS.items()),
    Kind("a private key", _PRIVATE_KEY, _always),
    Kind("an address with a password in it", _LOGIN_IN_URL, _is_password_in_url),
    Kind("a password or key", _ASSIGNMENT, _is_assigned, in_pages=False),
)


def _finder(kinds: tuple[Kind, ...]) -> tuple[re2._Regexp, tuple[Kind, ...]]:
    options = re2.Options()
    options.max_mem = 32_000_000
    return re2.compile("|".join(f"({kind.pattern})" for kind in kinds).encode(), options), kinds


_ALL = _finder(KINDS)
_PAGE = _finder(tuple(kind for kind in KINDS if kind.in_pages))
