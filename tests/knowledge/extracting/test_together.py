"""What only the whole document tells: names that other cells give, tables of the session, versions."""

import time

import pytest

from knowledge.extracting import UsesOfDocument, uses_of, versions_shown


def together(*cells: tuple[str, str]) -> UsesOfDocument:
    """Of (language, code)."""
    all_of_it = UsesOfDocument()
    for language, code in cells:
        all_of_it.add(uses_of(code, language))
    return all_of_it


def versions(code: str, *outputs: str, language: str = "python", libraries: str = "") -> dict[str, str]:
    """What is told of `libraries` by some code and its outputs."""
    all_of_it = together(
        (language, "\n".join(f"import {name}" for name in libraries.split())), (language, code)
    )
    all_of_it.add_shown(versions_shown(code, outputs, language))
    return all_of_it.versions(200)


def test_a_variable_of_an_earlier_cell_names_the_data_of_a_later_one():
    found = together(
        ("python", "pd.read_csv(url)"),
        ("python", "url = 'https://me:pw@x.example/a.csv?key=1'\nfolder = 'data'"),
        ("python", "pd.read_csv(url)\npd.read_csv(folder)"),
        ("r", "read_csv(url, skip = 1)"),
    )
    assert found.datasets(200) == ("https://x.example/a.csv",)


def test_tables_of_the_session_are_left_out_wherever_they_are_made():
    found = together(
        ("sql", "SELECT * FROM kept JOIN staged USING (id) JOIN orders USING (id)"),
        ("sql", "CREATE TEMP TABLE staged AS SELECT * FROM raw"),
        ("sql", "%%sql --save kept\nSELECT * FROM orders"),
        (
            "python",
            "frame.createOrReplaceTempView('view')\nspark.sql('SELECT * FROM view JOIN users USING (id)')",
        ),
        ("python", "ctx.sql('SELECT * FROM mine')"),
        ("python", "ctx.register_dataset('mine', data)"),
    )
    assert found.datasets(200) == ("orders", "raw", "users")


def test_tables_take_their_names_from_other_cells():
    found = together(
        ("python", "project = 'p-1'\ndata_set = 'Shop' # ours\nTABLE = 'dwh.orders'\nday = 'one day'"),
        ("python", "ITEMS = f'{project}.{data_set}.items'"),
        ("python", "q = f'SELECT * FROM {TABLE} JOIN `{ITEMS}` USING (id) JOIN {later} JOIN {day}'"),
        ("python", "q = 'select a, b from `{p}.{d}.users` u'.format(p=project, d=data_set)"),
        ("python", "q = 'SELECT * FROM %s WHERE a = %s' % (TABLE, project)"),
    )
    assert found.datasets(200) == ("dwh.orders", "p-1.shop.items", "p-1.shop.users")


def test_names_that_a_piece_of_a_statement_gives_are_its_own_in_other_cells():
    found = together(
        ("python", "a = 'WITH staged AS (SELECT * FROM raw),'"),
        ("python", "b = 'more AS (SELECT * FROM staged JOIN users USING (id))'"),
        ("python", "q = a + b + 'SELECT * FROM more JOIN orders USING (id)'"),
    )
    assert found.datasets(200) == ("raw", "users", "orders")


def test_expressions_that_are_filled_in_are_tables_of_the_statement_only():
    found = together(
        ("python", "first = 'SELECT a, b FROM raw'"),
        ("python", "second = 'SELECT a, b FROM step1 JOIN users USING (id)'"),
        ("python", "q = 'WITH step1 AS (\\n{first}\\n), step2 AS ({}) SELECT * FROM step2'.format(x, y)"),
    )
    assert found.datasets(200) == ("raw", "users")


def test_paths_of_r_are_joined_across_chunks():
    found = together(
        ("r", 'data_dir <- file.path("data", "raw")'),
        ("r", 'meta <- file.path(data_dir, "meta.tsv")'),
        ("r", "read_tsv(meta)"),
    )
    assert found.datasets(200) == ("meta.tsv",)


