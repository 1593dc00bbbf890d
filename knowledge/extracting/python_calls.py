"""What a call in Python reads: by the name of what is called, and the text that it is given."""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from knowledge.extracting import literals
from knowledge.extracting.named import is_address, is_code, is_file
from knowledge.extracting.sql import is_sql

# What takes any name for data: tables, files, datasets.
_SURE = re.compile(
    "read_(?:avro|csv|delta|excel|feather|file|fwf|gbq|hdf|html|ipc|json|ndjson|ods|orc|parquet|pickle|sas|spss"
    "|sql_table|stata|table|xml)|scan_(?:csv|parquet|ipc|ndjson|delta|iceberg)"
    "|load_dataset|loadtxt|genfromtxt|fetch_openml|get_rdataset|open_(?:dataset|dataarray|mfdataset|zarr)"
    "|textFile|wholeTextFiles|binaryFiles|sequenceFile|DeltaTable|ParquetDataset|forPath|forName|load_example|memmap"
)
# What reads files, and much else: only texts that end like a file count.
_OF_FILES = re.compile(
    r"(?:read|load|open|fetch)_\w+|read|open|load|File|Dataset|imread|from_file|fromfile|loadmat|HDFStore"
    r"|ExcelFile|ParquetFile|ZipFile|get_path|get_sample_data|get_pkg_data_filename"
)
_OF_ADDRESSES = {"urlopen", "urlretrieve", "download", "download_file", "Request", "get_file"}
_GETTING = {"requests", "httpx", "session", "http", "client"}
_CONNECTED = re.compile(r"\.(?:db3?|sqlite3?|duckdb|ddb)\Z", re.IGNORECASE)
_METHODS = {"read_text", "read_bytes", "open"}
_SPARK = {"csv", "json", "orc", "parquet", "text", "load", "table", "jdbc", "avro", "delta"}
_NAMED = {
    "tfds": {"load", "builder"},
    "tensorflow_datasets": {"load", "builder"},
    "lance": {"dataset"},
    "ds": {"dataset"},
    "dataset": {"dataset"},
}
_SECOND = {"forPath", "forName"}  # arguments
_OF_TABLES = {"table", "forName", "read_sql_table", "read_sql"}
# What has tables: connections and sessions, by what they are mostly called.
_CONNECTION = re.compile(r"(?:\w*_)?(?:session|con|conn|connection|db|ibis|duckdb|backend)\Z", re.IGNORECASE)
_NOT_OF_DATA = {"webbrowser", "os", "style"}
_TABLE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*){0,2}")
_FIRST = {
    *(
        "path",
        "filepath_or_buffer",
        "io",
        "source",
        "fname",
        "name",
        "table_name",
        "url",
        "query",
        "filename",
    ),
    *("file", "fp", "filepath", "file_path", "filename_or_obj", "origin", "uri", "database"),
}
_MODES = {"mode"}
# A quick look: what has none of these reads nothing.
_SIGNS = (
    "read",
    "scan_",
    "load",
    "open",
    "fetch",
    "spark",
    "sqlContext",
    "from",
    "File",
    "Data",
    "Store",
    "connect",
    "get_",
    "memmap",
    "builder",
    "Delta",
    "forPath",
    "forName",
    ".table",
    "dataset",
)
_SIGNS_OF_ADDRESSES = ("get", "urlretrieve", "Request", "download")
_MAY_READ = re.compile(
    r"(?:read|scan_|load|open|fetch_|imread|from_?file|memmap|genfromtxt|connect|builder|get_\w|File|Dataset|Store"
    r"|DeltaTable|forPath|forName|\.table|\bdataset)"
    r"\w{0,30}+[ \t]{0,5}\(|\b(?:spark|sqlContext)\b"
)


