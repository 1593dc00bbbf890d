"""What IPython's magics say beside code: extensions to load, files to write, tables to show."""

import re

from knowledge.extracting.found import Found

_LOADS = re.compile(r"^[ \t]*%(?:re)?load_ext[ \t]+([A-Za-z]\w{0,80})", re.MULTILINE)
# Extensions that come with IPython, or did.
_OWN = {
    *("autoreload", "storemagic", "rmagic", "cythonmagic", "octavemagic", "parallelmagic", "sympyprinting"),
    *("ipython", "IPython", "oct2py_ipython", "tempmagic"),
}
_PYLAB = re.compile(r"^[ \t]*%pylab\b", re.MULTILINE)
_TABLE = re.compile(
    r"^[^\n%]{0,200}%sql(?:cmd|plot)[ \t]+[^\n]{0,200}?(?:--table|-t)[ \t]+"
    r"(?:\"([^\"\n{}]{1,200})\"|([^\s\"{}]{1,200}))",
    re.MULTILINE,
)
_SAVED = re.compile(r"^[ \t]*%%?sql\b[^\n]{0,300}?--save[ \t]+(\w{1,100})", re.MULTILINE)
_WRITTEN = re.compile(r"\s*%%(?:write)?file[ \t]+(?:-a[ \t]+)?[\"']?([^\s\"']{1,300})[^\n]*\n")
_ENDINGS = {"py": "python", "pyx": "cython", "r": "r", "jl": "julia", "sql": "sql", "sh": "bash"}


def find_in_magics(code: str, found: Found) -> None:
    """Of a cell in Python."""
    found.libraries += (name for name in _LOADS.findall(code) if name not in _OWN)
    if _PYLAB.search(code):
        found.libraries += ["numpy", "matplotlib"]
    if "%sql" in code:
        found.datasets += (quoted or plain for quoted, plain in _TABLE.findall(code))
        found.own += _SAVED.findall(code)


def written(code: str) -> tuple[str, str, str] | None:
    """The name of the file that a cell writes, its language by its ending ("" if it is no code), its text."""
    magic = _WRITTEN.match(code)
    if not magic:
        return None
    name = magic[1]
    return name, _ENDINGS.get(name.rpartition(".")[2].lower(), ""), code[magic.end() :]
