"""Each check on small documents: what it finds, where, and what it lets be."""

import time
from typing import Any

import pytest

from knowledge.documents import read_document
from knowledge.linting import CHECKS, CODES, OF_HEADER, Finding, lint, lint_header
from tests.knowledge.notebooks import code, display, notebook, stream, text

ERROR = {"output_type": "error", "ename": "KeyError", "evalue": "'x'", "traceback": ["KeyError: 'x'"]}
HEADER = text("---\ntitle: A\ntldr: It rose by a third.\n---")


def run(source: str, count: int | None, *outputs: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return code(source, *outputs, **metadata) | {"execution_count": count}


def found_in(*cells: dict[str, Any]) -> list[Finding]:
    return list(lint(read_document("a.ipynb", notebook(HEADER, *cells))))


def places(*cells: dict[str, Any]) -> list[tuple[str, int | None]]:
    return [(found.code, found.cell) for found in found_in(*cells)]


def test_every_check_has_a_title_and_every_title_a_check() -> None:
    assert CHECKS.keys() == CODES.keys()
    assert CHECKS.keys() >= OF_HEADER


def test_nothing_is_found_in_a_document_that_is_in_order() -> None:
    assert found_in(text("# A"), run("a = 1", 1), run("a", 3, stream("1"))) == []


class TestWrongInsight:
    @staticmethod
    def published(said: object) -> dict[str, Any]:
        return run("insight()", 1, display(**{"application/vnd.almanac.insight+json": said}))

    def test_what_can_not_be_published_is_said_at_its_cell(self) -> None:
        (found,) = found_in(self.published({"name": "late"}))
        assert (found.code, found.cell) == ("wrong-insight", 2)
        assert "it has no value" in found.message
        assert places(self.published("{")) == [("wrong-insight", 2)]

    def test_what_is_in_order_is_not(self) -> None:
        assert found_in(self.published({"name": "late", "value": 0.2, "as_of": "2026-06-30"})) == []


class TestMissingTldr:
    def test_a_header_without_one_and_no_header_lack_it(self) -> None:
        for source in (b"# A\n", b"---\ntitle: A\n---\n\nB\n"):
            assert [found.code for found in lint(read_document("a.md", source))] == ["missing-tldr"]

    def test_other_names_for_it_will_do(self) -> None:
        assert lint(read_document("a.qmd", b"---\ntitle: A\nabstract: B\n---\n\nC\n")) == ()

    def test_it_is_known_from_the_header_alone(self) -> None:
        document = read_document("a.md", b"# A\n")
        assert lint_header("md", document.header) == lint(document)
        assert lint_header("pdf", document.header) == ()  # has no place for one


class TestEndsInError:
    def test_the_cell_and_the_error_are_named(self) -> None:
        (found,) = found_in(run("x", 1), run("d['x']", 2, stream("before"), ERROR))
        assert (found.code, found.cell) == ("ends-in-error", 3)
        assert found.message == "The code ends in an error (KeyError)."

    def test_an_error_that_is_expected_is_let_be(self) -> None:
        assert found_in(run("d['x']", 1, ERROR, tags=["raises-exception"])) == []

    def test_a_sentence_for_a_name_is_not_repeated(self) -> None:
        (found,) = found_in(run("stop()", 1, ERROR | {"ename": "ERROR in eval(<html>)"}))
        assert found.message == "The code ends in an error."


class TestOutOfOrder:
    def test_the_first_cell_that_was_run_before_what_stands_above_it(self) -> None:
        (found,) = found_in(run("a", 1), run("b", 5), run("c", 3), run("d", 2), run("e", 6))
        assert (found.code, found.cell) == ("out-of-order", 4)
        assert found.message == "This cell was run before cell 3 above it (1 more like it)."

    def test_a_cell_that_was_left_out_where_others_were_run(self) -> None:
        (found,) = found_in(run("a", 1), run("b", None), run("", None), run("c", 2))
        assert (found.code, found.cell) == ("out-of-order", 3)
        assert found.message == "This cell was not run, others were."

    def test_a_notebook_that_was_never_run_or_began_late_is_in_order(self) -> None:
        assert found_in(run("a", None), run("b", None)) == []
        assert found_in(run("a", 7), run("b", 12)) == []

    def test_a_count_that_a_tool_took_away_is_no_gap(self) -> None:
        assert found_in(run("a", 1), run("b", None, stream("2"))) == []


class TestLocalPath:
    @pytest.mark.parametrize(
        ("source", "shown"),
        [
            ("pd.read_csv('/Users/alice/data.csv')", "/Users/alice/…"),
            ('open("/home/alice/x.csv")', "/home/alice/…"),
            ("cd /home/alice/work", "/home/alice/…"),
            (r"open('C:\\Users\\alice\\x.csv')", r"C:\\Users\\alice\…"),
            ('setwd("D:/data/2026")', "D:/data/…"),
            ("spark.read.csv('file:///data/x.csv')", "file:///data/…"),
        ],
    )
    def test_paths_of_one_machine_are_found(self, source: str, shown: str) -> None:
        (found,) = found_in(run(f"import x\n{source}", 1))
        assert (found.code, found.cell, found.line) == ("local-path", 2, 2)
        assert found.message == f"{shown} exists on one machine only."

    @pytest.mark.parametrize(
        "source",
        [
            "open('data/users/alice.csv')",
            "get('https://host/home/alice/x')",
            "get('https://host/Users/alice/x')",
            "cd /home/jovyan/work",
            "'/home/{user}/x'; '/home/$USER/x'; '/Users/yourname/x'",
            r"print('N:\nEWS'); print('Result:\n')",
            "df['A'].plot(); x = {'C':/2}",
            "open('/data/shared/x.csv')",
        ],
    )
    def test_addresses_and_paths_that_others_have_are_let_be(self, source: str) -> None:
        assert found_in(run(source, 1)) == []

    def test_the_first_of_each_cell_and_none_of_outputs(self) -> None:
        path = "/Users/alice/x"
        cell = run(f"'{path}'\n'{path}'", 1, stream(f"{path}: UserWarning", "stderr"))
        assert places(cell, text(f"![Churn]({path}/churn.png)")) == [("local-path", 2), ("local-path", 3)]

    @pytest.mark.parametrize("unit", ["/home/", "C:\\", "file://", "'", "/Users/a", "r'C:"])
    def test_hostile_text_takes_no_longer_than_other_text(self, unit: str) -> None:
        began = time.perf_counter()
        found_in(run(unit * (1_000_000 // len(unit)), 1))
        assert time.perf_counter() - began < 2


class TestLargeOutput:
    def test_one_output_over_a_megabyte(self) -> None:
        (found,) = found_in(run("a", 1, display(text_plain="x" * 1_500_000)))
        assert (found.code, found.cell, found.message) == ("large-output", 2, "An output has 1.5 MB.")

    def test_what_was_printed_in_pieces_is_one(self) -> None:
        pieces = [stream("x" * 200_000) for _ in range(6)]
        assert places(run("a", 1, *pieces)) == [("large-output", 2)]

    def test_several_that_are_not_large_are_let_be(self) -> None:
        assert found_in(run("a", 1, *(display(text_plain="x" * 600_000) for _ in range(4)))) == []

    def test_the_data_of_a_chart_counts(self) -> None:
        chart = {"application/vnd.plotly.v1+json": {"data": [{"y": list(range(300_000))}]}}
        assert places(run("a", 1, display(**chart))) == [("large-output", 2)]


class TestAccepting:
    def test_a_tag_accepts_one_code_for_one_cell(self) -> None:
        tags = ["almanac-ok:local-path", "almanac-ok:ends-in-error"]
        accepted = run("open('/Users/alice/x')", 1, ERROR, tags=tags)
        assert places(accepted, run("open('/Users/alice/x')", 2)) == [("local-path", 3)]

    def test_the_header_accepts_codes_for_the_document(self) -> None:
        for said in ("[local-path, missing-tldr]", "local-path, missing-tldr"):
            source = f"---\nlint_ignore: {said}\n---\n\n`/Users/alice/x`\n"
            assert lint(read_document("a.md", source.encode())) == ()

    def test_secrets_are_never_accepted(self) -> None:
        key = "glp" + "at-Zq7Rk2Vw9Xb4Lm6Tn8Pc"
        header = text("---\ntldr: A\nlint_ignore: [secret]\n---")
        cell = run(f"'{key}'", 1, tags=["almanac-ok:secret"])
        assert [found.code for found in lint(read_document("a.ipynb", notebook(header, cell)))] == ["secret"]

    @pytest.mark.parametrize("said", ["7", "[1, [2]]", "{a: 1}", "no-such-code"])
    def test_what_is_no_code_is_passed_over(self, said: str) -> None:
        source = f"---\ntldr: A\nlint_ignore: {said}\n---\n\n`/Users/alice/x`\n"
        assert [found.code for found in lint(read_document("a.md", source.encode()))] == ["local-path"]


def test_a_finding_leads_to_its_cell() -> None:
    (found,) = found_in(run("d['x']", 1, ERROR) | {"id": "late-orders"})
    assert found.anchor == "late-orders"


def test_findings_of_a_code_are_few_and_the_gravest_come_first() -> None:
    key = "glp" + "at-Zq7Rk2Vw9Xb4Lm6Tn8Pc"
    codes = [found.code for found in found_in(*(run(f"'{key}'", n + 1, ERROR) for n in range(30)))]
    assert codes == ["secret"] * 10 + ["ends-in-error"] * 10
