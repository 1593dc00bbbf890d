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
        ("%load_ext sql\n%reload_ext autoreload\n%pylab inline", "sql numpy matplotlib"),
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
        ("julia", "using Statistics, Dates, CSV", "csv"),
        ("c++", '#include <vector>\n#include "xtensor/xarray.hpp"\n#include <sys/time.h>', "xtensor"),
        ("cython", "cimport numpy\nimport numpy\nfrom cython.parallel import prange", "numpy cython"),
        ("text", "%%writefile job.py\nimport mpi4py", "mpi4py"),
        ("text", "%%file notes.md\nimport nothing", ""),
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
        ("pd.read_csv(f'part-{n}')\npd.read_csv(path)\nopen(out, 'w')\nopen('x.csv', mode='w')", []),
        (
            "open('a.txt')\nwith gzip.open('b.csv.gz', 'rb') as f: pass\nio.open('c.txt', 'r+')",
            ["a.txt", "b.csv.gz", "c.txt"],
        ),
        (
            "xr.open_dataset('a.nc')\nnp.load('b.npy')\ngpd.read_file(filename='c.shp')",
            ["a.nc", "b.npy", "c.shp"],
        ),
        (
            "joblib.load('m.pkl')\nspacy.load('en_core')\nyaml.load(f)\nImage.open('i.png')",
            ["m.pkl", "i.png"],
        ),
        ("requests.get('https://x.example/api?k=1')\nsettings.get('a.b')", ["https://x.example/api"]),
        (
            "urlretrieve('https://x.example/a.zip', 'a.zip')\nget_file('m', origin='https://x.example/m')",
            ["https://x.example/a.zip", "https://x.example/m"],
        ),
        ("sqlite3.connect('shop.db')\npsycopg2.connect('host=db.example')", ["shop.db"]),
        ("pd.read_sql('orders', con)\npd.read_sql_table('users', con)", ["orders", "users"]),
        ("tfds.load('mnist')\nsm.datasets.get_rdataset('Guerry', 'HistData')", ["mnist", "Guerry"]),
        ("Path('notes.md').read_text()\n(HERE / 'b.json').open()", ["notes.md", "b.json"]),
        ("def f(path='in.csv'):\n    return pd.read_csv(path)", ["in.csv"]),
        ("a, b = 'x.csv', 'y.csv'\nc: str = 'z.csv'\npd.read_csv(b)\npd.read_csv(c)", ["y.csv", "z.csv"]),
        ("pd.read_csv(os.path.expanduser('~/a.csv'))\npd.read_csv(f'{day}.csv')", ["~/a.csv"]),
        ("D = 's3://b/raw/'\npd.read_csv(os.path.join(D, 'a.csv'))", ["s3://b/raw/a.csv"]),
        ("pd.read_csv(f'{day}_sales.csv')\npd.read_csv(f'{root}/sales.csv')", ["sales.csv"]),
        (
            "!wget -q https://x.example/a.csv?t=1\n!curl https://x.example/i.sh | sh",
            ["https://x.example/a.csv"],
        ),
        ("!gsutil cp gs://{BUCKET}/a.csv .\n!git clone https://x.example/r", []),
        ("%sqlcmd columns --table taxi\n%sqlplot bar --table {{t}}", ["taxi"]),
        ("con.sql('SELECT * FROM df JOIN orders_df USING (id) JOIN shops USING (id)')", ["shops"]),
        (
            "duckdb.sql('SELECT * FROM trips JOIN \"a.csv\" USING (id) JOIN s.zones USING (id)')",
            ["a.csv", "s.zones"],
        ),
        ("sqldf(f'SELECT * FROM trips WHERE a = {b}')\nq = 'SELECT * FROM trips2'", ["trips2"]),
        ("pd.read_json('{\"a\": 1}')\npd.read_csv('a,b\\n1,2')", []),
        ("pd.read_csv('https://me:pa/ss@x.example/a.csv?token=1#f')", ["https://x.example/a.csv"]),
        ("pd.read_csv('postgresql://me:secret@db:5432/shop')", ["postgresql://db:5432/shop"]),
        ("q = '''\nselect a, b from shop.Orders o\njoin users u on 1=1\n'''", ["shop.orders", "users"]),
        ("pd.read_sql(f'SELECT * FROM {t} JOIN clicks USING (id)', con)", ["clicks"]),
        ("x = 'We select a value from the list'\ny = 'Select rows, columns from the table'", []),
        ("%sql --save q SELECT * FROM taxi\nx = %sql select 1 from trips", ["taxi", "trips"]),
        ("print 'old'\npd.read_csv('a.csv')\nq = \"select x from t1\"", ["a.csv", "t1"]),
        ("x = 'from the data'\ny = 'Insert into the form'\nz = 'Create table of contents'", []),
        ("t = 'dwh.orders'\nsql(f'SELECT * FROM {t} WHERE a = {a}')", ["dwh.orders"]),
        (
            "p, d = 'p-1', 'dwh'\nq = 'select a, b from `{0}.{ds}.t` join {0}.{x}.u'.format(p, ds=d, x=y)",
            ["p-1.dwh.t"],
        ),
        ("t = 'Raw_X'\nq = 'SELECT * FROM %s JOIN %s USING (id)' % (t.lower(), 'b')", ["raw_x", "b"]),
        ("t = 'raw'\nq = 'SELECT a FROM ' + t + ' JOIN users USING (id)'", ["raw", "users"]),
        ("a = 'a AS (\\n SELECT x FROM raw)'\nq = 'WITH ' + a + ' SELECT * FROM a'", ["raw"]),
        ("q1 = 'WITH r1 AS (SELECT x FROM raw),'\nq2 = 'r2 AS (SELECT x FROM r1)'", ["raw", "r1"]),
        ("q = 'SELECT a[OFFSET(o)] FROM results, results.items as i WITH OFFSET AS o'", ["results"]),
        ("pd.read_csv('raw/{}.csv'.format(day))\npd.read_csv('{}/a.csv'.format(r))", ["a.csv"]),
        ("sc.textFile('a.gz')\nspark.sparkContext.wholeTextFiles('logs/*.txt')", ["a.gz", "logs/*.txt"]),
        ("!gsutil cp gs://b/a.csv .\n!gsutil cp x.png gs://b/plots\n!aws s3 ls s3://b/", ["gs://b/a.csv"]),
        (
            "spark.read.parquet('abfss://raw@acct.dfs.core.windows.net/x')\npd.read_csv('wasbs://a:b@c.d/e')",
            ["abfss://raw@acct.dfs.core.windows.net/x", "wasbs://c.d/e"],
        ),
        ("session.table('Orders')\nibis_con.table('gdp')\nst.table('Hello')", ["orders", "gdp"]),
        (
            "DeltaTable('tmp/t1')\nDeltaTable.forPath(spark, 'tmp/t2')\nlance.dataset(f'{home}/data/x')",
            ["tmp/t1", "tmp/t2", "data/x"],
        ),
        ("raw = base / 'raw'\npd.read_csv(raw / 'a.csv')\nopen(raw / 'b')", ["raw/a.csv"]),
        ("urlretrieve('https://x.example/tools.py')\nwget.download('https://x.example/a.sh')", []),
        (
            "ctx.register_dataset('mine', d)\nctx.sql('select * from mine join theirs using (id)')",
            ["mine", "theirs"],
        ),
        ("load_example('South')\nnp.memmap('scores', mode='r')", ["South", "scores"]),
        ("!aws s3 sync s3://b/in s3://b/out --quiet", ["s3://b/in"]),
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
        ("r", 'tbl(con, "Flights")\ntbl(con, in_schema("dwh", "orders"))', ["flights", "dwh.orders"]),
        ("r", "dbGetQuery(con, \"SELECT n FROM orders WHERE x = 'from y'\")", ["orders"]),
        ("julia", 'df = CSV.read("x.csv", DataFrame)', ["x.csv"]),
        ("r", 'url <- "https://x.example/a.csv"\nd <- read_csv(url)', ["https://x.example/a.csv"]),
        (
            "r",
            'load("m.RData")\ndownload.file("https://x.example/b.zip", "b.zip")',
            ["m.RData", "https://x.example/b.zip"],
        ),
        (
            "r",
            'GET("https://x.example/api")\nfile("out.txt", "w")\n# read.csv("no.csv")',
            ["https://x.example/api"],
        ),
        ("julia", 'load("a.jld", "x")\nread("b.csv", String)\nopen("c.txt", "w")', ["a.jld", "b.csv"]),
        ("r", 'd <- "data"\nf <- file.path(d, "raw",\n  "a.tsv")\nreadr::read_tsv(f)', ["data/raw/a.tsv"]),
        ("r", 'x <- read_csv(file.path(dir, "b.csv"))\nreadRDS(paste0(dir, "/c.rds"))', ["b.csv", "c.rds"]),
        ("r", 'read_csv(paste0("part-", day, ".csv"))\nread_csv(paste(a, "b.csv"))', []),
        ("r", 'd <- here::here("data")\nread.csv(paste(d, "a.csv", sep = "/"))', ["data/a.csv"]),
        ("r", 'd <- "/data/"\nread_csv(file.path(d, "a.csv"))', ["/data/a.csv"]),
        ("julia", 'CSV.read(joinpath(@__DIR__, "data", "x.csv"), DataFrame)', ["data/x.csv"]),
        ("julia", 'iris = dataset("datasets", "iris")', ["iris"]),
        ("go", 'resp, err := http.Get("https://x.example/a.json")', ["https://x.example/a.json"]),
        ("csharp", 'await client.GetStringAsync("https://x.example/a.csv")', ["https://x.example/a.csv"]),
        (
            "kotlin",
            'val u = URL("https://x.example/t.csv")\nDataFrame.readCSV(u)',
            ["https://x.example/t.csv"],
        ),
        ("javascript", 'd3.csv("a.csv"); import("./module.js")', ["a.csv"]),
        (
            "bash",
            "curl -O https://x.example/a.csv \\\n  -s\ngit clone https://x.example/r",
            ["https://x.example/a.csv"],
        ),
        ("sql", "%%sql postgresql://me:pw@db/x\nSELECT * FROM ord", ["ord"]),
        ("sql", "create stage s url = 's3://b/in/' file_format = f", ["s3://b/in/"]),
        ("sql", "CREATE EXTERNAL TABLE t (a int) STORED AS ORC LOCATION 'hdfs://n/t'", ["t", "hdfs://n/t"]),
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
        ("CREATE FUNCTION f (a int) RETURNS TABLE (b int) RETURN (SELECT b FROM t WHERE c = a)", ["t"]),
        (
            "CREATE MATERIALIZED LAKE VIEW IF NOT EXISTS a.b (CONSTRAINT c CHECK (d)) AS SELECT * FROM t",
            ["a.b", "t"],
        ),
        ("SELECT * FROM {{ ref('m') }} JOIN db.{t} JOIN $name JOIN part_%s", []),
        ("SELECT * FROM information_schema.tables", []),
        ("RESTORE DATABASE x FROM DISK = 'c:/x.bak'", []),
        ("WITH orders AS (SELECT * FROM orders) SELECT * FROM orders", ["orders"]),
        ("WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT * FROM r JOIN edges) SELECT * FROM r", ["edges"]),
        ("with a as (with b as (select * from deep) select * from b) select * from a, b", ["deep", "b"]),
        ("SELECT * FROM orders o, o.items i", ["orders"]),
        ("SELECT * FROM `p-1.shop.Orders`", ["p-1.shop.orders"]),
        ("USE [x]\nGO\nSELECT [a] INTO #t FROM [dbo].[Order Lines]", ["dbo.order lines"]),
        ("MERGE INTO x USING (SELECT * FROM y) q ON 1 = 1 WHEN MATCHED THEN DELETE", ["x", "y"]),
        ("COPY t FROM 's3://x/Day.csv'", ["t", "s3://x/Day.csv"]),
        ("SELECT * FROM read_csv_auto('A.csv'), read_parquet(['b.parquet'])", ["A.csv", "b.parquet"]),
        ("DROP TABLE x; TRUNCATE TABLE y; DELETE FROM z WHERE a = %s", ["z"]),
        ("SELECT * FROM t WHERE a = %(a)s AND b = '{b}' AND c = :c", ["t"]),
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
        ("kept AS (\n  -- all\n  SELECT a FROM b\n)", True),
        ("DECLARE n INT64; BEGIN CREATE TABLE a.b AS SELECT 1; END", True),
        ("as (selected) by us", False),
        ("begin with the best", False),
    ],
)
def test_a_sentence_is_no_statement(text, verdict):
    assert is_sql(text) is verdict


