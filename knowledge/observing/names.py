"""When two names are one dataset's, and spans of time such as 1d."""

import re

LONGEST = 200
MOST_HOURS = 24 * 366
_HOURS = {"h": 1, "d": 24, "w": 24 * 7, "mo": 24 * 30}
_WORDS = {"h": "hour", "d": "day", "w": "week", "mo": "month"}
_SPAN = re.compile(
    r"(\d{1,4})?\s*(h|hour|d|day|w|week|mo|month)s?|(hourly|daily|weekly|monthly)", re.ASCII | re.IGNORECASE
)
_LY = {"hourly": "h", "daily": "d", "weekly": "w", "monthly": "mo"}
# Of SQL: up to four words with points between them, each quoted or not. The migration spells it once more.
_SQL = re.compile(r'["`\[]?[A-Za-z0-9_$-]+["`\]]?(?:\.["`\[]?[A-Za-z0-9_$-]+["`\]]?){0,3}', re.ASCII)
_FILE = re.compile(
    r"\.(?:csv|tsv|txt|json|jsonl|parquet|pq|feather|arrow|orc|avro|xlsx?|ods|pkl|pickle|hdf5?|h5|nc|dta|sav|rds"
    r"|rda|rdata|db|sqlite3?|duckdb|gz|zip|bz2|zst|xml|html|md|ipynb)$",
    re.ASCII | re.IGNORECASE,
)
_QUOTES = str.maketrans("", "", '"`[]')
_MERGED = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]{1,40}):/(?!/)", re.ASCII)


def key_of(name: str) -> str:
    """What two names of one dataset have in common.

    Names of tables, as SQL has them, are one whatever their case and quotes; files and addresses stay as they
    are written, since most of what keeps those tells `A` from `a`.
    """
    name = name.strip()
    if _SQL.fullmatch(name) and not _FILE.search(name):
        return name.translate(_QUOTES).lower()
    return name


def mended(name: str) -> str:
    """An address whose two slashes a proxy made one: `s3:/lake/a` is `s3://lake/a`."""
    return _MERGED.sub(r"\1://", name)


def hours_of(span: object) -> int | None:
    """Of `1h`, `1d`, `2 weeks`, `1mo` (30 days), `daily`; None for what is none, or longer than a year."""
    found = _SPAN.fullmatch(str(span).strip()) if isinstance(span, str) else None
    if not found:
        return None
    unit = _LY[found[3].lower()] if found[3] else found[2].lower()
    hours = int(found[1] or 1) * _HOURS["mo" if unit.startswith("mo") else unit[0]]
    return hours if 1 <= hours <= MOST_HOURS else None


def in_words(hours: int, *, short: bool = False) -> str:
    """`2 days`, or `2d`, in the largest unit that fits."""
    unit = next(name for name in ("mo", "w", "d", "h") if hours % _HOURS[name] == 0)
    number = hours // _HOURS[unit]
    if short:
        return f"{number}{unit}"
    return _WORDS[unit] if number == 1 else f"{number} {_WORDS[unit]}s"
