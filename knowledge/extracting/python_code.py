"""Python: what it imports, and the data that it names, by its syntax tree; without one, by its lines."""

import ast
import re
import sys
import warnings
from collections.abc import Iterator
from itertools import islice
from operator import itemgetter

from knowledge.extracting import literals
from knowledge.extracting.found import Found
from knowledge.extracting.named import is_named
from knowledge.extracting.python_calls import called, may_read, read_by
from knowledge.extracting.readers import find_datasets
from knowledge.extracting.sql import find_tables, is_sql
from knowledge.extracting.sql_pieces import may_name_table, values_in

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
# What makes a table of a name that only the session knows.
_OWN = {
    "createOrReplaceTempView",
    "createTempView",
    "registerTempTable",
    "registerDataFrameAsTable",
    "register",
}
_MOST_TEXTS = 50  # of a cell, that others may use
_ALIASES = re.compile(r"^[ \t]*import[ \t]+([^\W\d]\w*)[\w.]*[ \t]+as[ \t]+(\w+)", re.MULTILINE)
# Lines that give a variable a path or an address, or put the name of a table together.
_GIVEN = re.compile(
    r"^[ \t]*[A-Za-z_]\w{0,60}[ \t]*(?::[^=\n]{0,40})?=(?!=)[^\n]{0,300}?(?:\.[A-Za-z]\w{1,9}[\"']|://)"
    r"|^[ \t]*[A-Za-z_]\w{0,60}[ \t]*=[ \t]*"
    r"(?:f[\"'][\w.{}`-]{1,200}[\"']|[\"'][\w.{}`-]{1,200}[\"']\.format\()",
    re.MULTILINE,
)

# What knows no tables but frames and views of the session, by the names of their variables.
_OF_FRAMES = {"duckdb", "pl", "polars", "ps", "pandasql", "sqldf", "pysqldf"}
_READS_SQL = {"sql", "query", "query_df", "execute", "sqldf", "pysqldf"}

Place = tuple[int, int]


def find_in_python(code: str, found: Found) -> None:
    """Top-level names of modules that are not Python's own; and tables, datasets, files, in order.

    Most cells name no data, and of most that import something the lines tell what: a tree is for the others.
    """
    imports, has_sql = "import" in code, _may_have_sql(code)
    if "=" in code:
        found.values += islice(values_in(code), _MOST_TEXTS)
    if " as " in code:
        found.aliases += ((alias, module) for module, alias in _ALIASES.findall(code) if alias != module)
    if not has_sql and not _may_name(code):
        if imports and not _HIDDEN.search(code):
            found.libraries += imported_by_lines(code)
            return
        if not imports:
            return
    tree = _tree(code)
    if tree is None:
        found.libraries += imported_by_lines(code)
        find_datasets(code, "python", found)
    else:
        _Reading(found).read(tree, has_sql=has_sql)


def _may_name(code: str) -> bool:
    """Whether something may be read, a table be made for the session, or a variable be given a name."""
    return may_read(code) or "TempView" in code or "register" in code or bool(_GIVEN.search(code))


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


def imported_by_lines(code: str) -> list[str]:
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

    def __init__(self, found: Found) -> None:
        self._found = found
        self._libraries: list[tuple[Place, str]] = []
        self._datasets: list[tuple[Place, str]] = []
        self._texts: dict[str, str] = {}
        self._calls: list[ast.Call] = []
        self._told: set[int] = set()  # nodes of texts that were read as a whole
        self._of_frames: set[int] = set()  # of those that read frames

    def read(self, tree: ast.Module, *, has_sql: bool) -> None:
        for node in _nodes(tree):
            if has_sql and isinstance(node, ast.expr):
                self._said(node)
            match node:
                case ast.Import():
                    self._imported(node, [alias.name for alias in node.names])
                case ast.ImportFrom(module=str(name), level=0):
                    self._imported(node, [name])
                case ast.Call():
                    self._calls.append(node)
                    if has_sql and node.args and _reads_frames(node):
                        self._of_frames.add(id(node.args[0]))
                case ast.Assign(targets=[target]):
                    self._assigned(target, node.value)
                case ast.AnnAssign(target=target, value=ast.expr() as value):
                    self._assigned(target, value)
                case ast.arguments(defaults=[_, *_]):
                    self._defaults(node)
        for call in self._calls:
            self._called(call)
        self._found.libraries += (name for _, name in sorted(self._libraries))
        self._found.datasets += (name for _, name in sorted(self._datasets, key=itemgetter(0)))
        texts = ((name, text) for name, text in self._texts.items() if is_named(text))
        self._found.texts += list(texts)[:_MOST_TEXTS]

    def _imported(self, node: ast.stmt, names: list[str]) -> None:
        tops = (name.partition(".")[0] for name in names)
        self._libraries += (
            ((node.lineno, number), top) for number, top in enumerate(tops) if not _is_own(top)
        )

    def _assigned(self, target: ast.expr, value: ast.expr) -> None:
        match target, value:
            case ast.Name(id=name), _:
                text, template = literals.both_of(value, self._texts)
                if text is not None:
                    self._texts[name] = text
                if "{}" not in template and may_name_table(name, template):
                    self._found.values.append((name, template))
            case ast.Tuple(elts=targets), ast.Tuple(elts=values) if len(targets) == len(values) < 20:
                for each, one in zip(targets, values, strict=True):
                    if isinstance(each, ast.Name):
                        self._assigned(each, one)

    def _defaults(self, arguments: ast.arguments) -> None:
        """What parameters are when they aren't given."""
        names = [*arguments.posonlyargs, *arguments.args]
        for name, value in zip(reversed(names), reversed(arguments.defaults), strict=False):
            if (text := literals.text_of(value, self._texts)) is not None:
                self._texts.setdefault(name.arg, text)

    def _said(self, node: ast.expr) -> None:
        """A text, with what is put into it and added to it as far as that is known, if it is SQL."""
        if id(node) in self._told or not _may_be_text(node):
            return
        self._told |= {id(term) for term in _sums(node)}
        text = literals.template_of(node, self._texts)
        if len(text) > 12 and is_sql(text):
            texts = (part for part in _nodes(node) if isinstance(part, ast.Constant | ast.JoinedStr))
            self._told |= set(map(id, texts))
            tables = find_tables(text, self._found)
            if id(node) in self._of_frames:
                tables = [name for name in tables if not name.isidentifier()]
            self._datasets += ((_place(node), name) for name in tables)

    def _called(self, call: ast.Call) -> None:
        if read := read_by(call, self._texts):
            if read.is_known:
                self._datasets.append((_place(call), read.name))
            else:
                self._found.waiting.append(read.name)
        elif call.args:
            name = called(call.func)[0]
            match call.args[0]:
                case ast.Constant(value=str(table)) if name in _OWN or name.startswith("register_"):
                    self._found.own.append(table)


def _reads_frames(call: ast.Call) -> bool:
    name, chain = called(call.func)
    return name in _READS_SQL and not _OF_FRAMES.isdisjoint([*chain[-1:], name])


def _may_be_text(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=str()) | ast.JoinedStr() | ast.BinOp(op=ast.Add() | ast.Mod()):
            return True
        case ast.Call(func=ast.Attribute(attr="format")):
            return True
    return False


def _sums(node: ast.expr) -> Iterator[ast.expr]:
    """Those that a sum begins with."""
    while isinstance(node, ast.BinOp):
        node = node.left
        yield node


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


def _place(node: ast.expr) -> Place:
    return node.lineno, node.col_offset