def test_what_the_author_says_comes_first_and_stays():
    found = together(("sql", "CREATE TEMP TABLE t AS SELECT * FROM raw"))
    found.add_datasets(["Said", "t"])
    assert found.datasets(200) == ("Said", "t", "raw")
    assert found.datasets(1) == ("Said",)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("%pip install pandas==2.1 'numpy>=1.20,<2' six", {"pandas": "2.1", "numpy": ">=1.20,<2"}),
        ("!pip3 install -q -r requirements.txt scikit-learn==0.24.1", {"sklearn": "0.24.1"}),
        (
            "%conda install -c conda-forge numpy=1.19 pytorch=1.7.1=py38",
            {"numpy": "1.19", "torch": "1.7.1=py38"},
        ),
        ("!pip install pandas[excel]==1.0\n!pip install pandas==1.1 # newer", {"pandas": "1.1"}),
        ("# /// script\n# dependencies = [\n#   'pandas==2.2',\n# ]\n# ///\n", {"pandas": "2.2"}),
        ("print('pip install pandas==2.1')", {}),
        ("!pip install unused==1.0", {}),
    ],
)
def test_versions_that_are_asked_for(code, found):
    assert versions(code, libraries="pandas numpy sklearn torch") == found


def test_one_of_many_distributions_tells_no_version_of_the_name_that_they_share():
    code = "%pip install protobuf==3.20 google-cloud-bigquery==3.1 azure-storage-blob==12.1"
    assert versions(code, libraries="google azure") == {}


@pytest.mark.parametrize(
    ("language", "code", "found"),
    [
        ("julia", 'using CSV\nPkg.add(name="CSV", version="0.10.4")', {"csv": "0.10.4"}),
        ("r", 'library(dplyr)\nremotes::install_version("dplyr", "1.0.2")', {"dplyr": "1.0.2"}),
        ("kotlin", "%use kandy(0.4.4), dataframe", {"kandy": "0.4.4"}),
        ("csharp", '#r "nuget: XPlot.Plotly, 4.0.1"', {"xplot.plotly": "4.0.1"}),
        ("csharp", '#r "nuget: XPlot.Plotly, 4.0.0-beta.1\n', {"xplot.plotly": "4.0.0-beta.1"}),
        ("scala", "import $ivy.`org.vegas-viz::vegas:0.3.11`", {"vegas": "0.3.11"}),
        ("rust", ':dep ndarray = "0.15"', {"ndarray": "0.15"}),
    ],
)
def test_versions_that_other_languages_ask_for(language, code, found):
    assert versions(code, language=language) == found


@pytest.mark.parametrize(
    ("code", "output", "found"),
    [
        ("import pandas as pd\npd.__version__", "'1.2.3'", {"pandas": "1.2.3"}),
        (
            "print(sklearn.__version__, np.__version__)",
            "0.24.1 1.19.5",
            {"sklearn": "0.24.1", "numpy": "1.19.5"},
        ),
        ("print(sklearn.__version__, np.__version__)", "0.24.1", {}),
        ("%watermark -p pandas,sklearn", "CPython 3.7.1\n\npandas 0.25.3\nsklearn 0.22", None),
        (
            "%watermark --iversions",
            "numpy  : 1.22.3\nsklearn: 1.0.2\n",
            {"numpy": "1.22.3", "sklearn": "1.0.2"},
        ),
        ("import session_info\nsession_info.show()", "<pre>\npandas   1.4.0\n</pre>", {"pandas": "1.4.0"}),
        ("pd.show_versions()", "python : 3.9.7.final.0\npandas : 1.3.4\nlxml : None", None),
        ("!pip install pandas", "Successfully installed pandas-2.1.0 six-1.16.0", {"pandas": "2.1.0"}),
        ("!pip install numpy", "Requirement already satisfied: numpy in /x (1.26.0)", {"numpy": "1.26.0"}),
        ("!pip show pandas", "Name: pandas\nVersion: 2.0.3\n", {"pandas": "2.0.3"}),
        ("!pip freeze", "numpy==1.26.1\npandas==2.1.1\n", {"numpy": "1.26.1", "pandas": "2.1.1"}),
        ("import sys; sys.version", "'3.8.5 (default, Sep  4 2020) \\n[GCC 7.3.0]'", {"python": "3.8.5"}),
        ("print(version_of_the_data)", "pandas 3.1", {}),
        (
            "print('Python %s\\nNumPy %s\\nPandas %s' % (sys.version[:5], np.__version__, pd.__version__))",
            "made on x86_64 with:\nPython 3.7.3\nNumPy 1.16.0.rc1\nPandas 0.24.2",
            {"python": "3.7.3", "numpy": "1.16.0.rc1", "pandas": "0.24.2"},
        ),
        (
            "for one in (np, pd): print(one.__name__, one.__version__)",
            "numpy 1.26.0\npandas 2.1.0",
            {"numpy": "1.26.0", "pandas": "2.1.0"},
        ),
        (
            "sc.logging.print_header()",
            "scanpy==1.10.0 numpy==1.26.4.dev0+g48b495d9 pandas==2.2.0 scikit-learn==1.4.1.post1",
            {"numpy": "1.26.4.dev0+g48b495d9", "pandas": "2.2.0", "sklearn": "1.4.1.post1"},
        ),
        (
            "sc.logging.print_header()",
            "pandas\t2.2.0 (v2.2.1)\n----\t----\nnumpy\t2.0.0",
            {"numpy": "2.0.0", "pandas": "2.2.0"},
        ),
        ("pd.__version__", "\x1b[32m1.2.3\x1b[0m", {"pandas": "1.2.3"}),
    ],
)
def test_versions_that_outputs_tell(code, output, found):
    if found is None:
        found = {"python": "3.7.1", "pandas": "0.25.3", "sklearn": "0.22"}
        found = found if "watermark" in code else {"python": "3.9.7.final.0", "pandas": "1.3.4"}
    assert versions(code, output, libraries="pandas numpy sklearn") == found


