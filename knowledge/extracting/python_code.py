"""Python: what it imports, and the data that it names, by its syntax tree; without one, by its lines."""

import ast
import re
import sys
import warnings
from collections.abc import Iterator

from knowledge.extracting import literals
from knowledge.extracting.readers import datasets_in
from knowledge.extracting.sql import is_sql, tables_in

_TREE = 50_000  # characters: of more, a tree takes too much memory
_MAGIC_LINE = re.compile(r"^([ \t]*)[%!?][^\n]*", re.MULTILINE)
_ASSIGNED_MAGIC = re.compile(r"^([ \t]*[\w, \t.\[\]]{1,200}=[ \t]*)[%!][^\n]*", re.MULTILINE)
_HELP = re.compile(r"^[ \t]*[\w.*]+\?{1,2}[ \t]*$", re.MULTILINE)
_ONE = r"[^\W\d][\w.]*(?:[ \t]+as[ \t]+\w+)?"
_IMPORT = re.compile(
    rf"^[ \t]*(?:import[ \t]+({_ONE}(?:[ \t]*,[ \t]*{_ONE})*)[ \t]*(?=$|#|;|\\)"
    r"|from[ \t]+([^\W\d]\w*)[\w.]*[ \t]+import[ \t]+(?=[\w(*]))",
    re.MULTILINE,
)
# Also those of other versions of Python: what a document imports doesn't depend on ours.
_GONE = """
    imp distutils asynchat asyncore smtpd aifc audioop cgi cgitb chunk crypt imghdr mailcap msilib nis nntplib
    ossaudiodev pipes sndhdr spwd sunau telnetlib uu xdrlib formatter parser symbol macpath binhex
    annotationlib compression tomllib
    urllib2 urlparse httplib StringIO cStringIO cPickle ConfigParser Queue HTMLParser
    commands exceptions thread Cookie __builtin__ __main__
"""
_STANDARD = sys.stdlib_module_names | frozenset(_GONE.split())
# Where an import that begins no line may be, or a line that begins like one and is none.
_HIDDEN = re.compile(r"\"\"\"|'''|[;:][ \t]*(?:import|from)[ \t]|\\\n")
# What names data, as it is quickly looked for.
_NAMING = ("read_", "scan_", "load_d", "loadtxt", "genfromtxt", "fetch_openml", "spark", "sqlContext")
_READERS = re.compile(
    "read_(?:avro|csv|delta|excel|feather|file|fwf|gbq|hdf|html|ipc|json|ndjson|ods|orc|parquet|pickle|sas|spss"
    "|sql_table|stata|table|xml)|scan_(?:csv|parquet|ipc|ndjson|delta|iceberg)"
    "|load_dataset|loadtxt|genfromtxt|fetch_openml"
)
_SPARK_READERS = {"csv", "json", "orc", "parquet", "text", "load", "table", "jdbc", "avro", "delta"}
_FIRST = {"path", "filepath_or_buffer", "io", "source", "fname", "name", "table_name", "url", "query"}

Place = tuple[int, int]


def python_uses(code: str) -> tuple[list[str], list[str]]:
    """Top-level names of modules that are not Python's own; and tables, datasets, files, in order.

    Most cells name no data, and of most that import something the lines tell what: a tree is for the others.
    """
    imports, has_sql = "import" in code, _may_have_sql(code)
    if not has_sql and not any(sign in code for sign in _NAMING):
        if not imports:
            return [], []
        if not _HIDDEN.search(code):
            return _imported(code), []
    tree = _tree(code)
    if tree is None:
        return _imported(code), datasets_in(code, "python")
    reading = _Reading()
    reading.read(tree, has_sql=has_sql)
    return [name for _, name in sorted(reading.libraries)], [name for _, name in sorted(reading.datasets)]


def _may_have_sql(code: str) -> bool:
    lowered = code.lower()
    return ("select" in lowered and "from" in lowered) or (
        ("table" in lowered and "create" in lowered) or ("into" in lowered and "insert" in lowered)
    )


