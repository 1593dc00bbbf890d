"""The data that code in other languages than Python names, and Python that has no syntax tree."""

import re

from knowledge.extracting.sql import is_sql, tables_in

_TEXT = re.compile(
    r'"""((?:[^"\\]|\\.|"(?!""))*+)"""|"((?:[^"\\]|\\.)*+)"|\'\'\'((?:[^\'\\]|\\.|\'(?!\'\'))*+)\'\'\''
    r"|'((?:[^'\\\n]|\\.)*+)'",
    re.DOTALL,
)
_QUOTED = r"[rRbBuU]?[\"']([^\"'\n]{1,500})[\"']"
_NAMED = r"(?:[\w.]+[ \t]*=[ \t]*)?"
_KINDS = (
    "csv2?|tsv|delim2?|table2?|excel|xlsx?|parquet|feather|json|rds|dta|sav|sas|spss|stata|fwf|delta|orc|avro|xml"
    "|html|hdf|pickle|ndjson|file|gbq|sql_table|csv_arrow|ipc|sf"
)
_OTHERS = (
    r"readRDS|fread|vroom|scan_(?:csv|parquet|ipc|ndjson)|st_read|load_dataset|tbl|CSV\.(?:read|File)|readdlm"
    r"|loadtxt|genfromtxt|fetch_openml|open_dataset"
)
_READER = re.compile(
    rf"\b(?:read[._](?:{_KINDS})|{_OTHERS})\s*\(\s*{_NAMED}"
    rf"(?P<join>(?:here::here|here|file\.path|url|Path|File)\s*\(\s*)?{_QUOTED}(?P<more>(?:\s*,\s*{_QUOTED}){{0,8}}+)"
)
_JOINS = ("here", "file.path")
_CONNECTED = re.compile(
    r"\b(?:tbl|dbReadTable|read_sql_table|spark_read_(?:csv|parquet|table|json))\s*\(\s*[\w.$@]{1,100}\s*,"
    rf"\s*{_NAMED}(?:in_schema\s*\(\s*{_QUOTED}\s*,\s*)?{_QUOTED}"
)
_FORMATS = "csv|json|orc|parquet|text|load|table|delta"
_SPARK = re.compile(
    rf"\bspark\s*\.\s*(?:table|read\s*\.(?:[^\n]{{0,300}}?\.)?(?:{_FORMATS}))\s*\(\s*{_QUOTED}"
)
_SIGNS = ("read", "scan_", "load", "fetch_", "tbl", "genfromtxt", "spark", "vroom", "CSV.", "open_d")
_READING = {"python", "r", "ir", "webr", "julia", "scala", "kotlin"}


def datasets_in(code: str, language: str) -> list[str]:
    """Names of the tables and files that well-known readers are given, and of tables in SQL within texts."""
    may_read = language in _READING and any(sign in code for sign in _SIGNS)
    named = _read(code) if may_read else []
    lowered = code.lower()
    if "select" in lowered and "from" in lowered:
        for text in _TEXT.finditer(code):
            said = next(filter(None, text.groups()), "")
            if len(said) > 12 and is_sql(said):
                named += ((text.start(), name) for name in tables_in(said))
    return [name for _, name in sorted(named)]


def _read(code: str) -> list[tuple[int, str]]:
    named: list[tuple[int, str]] = []
    for found in _READER.finditer(code):
        name = found[2]
        if (found["join"] or "").startswith(_JOINS):
            name = "/".join([name, *re.findall(_QUOTED, found["more"])])
        named.append((found.start(), name))
    for found in _CONNECTED.finditer(code):
        named.append((found.start(), f"{found[1]}.{found[2]}" if found[1] else found[2]))
    named += ((found.start(), found[1]) for found in _SPARK.finditer(code))
    return [(at, name) for at, name in named if not is_sql(name)]
