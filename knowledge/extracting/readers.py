"""The data that code in other languages than Python names, and Python that has no syntax tree."""

import re

from knowledge.extracting.found import Found
from knowledge.extracting.named import is_address, is_code, is_file, is_named
from knowledge.extracting.paths import JOINERS, joined
from knowledge.extracting.sql import find_tables, is_sql

_TEXT = re.compile(
    r'"""((?:[^"\\]|\\.|"(?!""))*+)"""|"((?:[^"\\]|\\.)*+)"|\'\'\'((?:[^\'\\]|\\.|\'(?!\'\'))*+)\'\'\''
    r"|'((?:[^'\\\n]|\\.)*+)'",
    re.DOTALL,
)
_QUOTED = r"[rRbBuU]?[\"']([^\"'\n]{1,500})[\"']"
_NAMED = r"(?:[\w.]+[ \t]*=[ \t]*)?"
_KINDS = (
    "csv2?|tsv|delim2?|table2?|excel|xlsx?|parquet|feather|json|rds|dta|sav|sas|spss|stata|fwf|delta|orc|avro|xml"
    "|html|hdf|pickle|ndjson|file|gbq|sql_table|csv_arrow|ipc|sf|csv2?_chunked|lines"
)
# What takes any name for data.
_SURE = (
    rf"read[._](?:{_KINDS})|read(?:CSV|Csv|TSV|Tsv|Excel|JSON|Json|Lines)|readRDS|fread|vroom(?:_lines)?"
    r"|scan_(?:csv|parquet|ipc|ndjson)|st_read|load_dataset|tbl|CSV\.(?:read|File|Rows)|readdlm|loadtxt|genfromtxt"
    r"|fetch_openml|open_dataset|npzread|matread|parsefile|textFile|wholeTextFiles|binaryFiles|sequenceFile"
)
# What reads files, and much else: only texts that end like a file count.
_OF_FILES = (
    r"(?:read|load|open)_\w{1,40}|open|load|read|h5open|File|imread|fromJSON|import|rast|raster|brick|vect|nc_open|readOGR"
    r"|readtable|Arrow\.Table|loadtable|readlines|ReadAllText|ReadAllLines|ReadLines|OpenRead|OpenText|LoadCsv"
    r"|LoadFromTextFile|ReadFile|Open|fromFile|FileAttachment|csv|tsv|json|ifstream(?:[ \t]+\w+)?"
)
# What asks for an address.
_OF_ADDRESSES = (
    r"download\.file|download|url|URL|GET|fetch|Get|GetAsync|GetStringAsync|GetStreamAsync|GetByteArrayAsync"
    r"|DownloadString|DownloadFile|fromURL|urlopen|urlretrieve|requests\.get"
)
_READER = re.compile(
    rf"\b(?:(?P<sure>{_SURE})|(?P<files>{_OF_FILES})|(?P<addresses>{_OF_ADDRESSES}))\s*\(\s*{_NAMED}"
    rf"(?:(?:(?:url|URL|Path|File)\s*\(\s*)?{_QUOTED}|(?P<joined>{JOINERS}\s*\()"
    r"|(?P<variable>[A-Za-z][\w.]{0,60})\s*[,)])"
)
# Words that read in some languages only.
_ELSEWHERE = {
    "import": ("r", "ir", "webr"),
    "URL": ("kotlin", "scala", "java", "groovy"),
    "url": ("r", "ir", "webr"),
    "Get": ("go",),
}
_OPENS = {"open", "h5open", "File"}  # and tell by a second text whether to read
_WRITES = re.compile(r"[\"']\s*,\s*[\"'][wax][bt]?[\"']")
_CONNECTED = re.compile(
    r"\b(?:tbl|dbReadTable|read_sql_table|spark_read_(?:csv|parquet|table|json))\s*\(\s*[\w.$@]{1,100}\s*,"
    rf"\s*{_NAMED}(?:in_schema\s*\(\s*{_QUOTED}\s*,\s*)?{_QUOTED}|\bRxSqlServerData\s*\(\s*table\s*=\s*{_QUOTED}"
)
_FORMATS = "csv|json|orc|parquet|text|load|table|delta"
_SPARK = re.compile(
    rf"\bspark\s*\.\s*(?:table|read\s*\.(?:[^\n]{{0,300}}?\.)?(?:{_FORMATS}))\s*\(\s*{_QUOTED}"
)
# A variable that is given a path or an address.
_GIVEN = re.compile(
    r"^[ \t]*(?:(?:val|var|let|const|local|my|auto|string)[ \t]+)?([A-Za-z][\w.]{0,60})[ \t]*(?:<-|:?=)[ \t]*"
    rf"(?:(?P<joined>{JOINERS}\s*\()|(?:(?:new[ \t]+)?[A-Za-z][\w:.]{{0,30}}\([ \t]*)?{_QUOTED})",
    re.MULTILINE,
)
# A dataset of a package, by its name.
_OF_PACKAGE = re.compile(r"\bdataset\(\s*\"\w{1,80}\"\s*,\s*\"([^\"\n]{1,80})\"\s*\)")
_COMMENT = re.compile(r"^[ \t]*(?:#(?!!)|//)[^\n]*", re.MULTILINE)
_SIGNS = re.compile(
    r"[rR]ead|scan_|[lL]oad|fetch|tbl|genfromtxt|spark|vroom|CSV\.|[oO]pen|url|URL|GET|Get|import|fread|rast|File"
    r"|fromJSON|Arrow|RxSql|ifstream|d3|npz|parsefile|file\.path|here\(|path\(|paste|textFile|dataset\("
)
_READING = {
    *(
        "python",
        "r",
        "ir",
        "webr",
        "julia",
        "scala",
        "kotlin",
        "go",
        "csharp",
        "c#",
        "fsharp",
        "f#",
        "c++",
        "cpp",
    ),
    *(
        "javascript",
        "typescript",
        "js",
        "ojs",
        "deno",
        "tslab",
        "java",
        "groovy",
        "polyglot-notebook",
        "c++17",
    ),
    *("c++11", "c++14", "c++20", "cython", "coconut"),
}


