"""Libraries and datasets of code, by reading it: what is there, and nothing that only looks like it."""

import time

import pytest

from knowledge.extracting import uses_of
from knowledge.extracting.sql import is_sql, tables_in


@pytest.mark.parametrize(
    ("code", "libraries"),
    [
        ("import pandas as pd, numpy\nfrom sklearn.linear_model import Ridge", "pandas numpy sklearn"),
        ("import os.path, json\nfrom __future__ import annotations\nimport urllib2", ""),
        ("from . import near\nfrom .near import x\nfrom ..far import y", ""),
        ("%matplotlib inline\n!pip install x\nimport PIL\nPIL?", "pil"),
        ("try:\n    import torch\nexcept ImportError: import jax", "torch jax"),
        ('"""\nimport prose\n"""\nimport real', "real"),
        ("%%time\nimport dask\nfiles = !ls\ndf = %sql SELECT 1", "dask"),
        (
            "print 'old'\nimport seaborn as sns # plots\nfrom scipy import (stats,\n  optimize)",
            "seaborn scipy",
        ),
        ("# import nothing\nx = 'import this'", ""),
        ("import a; import b", "a b"),
        ("def f(:\nimport c.d as e, g", "c g"),
        ("import pandas\nimport pandas.io", "pandas"),
    ],
)
def test_libraries_of_python(code, libraries):
    assert uses_of(code, "python").libraries == tuple(libraries.split())


@pytest.mark.parametrize(
    ("language", "code", "libraries"),
    [
        (
            "r",
            'library(dplyr)\nrequire("ggplot2") # library(no)\nx <- readr::read_csv("a.csv")',
            "dplyr ggplot2 readr",
        ),
        (
            "r",
            "library(pkg, character.only = TRUE)\nstats::filter(x)\npacman::p_load(a1, b2)",
            "pacman a1 b2",
        ),
        (
            "julia",
            "using CSV, DataFrames: DataFrame\nimport Plots.PlotMeasures as P\nusing Base.Threads",
            "csv dataframes plots",
        ),
        ("julia", "using A1,\n  B2\nimport .Local", "a1 b2"),
        (
            "javascript",
            'import * as d3 from "d3";\nconst x = require("@scope/y/z"), w = require("./near")',
            "d3 @scope/y",
        ),
        ("kotlin", "%use dataframe, kandy(0.4)\nimport a.b", "dataframe kandy"),
        ("csharp", '#r "nuget: XPlot.Plotly, 4.0"\nusing System;', "xplot.plotly"),
        ("go", 'import (\n\t"fmt"\n\t"gonum.org/v1/plot/v2"\n)', "plot"),
        ("scala", "import $ivy.`org.vegas-viz::vegas:0.3`", "vegas"),
        ("cobol", "import x", ""),
    ],
)
def test_libraries_of_other_languages(language, code, libraries):
    assert uses_of(code, language).libraries == tuple(libraries.split())


@pytest.mark.parametrize(
    ("code", "datasets"),
    [
        ("pd.read_csv('data/sales.csv')", ["data/sales.csv"]),
        ("pl.scan_parquet('s3://bucket/x/*.parquet')", ["s3://bucket/x/*.parquet"]),
        ("read_excel(io='q2.xlsx', sheet_name='a')", ["q2.xlsx"]),
        ("spark.table('dwh.orders')\nspark.read.option('a', 'b').csv('x.csv')", ["dwh.orders", "x.csv"]),
        ("load_dataset('imdb')\nsns.load_dataset(name='tips')", ["imdb", "tips"]),
        ("URL = 'https://x.example/a.csv'\ndf = pd.read_csv(URL)", ["https://x.example/a.csv"]),
        ("pd.read_csv(os.path.join(HERE, 'raw', 'a.csv'))", ["raw/a.csv"]),
        ("pd.read_csv(Path('raw') / 'a.csv')", ["raw/a.csv"]),
        ("pd.read_csv(f'part-{n}')\npd.read_csv(path)\nopen('x.csv')", []),
        ("pd.read_json('{\"a\": 1}')\npd.read_csv('a,b\\n1,2')", []),
        ("pd.read_csv('https://me:pa/ss@x.example/a.csv?token=1#f')", ["https://x.example/a.csv"]),
        ("pd.read_csv('postgresql://me:secret@db:5432/shop')", ["postgresql://db:5432/shop"]),
        ("q = '''\nselect a, b from shop.Orders o\njoin users u on 1=1\n'''", ["shop.orders", "users"]),
        ("pd.read_sql(f'SELECT * FROM {t} JOIN clicks USING (id)', con)", ["clicks"]),
        ("x = 'We select a value from the list'\ny = 'Select rows, columns from the table'", []),
        ("%sql --save q SELECT * FROM taxi\nx = %sql select 1 from trips", ["taxi", "trips"]),
        ("print 'old'\npd.read_csv('a.csv')\nq = \"select x from t1\"", ["a.csv", "t1"]),
        ("x = 'from the data'\ny = 'Insert into the form'\nz = 'Create table of contents'", []),
        ("pd.read_csv('\\x00a\\ud800.csv')", ["\ufffda\ufffd.csv"]),
        ("pd.read_csv('" + "x" * 300 + ".csv')", []),
    ],
)
def test_datasets_of_python(code, datasets):
    assert list(uses_of(code, "python").datasets) == datasets