R_SESSION = """R version 4.0.2 (2020-06-22)
Platform: x86_64

other attached packages:
[1] dplyr_1.0.2   ggplot2_3.3.2

loaded via a namespace (and not attached):
[1] rlang_0.4.8
"""


@pytest.mark.parametrize(
    ("language", "code", "output", "found"),
    [
        ("r", "library(dplyr)\nsessionInfo()", R_SESSION, {"r": "4.0.2", "dplyr": "1.0.2"}),
        ("r", 'library(dplyr)\npackageVersion("dplyr")', "[1] \u20181.0.7\u2019", {"dplyr": "1.0.7"}),
        ("r", "library(dplyr); session_info()", " dplyr  * 1.1.0  2023-01-29 [1] CRAN", {"dplyr": "1.1.0"}),
        ("r", "library(tidyverse); library(purrr)", "\u2714 purrr   0.3.4", {"purrr": "0.3.4"}),
        ("julia", "using CSV; Pkg.status()", "  [336ed68f] CSV v0.10.4", {"csv": "0.10.4"}),
        ("julia", "versioninfo()", "Julia Version 1.6.0\nCommit", {"julia": "1.6.0"}),
        (
            "julia",
            'using CSV; # Pkg.add("CSV")',
            "\x1b[90m [336ed68f] \x1b[39m\x1b[92m+ CSV v0.10.4\x1b[39m",
            {"csv": "0.10.4"},
        ),
    ],
)
def test_versions_that_outputs_of_other_languages_tell(language, code, output, found):
    assert versions(code, output, language=language) == found


def test_what_was_there_beats_what_was_asked_for_and_that_the_kernel():
    found = together(("python", "import pandas\n!pip install pandas==2.0 python==3.12"))
    assert found.versions(9, ("python", "3.9")) == {"python": "3.12", "pandas": "2.0"}
    found.add_shown([("pandas", "1.5"), ("python", "3.10.1"), ("pandas", "9" * 60), ("other", "1.0")])
    assert found.versions(9, ("python", "3.9")) == {"python": "3.10.1", "pandas": "2.0"}
    assert found.versions(1, ("python", "3.9")) == {"python": "3.10.1"}
    assert together().versions(9, ("cobol", "85")) == {}


SHOWN = {
    "lines": "a 1.0\n" * 20_000,
    "word": "a" * 100_000,
    "blanks": "a" + " " * 100_000,
    "bars": "|" * 100_000,
    "tags": "<" * 100_000,
    "number": "1." * 50_000,
    "numbers": "1.1 " * 25_000,
    "names": "a_" * 50_000,
    "installed": "Successfully installed " + "a-" * 50_000,
    "satisfied": "Requirement already satisfied: a" + "(" * 90_000,
}


@pytest.mark.parametrize("language", ["python", "r", "julia"])
@pytest.mark.parametrize("bomb", SHOWN)
def test_no_output_takes_long(bomb, language):
    for code in ("%watermark\nsessionInfo()", "pd.__version__ " * 1_000, "a." * 20_000 + "__version__"):
        start = time.process_time()
        versions_shown(code, [SHOWN[bomb]], language)
        assert time.process_time() - start < 1
