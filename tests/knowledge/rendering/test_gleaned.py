"""What a rendering tells beside its page: libraries, datasets, insights and links of the whole document."""

import pytest

from knowledge.extracting import Insight
from knowledge.extracting.insights import OURS, SCRAPS
from knowledge.rendering import limits, render, wire
from knowledge.rendering.cache import CellCache
from tests.knowledge.notebooks import code, display, notebook, text

HEADER = """---
title: T
datasets: [dwh.Events, {name: "https://me:pw@x.example/a.csv?k=1"}]
insights:
- {name: churn, value: 0.5, as_of: 2026-06-30}
- {name: other, value: high}
- {name: "not a name", value: 1}
---
"""


def published(name: str, value: object) -> dict[str, object]:
    return display(**{OURS: {"name": name, "value": value}})


NOTEBOOK = notebook(
    text(HEADER),
    text("Why\n\n## Part [one](b.md)"),
    code("import pandas as pd\npd.read_csv('a.csv')", published("churn", 0.4)) | {"id": "first"},
    code("%%sql\nSELECT * FROM dwh.orders") | {"id": "second"},
    code("import numpy, pandas", published("churn", 0.3), tags=["remove_cell"]),
    code("1", display(**{SCRAPS[0]: {"name": "auc", "data": 0.9, "encoder": "json", "version": 1}}))
    | {"id": "fourth"},
)


def test_names_come_in_the_order_of_their_first_use_and_the_header_before_all():
    found = render("a.ipynb", NOTEBOOK)
    assert found.libraries == ("pandas", "numpy")
    assert found.datasets == ("dwh.Events", "https://x.example/a.csv", "a.csv", "dwh.orders")


def test_versions_are_of_libraries_and_of_the_language():
    shown = {"output_type": "stream", "name": "stdout", "text": "pandas 2.1.0\n"}
    info = {"language_info": {"name": "python", "version": "3.11.4"}}
    source = notebook(
        code("!pip install pandas==2.0 numpy==1.26 unused==1.0\nimport pandas as pd, numpy"),
        code("print('pandas', pd.__version__)", shown, tags=["remove_cell"]),
        metadata=info,
    )
    found = render("a.ipynb", source)
    assert found.versions == {"python": "3.11.4", "pandas": "2.1.0", "numpy": "1.26"}


def test_a_notebook_that_says_no_language_is_read_as_python():
    assert render("a.ipynb", notebook(code("import pandas"), metadata={})).libraries == ("pandas",)


def test_the_last_insight_of_a_name_stands_and_leads_to_its_cell():
    assert render("a.ipynb", NOTEBOOK).insights == (
        Insight("churn", 0.3, anchor="h-part-one"),
        Insight("other", "high"),
        Insight("auc", 0.9, anchor="cell-fourth"),
    )


def test_what_is_found_passes_the_wire_as_it_is_and_the_cache_changes_nothing():
    fresh = render("a.ipynb", NOTEBOOK)
    message = wire.pack_rendering(fresh)
    at = 0

    def read(count: int) -> bytes:
        nonlocal at
        at += count
        return message[at - count : at]

    assert wire.unpack_rendering(*wire.receive(read)) == fresh
    cache = CellCache()
    assert render("a.ipynb", NOTEBOOK, cache=cache) == render("a.ipynb", NOTEBOOK, cache=cache) == fresh


@pytest.mark.parametrize(
    "said",
    [
        {"passages": [["no-kind", "", ""]]},
        {"passages": [["code", "", 7]]},
        {"passages": [["code", ""]]},
        {"libraries": "pandas"},
        {"versions": ["pandas"]},
        {"versions": {"pandas": 2}},
        {"datasets": [1]},
        {"links": [None]},
        {"insights": [{"name": "a b", "value": 1}]},
        {"insights": 3},
    ],
)
def test_what_no_honest_child_says_is_turned_away(said):
    head: dict[str, object] = {}
    blobs: list[bytes] = []
    message = memoryview(wire.pack_rendering(render("a.md", b"words")))

    def read(count: int) -> bytes:
        nonlocal message
        taken, message = bytes(message[:count]), message[count:]
        return taken

    head, blobs = wire.receive(read)
    with pytest.raises(wire.BadMessage):
        wire.unpack_rendering(head | said, blobs)


MARKED = """
```python
import pandas
```

```sql
select * from orders
```

```
import nothing
```
"""
KNITTED = '<body><pre class="sourceCode r">library(dplyr)</pre><pre>import no</pre><a href="b.md#x">'


def test_files_name_what_their_fences_and_marked_code_use():
    file, page = render("a.md", MARKED.encode()), render("a.html", KNITTED.encode())
    assert (file.libraries, file.datasets) == (("pandas",), ("orders",))
    assert (page.libraries, page.links) == (("dplyr",), ("b.md",))


@pytest.mark.parametrize(
    ("markdown", "links"),
    [
        ("[a](b.md) [c](../d/e%20f.ipynb#part) [again](b.md#x)", ["b.md", "../d/e f.ipynb"]),
        ("[a](/p/12) [b](/s/team/x.md) [c](/top.md?raw=1)", ["/p/12", "/s/team/x.md", "/top.md"]),
        ("<https://x.example/?q=1#here>", ["https://x.example/?q=1"]),
        (
            "[a](#here) [m](mailto:a@x.example) ![i](i.png) [k](knowledge:proj/post.kp)",
            ["/post/proj/post.kp"],
        ),
        ("[a](javascript:alert(1)) [b](data:text/html,x)", []),
    ],
)
def test_links_are_paths_and_addresses(markdown, links):
    assert list(render("a.md", markdown.encode()).links) == links


def test_no_document_names_without_end():
    many = "\n".join(f"import m{n}\npd.read_csv('f{n}.csv')" for n in range(600))
    found = render("a.ipynb", notebook(text(" ".join(f"[a](p{n}.md)" for n in range(600))), code(many)))
    assert len(found.libraries) == limits.NAMES["library"]
    assert len(found.datasets) == limits.NAMES["dataset"]
    assert len(found.links) == limits.NAMES["link"]
