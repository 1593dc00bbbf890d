"""Imports of modules from content networks: rewritten to our copies, or ended with a word."""

import pytest

from knowledge.rendering.modules import in_scripts, with_modules

D3 = "Object.assign({default: globalThis.d3}, globalThis.d3)"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('import m from "https://unpkg.com/mermaid@10.6.1/m.mjs";', "const m = globalThis.mermaid;"),
        ("import * as d3 from 'https://cdn.jsdelivr.net/npm/d3@7/+esm'", f"const d3 = {D3};"),
        ('import {a as b, c} from "https://esm.sh/d3@7"', f"const {{a: b, c}} = {D3};"),
        ('import d, {a} from "https://esm.sh/d3@7"', f"const {{a}} = {D3}, d = globalThis.d3;"),
        ('import "https://esm.sh/d3@7"; go()', " go()"),
        ('d = await import("https://esm.sh/d3@7")', f"d = await Promise.resolve({D3})"),
        ('import("./near.js")', 'import("./near.js")'),
        ("of great import", "of great import"),
        (r'{"_esm": "import x from \\"https://esm.sh/x\\""}', r'{"_esm": "import x from \\"https://esm.sh/x\\""}'),
    ],
)  # fmt: skip
def test_an_import_becomes_what_our_copy_is_called(written, read):
    assert with_modules(written)[0] == read


ITABLES = "https://www.unpkg.com/dt_for_itables@2.5.8/dt_bundle.js"


@pytest.mark.parametrize(
    "written",
    [f"import {{ITable as T}} from '{ITABLES}';", f'import "{ITABLES}"', f'await import("{ITABLES}")'],
)
def test_what_our_copy_of_is_a_module_too_is_imported_from_there(written: str):
    assert with_modules(written) == (written, "")


@pytest.mark.parametrize(
    "written",
    ['import x from "https://esm.sh/x"', 'import "https://esm.sh/x"', 'import("https://esm.sh/x")'],
)
def test_what_there_is_no_copy_of_ends_the_script_with_a_word(written):
    script, loads = with_modules(written)
    assert 'TypeError("It needs a part that lies on " + "esm.sh")' in script
    assert "https" not in script
    assert loads == ""


def test_each_library_is_loaded_once_in_the_version_asked_for():
    line = 'import a from "https://esm.sh/d3@7";'
    assert with_modules(line * 2)[1] == '<script src="almanac-vendor:d3-7.9.0/d3.min.js"></script>'
    twice = in_scripts(f"<script>{line}</script><script type='module'>{line}</script>")
    assert twice[1].count("<script") == 1
    assert "esm.sh" not in twice[0]


def test_only_scripts_are_rewritten_and_no_data_in_them():
    line = 'import a from "https://esm.sh/d3@7";'
    html = f'<pre>{line}</pre><script type="application/json">{line}</script>'
    assert in_scripts(html) == (html, "")
    assert in_scripts("<script>import" * 100_000) == ("<script>import" * 100_000, "")
