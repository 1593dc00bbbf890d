"""The helper for notebooks: what it displays in IPython is what the portal publishes."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from knowledge.extracting import Insight, insight_in_output, wrong_in_output
from portal.views import helper

HELPER = Path(__file__).resolve().parents[2] / "helper"
SHELL = """
import json, sys
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.display_pub = CapturingDisplayPublisher()
for line in sys.stdin:
    done = shell.run_cell("from almanac_insight import insight\\n" + json.loads(line), silent=True)
    shown = [each["data"] for each in shell.display_pub.outputs]
    said = str(done.error_in_exec) if done.error_in_exec else shown
    shell.display_pub.outputs.clear()
    print("OUT" + json.dumps(said), flush=True)
"""


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Runs code as a notebook does; what it displayed, or its error."""
    home = tmp_path_factory.mktemp("ipython")
    with subprocess.Popen(
        [sys.executable, "-c", SHELL],
        env={"PYTHONPATH": str(HELPER), "IPYTHONDIR": str(home), "HOME": str(home), "PATH": ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:

        def run(code: str) -> Any:
            assert process.stdin
            assert process.stdout
            print(json.dumps(code), file=process.stdin, flush=True)
            return json.loads(next(line for line in process.stdout if line.startswith("OUT"))[3:])

        yield run


def published(shell: Any, code: str) -> Insight:
    (data,) = shell(code)
    assert list(wrong_in_output(data)) == []
    found = insight_in_output(data)
    assert found is not None
    return found


def test_a_number_is_published_with_all_that_is_told_of_it_and_shown_as_a_card(shell: Any) -> None:
    code = (
        "import datetime\n"
        'insight("churn_q2", 0.143, unit="ratio", as_of=datetime.date(2026, 6, 30), interval=(0.139, 0.147),'
        ' dimensions={"market": "FR"}, title="Churn <q2>", limits={"max": 0.2})'
    )
    assert published(shell, code) == Insight(
        name="churn_q2",
        value=0.143,
        unit="ratio",
        as_of="2026-06-30",
        interval=(0.139, 0.147),
        dimensions={"market": "FR"},
        title="Churn <q2>",
        limits={"max": 0.2},
    )
    (data,) = shell(code)
    assert data["text/plain"] == "0.143 ratio"
    for words in ("Churn &lt;q2&gt;", "0.143 ratio", "as of 2026-06-30", "market: FR", "0.139 to 0.147"):
        assert words in data["text/html"]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("3", 3),
        ("True", True),
        ('"mostly late"', "mostly late"),
        (
            '[{"market": "FR", "share": 0.2}, {"market": "DE"}]',
            {"columns": ["market", "share"], "rows": [["FR", 0.2], ["DE", None]]},
        ),
        ("[1, 2]", {"columns": [], "rows": [[1], [2]]}),
        ('{"columns": ["a", "b"], "rows": [(1, 2)]}', {"columns": ["a", "b"], "rows": [[1, 2]]}),
        ('{"2026-01": 3, "b": None}', {"columns": ["", "value"], "rows": [["2026-01", 3], ["b", None]]}),
        ('[(1, float("nan"))]', {"columns": [], "rows": [[1, None]]}),
    ],
)  # fmt: skip
def test_values_of_every_kind_are_published(shell: Any, value: str, kept: object) -> None:
    assert published(shell, f'insight("x", {value})').value == kept


def test_a_decimal_keeps_its_digits(shell: Any) -> None:
    found = published(shell, 'from decimal import Decimal\ninsight("x", Decimal("12345678901234567.890"))')
    assert found.exact == "12345678901234567.890"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ('"a b", 1', "The name is to be"),
        ('"..", 1', "a step in an address"),
        ('"x", 1, limits={"min": 5, "max": 1}', "min below max"),
        ('"x", float("nan")', "no number that can be published"),
        ('"x", [[0] * 201]', "1 to 200 cells"),
        ('"x", ""', "1 to 500 letters"),
        ('"x", {}', "1 to 200 cells"),
        ('"x", 1, as_of="last week"', "a date"),
        ('"x", 1, interval=(2, 1)', "lower bound first"),
        ('"x", 1, interval=("a", 1)', "of numbers"),
        ('"x", 1, limits={"most": 3}', "not most"),
    ],
)
def test_what_can_not_be_published_is_refused_at_once_in_words(
    shell: Any, arguments: str, words: str
) -> None:
    assert words in shell(f"insight({arguments})")


def test_outside_a_notebook_it_is_printed() -> None:
    code = "from almanac_insight import insight; insight('late', 0.2, unit='ratio')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(HELPER)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "late: 0.2 ratio\n"


def test_the_portal_ships_the_file_and_a_wheel_that_pip_installs(client: Client, tmp_path: Path) -> None:
    source = client.get("/helper/almanac_insight.py").content
    assert source == (HELPER / "almanac_insight.py").read_bytes()
    wheel = tmp_path / helper.wheel_name()
    wheel.write_bytes(client.get(f"/helper/{wheel.name}").content)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--target", tmp_path / "site", wheel], check=True, capture_output=True)
    assert (tmp_path / "site" / "almanac_insight.py").read_bytes() == source
