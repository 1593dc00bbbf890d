"""The peer: what a few lines of patterns find, as tools like pipreqs and many a script do it."""

import re
import sys

_IMPORT = re.compile(r"^[ \t]*(?:import|from|using)[ \t]+(\w+)", re.MULTILINE)
_LIBRARY = re.compile(r"\b(?:library|require)\([\"']?(\w+)")
_FILE = re.compile(
    r"[\"']([^\"'\n]+\.(?:csv|tsv|txt|json|parquet|feather|xlsx?|dta|npy|nc|h5|shp|rds|data|gz))[\"']",
    re.IGNORECASE,
)
_TABLE = re.compile(r"\b(?:from|join)\s+([\w.]+)(?!\s*import)", re.IGNORECASE)
_SQL = re.compile(r"\bselect\b", re.IGNORECASE)


def by_patterns(source: str) -> tuple[set[str], set[str]]:
    """Libraries: the first word after `import`, `from`, `using`, in `library()`, without Python's own.

    Datasets: quoted texts that end like a data file, and words after FROM and JOIN where there is a SELECT.
    """
    libraries = {name.lower() for pattern in (_IMPORT, _LIBRARY) for name in pattern.findall(source)}
    datasets = set(_FILE.findall(source))
    if _SQL.search(source):
        datasets |= {name.lower() for name in _TABLE.findall(source)}
    return {name for name in libraries if name not in sys.stdlib_module_names}, datasets