def _tree(code: str) -> ast.Module | None:
    """None where there is none, the lines aside that only notebooks know."""
    if len(code) > _TREE:
        return None
    tree = _parsed(code)
    if tree is None and ("%" in code or "!" in code or "?" in code):
        return _parsed(_ASSIGNED_MAGIC.sub(r"\1None", _HELP.sub("", _MAGIC_LINE.sub(r"\1pass", code))))
    return tree


def _parsed(code: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _imported(code: str) -> list[str]:
    """By the lines that begin with it."""
    libraries: list[str] = []
    for found in _IMPORT.finditer(code):
        names = [part.split()[0] for part in found[1].split(",")] if found[1] else [found[2]]
        libraries += (top for name in names if (top := name.partition(".")[0]) and not _is_own(top))
    return libraries


def _is_own(name: str) -> bool:
    return name in _STANDARD


class _Reading:
    """One tree being read, each name with its place."""

    def __init__(self) -> None:
        self.libraries: list[tuple[Place, str]] = []
        self.datasets: list[tuple[Place, str]] = []
        self._texts: dict[str, str] = {}
        self._calls: list[ast.Call] = []

    def read(self, tree: ast.Module, *, has_sql: bool) -> None:
        for node in _nodes(tree):
            match node:
                case ast.Import():
                    self._imported(node, [alias.name for alias in node.names])
                case ast.ImportFrom(module=str(name), level=0):
                    self._imported(node, [name])
                case ast.Call():
                    self._calls.append(node)
                case ast.Assign(targets=[ast.Name(id=name)]):
                    if (text := literals.text_of(node.value, self._texts)) is not None:
                        self._texts[name] = text
                case ast.Constant(value=str(text)) if has_sql:
                    self._said(node, text)
                case ast.JoinedStr() if has_sql:
                    self._said(node, literals.with_gaps(node))
        for call in self._calls:
            if name := self._named(call):
                self.datasets.append((_place(call), name))

    def _imported(self, node: ast.stmt, names: list[str]) -> None:
        tops = (name.partition(".")[0] for name in names)
        self.libraries += (
            ((node.lineno, number), top) for number, top in enumerate(tops) if not _is_own(top)
        )

    def _said(self, node: ast.expr, text: str) -> None:
        if len(text) > 12 and is_sql(text):
            self.datasets += ((_place(node), name) for name in tables_in(text))

    def _named(self, call: ast.Call) -> str:
        """The data that a call reads, by its first argument."""
        name, chain = _called(call.func)
        if name == "table":
            reads = any("spark" in part.lower() or part == "sqlContext" for part in chain)
        else:
            is_spark = name in _SPARK_READERS and ("read" in chain or "readStream" in chain)
            reads = is_spark or bool(_READERS.fullmatch(name))
        if not reads:
            return ""
        keywords = (keyword.value for keyword in call.keywords if keyword.arg in _FIRST)
        argument = call.args[0] if call.args else next(keywords, None)
        text = literals.text_of(argument, self._texts) if argument else None
        return "" if text is None or is_sql(text) else text


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """All of them, each before what is in it, without recursion; what fills a text is told with the text."""
    pending = [tree]
    while pending:
        node = pending.pop()
        yield node
        if type(node) is ast.JoinedStr:
            pending += [part for part in node.values if type(part) is ast.FormattedValue]
            continue
        children: list[ast.AST] = []
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, list):
                children += [each for each in value if isinstance(each, ast.AST)]
            elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
                children.append(value)
        pending += reversed(children)


def _called(function: ast.expr) -> tuple[str, list[str]]:
    """The last name of what is called, and those before it: of `spark.read.option(…).csv`, spark and read."""
    names: list[str] = []
    at: ast.expr = function
    while True:
        match at:
            case ast.Attribute():
                names.append(at.attr)
                at = at.value
            case ast.Call():
                at = at.func
            case ast.Name():
                names.append(at.id)
                break
            case _:
                break
    return (names[0], names[1:]) if names else ("", [])


def _place(node: ast.expr) -> Place:
    return node.lineno, node.col_offset