@pytest.mark.parametrize(
    ("language", "code", "datasets"),
    [
        ("r", 'd <- read.csv("a.csv")\ne <- read_parquet(file = "b.parquet")', ["a.csv", "b.parquet"]),
        ("r", 'read_csv(here::here("data", "c.csv"), col_types = "c")', ["data/c.csv"]),
        ("r", 'tbl(con, "flights")\ntbl(con, in_schema("dwh", "orders"))', ["flights", "dwh.orders"]),
        ("r", "dbGetQuery(con, \"SELECT n FROM orders WHERE x = 'from y'\")", ["orders"]),
        ("julia", 'df = CSV.read("x.csv", DataFrame)', ["x.csv"]),
        ("sql", "%%sql postgresql://me:pw@db/x\nSELECT * FROM ord", ["ord"]),
        ("sql", "%%sql --with kept\nSELECT * FROM kept JOIN b", ["b"]),
        ("sql", "%%bigquery df --project p\nSELECT * FROM `p-1.shop.Orders`", ["p-1.shop.orders"]),
    ],
)
def test_datasets_of_other_languages(language, code, datasets):
    assert list(uses_of(code, language).datasets) == datasets


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        (
            "SELECT * FROM Shop.Orders o, users u LEFT JOIN [dbo].[Items] i",
            ["shop.orders", "users", "dbo.items"],
        ),
        ("WITH a AS (SELECT 1), b (x) AS (SELECT * FROM raw) SELECT * FROM a JOIN b", ["raw"]),
        ("INSERT INTO facts (a) SELECT a FROM stage", ["facts", "stage"]),
        ("CREATE OR REPLACE TABLE IF NOT EXISTS x.y (a int)", ["x.y"]),
        ("CREATE TEMP TABLE t AS SELECT * FROM src; SELECT * FROM t", ["src"]),
        ("SELECT extract(year FROM day), trim(both ' ' from x) FROM events", ["events"]),
        ("SELECT a IS DISTINCT FROM b FROM generate_series(1, 2), unnest(z)", []),
        ("SELECT 'from nowhere' -- from nothing\n/* join none */ FROM real", ["real"]),
        ("SELECT * FROM 'data/x.parquet'", ["data/x.parquet"]),
        ("UPDATE stock SET n = 1", ["stock"]),
        ("SELECT * FROM {{ ref('m') }} JOIN db.{t} JOIN $name JOIN part_%s", []),
        ("SELECT * FROM information_schema.tables", []),
        ("RESTORE DATABASE x FROM DISK = 'c:/x.bak'", []),
    ],
)
def test_tables_of_sql(sql, tables):
    assert tables_in(sql) == tables


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("SELECT name FROM users", True),
        ("  -- all\n(select count(*) from x)", True),
        ("with a as (select 1) select * from a", True),
        ("delete from x where 1", True),
        ("Select the best from our data", False),
        ("With data from the survey", False),
        ("Update the list and set it", False),
        ("from here to there", False),
        ("Create a table", False),
    ],
)
def test_a_sentence_is_no_statement(text, verdict):
    assert is_sql(text) is verdict


HOSTILE = {
    "nested": "import x\nread_csv(" + "(" * 20_000 + ")" * 20_000,
    "sums": "read_csv(" + "1+" * 20_000 + "1)",
    "chain": "spark.read" + ".a" * 20_000 + ".csv('x')",
    "calls": "read_csv" + "()" * 20_000,
    "minus": "read_csv(" + "-" * 40_000 + "1)",
    "lines": "x = 1\n" * 100_000 + "import pandas",
    "nul": "import pandas\x00\nread_csv('a\x00')",
    "surrogate": "import pandas\nread_csv('\ud800')",
    "quotes": "select from '" * 8_000,
    "double": 'select from "' * 8_000,
    "triple": "select from '''\"" * 6_000,
    "froms": "q = '''select * from " + "from " * 18_000 + "'''",
    "selects": "q = '''" + "select " * 14_000 + "from x'''",
    "withs": "q = '''with " + "a as (select 1), " * 5_000 + "b from'''",
    "commas": "q = '''select * from a" + ",a" * 40_000 + "'''",
    "trims": "q = '''select * from x " + "trim(" * 18_000 + "'''",
    "comments": "q = '''select * from x " + "/*" * 40_000 + "'''",
    "dots": "q = '''select * from " + "a." * 45_000 + "'''",
    "blanks": "q = '''select" + " " * 90_000 + "'''",
    "options": "%sql " + "--a b " * 15_000,
    "assigned": "a, " * 30_000 + "= %x\nimport y\nread_csv(",
    "imports": "import a" + ", a" * 30_000 + " !",
    "library": "library(" * 12_000 + "::" * 1000,
    "readers": 'read.csv("a", ' * 7_000,
}


@pytest.mark.parametrize("language", ["python", "sql", "r", "julia", "kotlin"])
@pytest.mark.parametrize("bomb", HOSTILE)
def test_no_code_takes_long_or_ends_badly(bomb, language):
    start = time.process_time()
    uses = uses_of(HOSTILE[bomb], language)
    assert time.process_time() - start < 2
    assert not any("\x00" in name or "\ud800" in name for name in uses.datasets + uses.libraries)