def may_read(code: str) -> bool:
    """Whether code calls anything that `read_by` may know."""
    if any(sign in code for sign in _SIGNS) and _MAY_READ.search(code):
        return True
    return ("url" in code or "http" in code) and any(sign in code for sign in _SIGNS_OF_ADDRESSES)


class Read(NamedTuple):
    """A name of data; or, if it isn't known, that of the variable which another cell may have given one."""

    name: str
    is_known: bool = True


def read_by(call: ast.Call, texts: Mapping[str, str]) -> Read | None:
    """What a call reads, as far as a text says it."""
    name, chain = called(call.func)
    if name in _METHODS and isinstance(call.func, ast.Attribute):
        text = literals.text_of(call.func.value, texts)
        if text is not None:
            return Read(text) if is_file(text) and not (name == "open" and _writes(call, 0)) else None
    argument = _argument(call, name)
    if argument is None or not _may_read(call, name, chain):
        return None
    text = literals.text_of(argument, texts)
    if text is None:
        return Read(argument.id, is_known=False) if isinstance(argument, ast.Name) else None
    if is_sql(text) or not _fits(text, name, chain):
        return None
    return Read(text.lower() if name in _OF_TABLES else text)


def called(function: ast.expr) -> tuple[str, list[str]]:
    """The last name of what is called, and those before it: of `spark.read.option(…).csv`, spark and read."""
    names = list(_names(function))
    return (names[0], names[1:]) if names else ("", [])


def _names(function: ast.expr) -> Iterator[str]:
    at = function
    while True:
        match at:
            case ast.Attribute():
                yield at.attr
                at = at.value
            case ast.Call():
                at = at.func
            case ast.Name():
                yield at.id
                return
            case _:
                return


def _argument(call: ast.Call, name: str) -> ast.expr | None:
    """The first, or the one by name; of what keeps a download under a name, where it comes from."""
    if name == "get_file":
        origin = next((keyword.value for keyword in call.keywords if keyword.arg == "origin"), None)
        return origin or (call.args[1] if len(call.args) > 1 else None)
    if name in _SECOND:
        return call.args[1] if len(call.args) > 1 else None
    keywords = (keyword.value for keyword in call.keywords if keyword.arg in _FIRST)
    return call.args[0] if call.args else next(keywords, None)


def _may_read(call: ast.Call, name: str, chain: list[str]) -> bool:
    if _NOT_OF_DATA.intersection(chain):
        return False
    if _is_sure(name, chain) or name in _OF_ADDRESSES or name in {"connect", "read_sql"}:
        return True
    if name == "get":
        return not chain or bool(_GETTING.intersection(part.lower() for part in chain))
    return bool(_OF_FILES.fullmatch(name)) and not _writes(call, 1)


def _is_sure(name: str, chain: list[str]) -> bool:
    if name == "table":
        return any("spark" in part.lower() or part == "sqlContext" for part in chain) or bool(
            chain and _CONNECTION.match(chain[0])
        )
    if name in _SPARK and ("read" in chain or "readStream" in chain):
        return True
    return bool(_SURE.fullmatch(name)) or any(name in _NAMED.get(part, ()) for part in chain)


def _fits(text: str, name: str, chain: list[str]) -> bool:
    if name == "table":
        return bool(_TABLE.fullmatch(text))
    if _is_sure(name, chain):
        return True
    if name == "connect":
        return bool(_CONNECTED.search(text))
    if name == "read_sql":
        return bool(_TABLE.fullmatch(text))
    if name in _OF_ADDRESSES or name == "get":
        return is_address(text) and not is_code(text)
    return is_file(text)


def _writes(call: ast.Call, place: int) -> bool:
    """Whether a file is opened to be written only."""
    mode = next((keyword.value for keyword in call.keywords if keyword.arg in _MODES), None)
    if mode is None and len(call.args) > place:
        mode = call.args[place]
    match mode:
        case ast.Constant(value=str(said)):
            return len(said) <= 3 and any(sign in said for sign in "wax") and "+" not in said
    return False