def find_datasets(code: str, language: str, found: Found) -> None:
    """Names of the tables and files that well-known readers are given, and of tables in SQL within texts."""
    named: list[tuple[int, str]] = []
    if language in _READING and _SIGNS.search(code):
        code_only = _COMMENT.sub("", code)
        texts = _given(code_only)
        found.texts += [(name, text) for name, text in texts.items() if is_named(text)][:50]
        named = _read(code_only, language, texts, found)
        if language == "julia":
            named += ((known.start(), known[1]) for known in _OF_PACKAGE.finditer(code_only))
    lowered = code.lower()
    if "select" in lowered and "from" in lowered:
        for text in _TEXT.finditer(code):
            said = next(filter(None, text.groups()), "")
            if len(said) > 12 and is_sql(said):
                named += ((text.start(), name) for name in find_tables(said, found))
    found.datasets += (name for _, name in sorted(named))


def _given(code: str) -> dict[str, str]:
    """{variable: text}, paths that are put together among them."""
    texts: dict[str, str] = {}
    for given in _GIVEN.finditer(code):
        text = joined(code, given.start("joined"), texts) if given["joined"] else given[3]
        if text is not None:
            texts[given[1]] = text
    return texts


def _read(code: str, language: str, texts: dict[str, str], found: Found) -> list[tuple[int, str]]:
    named: list[tuple[int, str]] = []
    for reader in _READER.finditer(code):
        name, word = reader[4] or "", reader["files"] or reader["addresses"]
        if word and language not in _ELSEWHERE.get(word, (language,)):
            continue
        if variable := reader["variable"]:
            if variable not in texts:
                found.waiting.append(variable)
                continue
            name = texts[variable]
        if reader["joined"]:
            name = joined(code, reader.start("joined"), texts) or ""
        if name and _fits(name, reader) and not (word in _OPENS and _WRITES.match(code, reader.end(4))):
            named.append((reader.start(), name))
    for table in _CONNECTED.finditer(code):
        name = ".".join(filter(None, (table[1], table[2] or table[3])))
        named.append((table.start(), name if is_file(name) and "/" in name else name.lower()))
    named += ((reader.start(), reader[1]) for reader in _SPARK.finditer(code))
    return [(at, name) for at, name in named if not is_sql(name)]


def _fits(name: str, reader: re.Match[str]) -> bool:
    if reader["addresses"]:
        return is_address(name) and not is_code(name)
    return bool(reader["sure"]) or is_file(name)
