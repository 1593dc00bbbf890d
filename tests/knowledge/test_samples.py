"""The sample content is what we ask of authors: valid, headed, small, true to its own numbers."""

import csv
import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pathspec
import pytest
import yaml

SAMPLES = Path(__file__).parents[2] / "knowledge" / "samples"
SPACES = ("finance", "growth", "supply")
CAST = {"alice", "bob", "dana", "erik", "farid"}
INSIGHT = "application/vnd.almanac.insight+json"
MACHINE_PATH = re.compile(r"/(?:tmp|root|home|work|Users|usr|var)/|[A-Z]:\\\\|site-packages|ipykernel_")


def posts_of(space: str) -> list[Path]:
    ignored = pathspec.PathSpec.from_lines(
        "gitignore", (SAMPLES / space / ".almanacignore").read_text().splitlines()
    )
    paths = (p.relative_to(SAMPLES / space) for p in sorted((SAMPLES / space).rglob("*")))
    documents = [p for p in paths if p.suffix in {".ipynb", ".md"} and p.name != "README.md"]
    return [SAMPLES / space / p for p in documents if not ignored.match_file(p.as_posix())]


POSTS = [path for space in SPACES for path in posts_of(space)]
NOTEBOOKS = [path for path in POSTS if path.suffix == ".ipynb"]
FILES = [path for path in SAMPLES.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def name_of(path: Path) -> str:
    return path.relative_to(SAMPLES).as_posix()


@cache
def notebook(path: Path) -> Any:
    return nbformat.reads(path.read_text(), as_version=4)


@cache
def source(path: Path) -> str:
    """The header and what the author wrote; for a notebook its raw and Markdown cells."""
    if path.suffix == ".md":
        return path.read_text()
    return "\n\n".join(cell.source for cell in notebook(path).cells if cell.cell_type != "code")


def header(path: Path) -> dict[str, Any]:
    match = re.match(r"---\n(.+?)\n---(?:\n|$)", source(path), re.DOTALL)
    assert match, "no header"
    return dict(yaml.safe_load(match[1]))


def outputs(path: Path) -> list[Any]:
    return [output for cell in notebook(path).cells for output in cell.get("outputs", [])]


def media_types(path: Path) -> set[str]:
    return {kind for output in outputs(path) for kind in output.get("data", {})}


def insights(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".md":
        return list(header(path).get("insights", []))
    return [output.data[INSIGHT] for output in outputs(path) if INSIGHT in output.get("data", {})]


def numbers(text: str) -> set[str]:
    """Numbers as written, thousands joined: "1,234.5" gives "1234.5"."""
    return {found.replace(",", "") for found in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text)}


def computed(path: Path) -> set[float]:
    """Every number that the notebook's code or its outputs hold, in the units people write them in."""
    said = [output.get("text", "") + output.get("data", {}).get("text/plain", "") for output in outputs(path)]
    code = [cell.source for cell in notebook(path).cells if cell.cell_type == "code"]
    plain = {float(number) for number in numbers("\n".join(said + code))}
    return {value * factor for value in plain for factor in (1, 100, 1e-3, 1e-6)}


def rows(path: str) -> list[dict[str, str]]:
    with (SAMPLES / path).open() as file:
        return list(csv.DictReader(file))


def test_there_are_eight_posts_in_three_spaces():
    assert {space: len(posts_of(space)) for space in SPACES} == {"finance": 2, "growth": 3, "supply": 3}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
def test_a_notebook_is_valid_and_starts_with_a_raw_header(path):
    nbformat.validate(json.loads(path.read_text()))
    assert notebook(path).nbformat == 4
    assert notebook(path).cells[0].cell_type == "raw"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
def test_a_notebook_ran_from_top_to_bottom_without_a_complaint(path):
    code = [cell for cell in notebook(path).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert [o for o in outputs(path) if o.output_type == "error" or o.get("name") == "stderr"] == []


@pytest.mark.parametrize("path", POSTS, ids=name_of)
def test_the_header_says_who_what_and_when(path):
    facts = header(path)
    assert set(facts["authors"]) <= CAST
    assert facts["tags"]
    assert 40 < len(facts["tldr"]) < 320
    assert date(2026, 1, 1) <= facts["created_at"] <= facts["updated_at"] <= date(2026, 12, 31)
    assert f"\n# {facts['title']}\n" in source(path)


@pytest.mark.parametrize("path", POSTS, ids=name_of)
def test_the_datasets_of_the_header_lie_beside_the_post(path):
    assert [name for name in header(path)["datasets"] if not (path.parent / name).is_file()] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
def test_every_number_of_the_tldr_was_computed(path):
    known = computed(path)
    for number in numbers(header(path)["tldr"]):
        places = len(number.partition(".")[2])
        assert any(round(value, places) == float(number) for value in known), number


def test_the_numbers_of_the_order_post_follow_from_its_data():
    lines = {
        row["line"]: float(row["q3_2026_eur"]) for row in rows("finance/unit-economics/order-2026q3.csv")
    }
    fixed = -sum(lines[name] for name in ("Picking", "Delivery", "Packaging"))
    basket = lines["Basket, without VAT"]
    share = (sum(lines.values()) + fixed) / basket
    values = {
        i["name"]: i["value"] for i in insights(SAMPLES / "finance/unit-economics/contribution-per-order.md")
    }
    assert values == {
        "contribution_per_order": round(sum(lines.values()), 2),
        "break_even_basket": round(fixed / share, 2),
    }


def test_the_numbers_of_the_dock_post_follow_from_its_data():
    tours = [
        (float(r["dock_wait_min"]), float(r["arrival_c"]))
        for r in rows("supply/cold-chain/tours-2026-07.csv")
    ]
    cells = re.findall(
        r"^\| .+? \| +(\d+) \| +[\d.]+ \| +(\d+) \| +(\d+) % \|$",
        source(SAMPLES / "supply/cold-chain/dock-wait.md"),
        re.MULTILINE,
    )
    expected = []
    for low, high in ((0, 10), (10, 20), (20, 30), (30, 60)):
        arrivals = [warmth for wait, warmth in tours if low < wait <= high]
        warm = sum(warmth > 5 for warmth in arrivals)
        expected.append((str(len(arrivals)), str(warm), f"{100 * warm / len(arrivals):.0f}"))
    assert cells == expected


def test_names_of_insights_are_unique_in_their_space_and_dated():
    for space in SPACES:
        published = [insight for path in posts_of(space) for insight in insights(path)]
        names = [insight["name"] for insight in published]
        assert len(names) == len(set(names)) > 0
        assert all(isinstance(insight["value"], int | float) and insight["as_of"] for insight in published)


def test_together_they_show_every_kind_of_output():
    seen = set().union(*(media_types(path) for path in NOTEBOOKS))
    assert seen >= {
        "image/png",
        "text/html",
        "application/vnd.plotly.v1+json",
        "application/vnd.vegalite.v6+json",
        "application/vnd.bokehjs_exec.v0+json",
        INSIGHT,
    }


def test_one_post_writes_formulas_and_one_has_a_wide_table():
    assert any("$$" in source(path) and re.search(r"[^$]\$[^$]+\$[^$]", source(path)) for path in NOTEBOOKS)
    tables = [
        output.data["text/html"]
        for path in NOTEBOOKS
        for output in outputs(path)
        if "data" in output and "text/html" in output.data
    ]
    assert max(table.partition("</thead>")[0].count("<th>") for table in tables) > 12


@pytest.mark.parametrize("path", [p for p in FILES if p.suffix == ".md" or p in NOTEBOOKS], ids=name_of)
def test_relative_links_lead_to_files_of_the_space(path):
    targets = re.findall(r"\]\(([^)\s]+)\)", source(path))
    absolute = {target for target in targets if target.startswith("/s/")}
    missing = [
        target for target in targets if target not in absolute and not (path.parent / target).is_file()
    ]
    assert missing == []
    assert [target for target in absolute if not (SAMPLES / target.removeprefix("/s/")).is_file()] == []


@pytest.mark.parametrize("space", SPACES)
def test_a_space_introduces_itself_and_links_each_of_its_posts(space):
    text = (SAMPLES / space / "README.md").read_text()
    assert text.startswith("# ")
    assert [path for path in posts_of(space) if f"({path.relative_to(SAMPLES / space)})" not in text] == []


def test_drafts_are_kept_out_by_almanacignore():
    assert (SAMPLES / "growth/drafts/basket-ideas.md").is_file()
    assert [path for path in POSTS if "drafts" in path.parts] == []


@pytest.mark.parametrize("path", [p for p in FILES if p.suffix not in {".png", ".py"}], ids=name_of)
def test_no_file_tells_of_the_machine_it_was_made_on(path):
    text = re.sub(r'"image/png": "[^"]*"', "", path.read_text())
    assert MACHINE_PATH.findall(text) == []


def test_files_are_small():
    assert [name_of(path) for path in FILES if path.stat().st_size > 600_000] == []
    assert sum(path.stat().st_size for path in FILES) < 2_000_000