HOSTILE = {
    "megabyte": "pd.read_csv('a.csv')\n" * 50_000,
    "reads": "read_" * 20_000,
    "statements": "q('select a join end join end join end join end from x join end')\n" * 1_500,
    "brackets": "SELECT " + "(" * 30_000,
    "unions": " UNION ALL ".join(["SELECT a FROM t"] * 6_000),
    "expressions": "WITH "
    + ",".join(f"a{n} AS (SELECT * FROM a{n - 1})" for n in range(1, 900))
    + " SELECT 1",
    "again": "SELECT " + "join unnest " * 4_000 + "FROM x",
    "assignments": "a = " * 20_000 + "'x.csv'",
    "installs": "!pip install " + "a==1 " * 20_000,
    "shell": "!wget " + "'" * 50_000,
    "tables": "%sqlcmd x " + "--table " * 12_000,
    "written": "%%file " + "a" * 90_000,
    "scripts": "# /// script\n" * 7_000,
    "defaults": "def f(" + ",".join(f"a{n}='x.csv'" for n in range(5_000)) + "): pass\nopen(a1)",
    "texts": "x=f'" + "{a}" * 9_000 + ".csv'\nopen(x)",
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
    "joins": "x <- file.path(" + "'a', " * 15_000,
    "joined": "read_csv(file.path(paste0(" * 4_000,
    "pieces": "q = '''a as (select " * 4_000,
    "with": "q = 'with a as (select b from c)" + ", a as (select 1)" * 5_000 + "'",
    "fields": "q = 'select a from {a}" + "{a}" * 15_000 + "'.format(a='x')",
    "templates": "q = 'select {0}{0}{0}{0} from {0}'.format(" * 1_000 + "1" + ")" * 1_000,
    "filled": "x = 'select " + "{0}" * 200 + " from t'\n" + "x = x.format(x)\n" * 500,
    "added": "q = 'select a from b '" + " + x" * 15_000,
    "summed": "q = " + "('select a from b' + " * 80 + "x" + ")" * 80,
    "percents": "q = 'select a from " + "%s" * 20_000 + "' % x",
    "awaited": "q = f'''select * from " + "from {a}." * 9_000 + "'''",
    "values": "TABLE = 'a" + ".a" * 40_000,
    "copies": "!aws s3 cp " + "a " * 900,
}


@pytest.mark.parametrize("language", ["python", "sql", "r", "julia", "kotlin", "bash", "text"])
@pytest.mark.parametrize("bomb", HOSTILE)
def test_no_code_takes_long_or_ends_badly(bomb, language):
    start = time.process_time()
    uses = uses_of(HOSTILE[bomb], language)
    assert time.process_time() - start < 2
    assert not any("\x00" in name or "\ud800" in name for name in uses.datasets + uses.libraries)
