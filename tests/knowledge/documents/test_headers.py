"""Headers: what is read of them, and which line is named when something is wrong."""

from datetime import UTC, datetime

import pytest

from knowledge.documents import Document, Header, Notebook, Prose, read_document
from knowledge.documents.header import header_of, split_header
from tests.knowledge.notebooks import code, notebook, raw, text

KNOWLEDGE_REPO = """---
title: Free delivery brings people back
authors:
- alice
- bob
tags:
- growth
- retention
created_at: 2026-03-02
updated_at: 2026-03-09 14:30:00
tldr: Only in the first month.
path: retention/free-delivery
thumbnail: 2
private: true
allowed_groups: [board]
---
"""


def read(text: str) -> Document:
    return read_document("post.md", text.encode())


def test_words_that_the_author_holds_together_stay_together():
    header = read('---\ntitle: "earn 69\u00a0%"\ntldr: |\n  Of all,\n  69\u00a0%\u202f!\n---\nx').header
    assert header.title == "earn 69\u00a0%"
    assert "69\u00a0%\u202f!" in header.tldr


def faults(text: str) -> list[tuple[str, int | None]]:
    return [(fault.code, fault.line) for fault in read(text).faults]


def test_a_knowledge_repo_header_is_read_whole():
    header = read(KNOWLEDGE_REPO + "\nBody").header
    assert header == Header(
        title="Free delivery brings people back",
        authors=("alice", "bob"),
        tags=("growth", "retention"),
        created_at=datetime(2026, 3, 2, tzinfo=UTC),
        updated_at=datetime(2026, 3, 9, 14, 30, tzinfo=UTC),
        tldr="Only in the first month.",
        path="retention/free-delivery",
        thumbnail="2",
        private=True,
        allowed_groups=("board",),
        present=True,
        raw=header.raw,
    )
    assert header.raw["created_at"] == "2026-03-02"


@pytest.mark.parametrize("kind", [raw, text])
def test_the_first_cell_of_a_notebook_may_be_its_header(kind):
    document = read_document("a.ipynb", notebook(kind(KNOWLEDGE_REPO), text("Body")))
    assert document.title == "Free delivery brings people back"
    assert isinstance(document.content, Notebook)
    assert [cell["source"] for cell in document.content.cells] == ["Body"]
    assert document.content.first_cell == 2


def test_text_after_the_header_in_its_cell_stays_text():
    document = read_document("a.ipynb", notebook(raw("---\ntitle: T\n---\n# Body")))
    assert isinstance(document.content, Notebook)
    assert [(cell["cell_type"], cell["source"]) for cell in document.content.cells] == [
        ("markdown", "# Body")
    ]


def test_quarto_names_are_understood():
    header = read("---\nauthor: carol\ncategories: [x, y]\ndate: 2026-05-06\ndescription: why\n---\n").header
    assert (header.authors, header.tags, header.tldr) == (("carol",), ("x", "y"), "why")
    assert header.created_at == datetime(2026, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("authors: alice, bob", ("alice", "bob")),
        ("authors: [alice, alice, 7]", ("alice", "7")),
        ("authors:\n- name: Alice\n  email: a@b.example", ("Alice",)),
        ("authors:", ()),
    ],
)
def test_names_are_read_however_they_are_listed(written, read_as):
    assert read(f"---\n{written}\n---\n").header.authors == read_as


def test_times_with_a_zone_are_brought_to_utc():
    assert read("---\ncreated_at: 2026-01-01T12:00:00+05:00\n---\n").header.created_at == datetime(
        2026, 1, 1, 7, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("---\ntitle: a\ntags: [x\n---\n", ("bad-header", 4)),
        ("---\ntitle: What: a colon\n---\n", ("bad-header", 2)),
        ("\n\n---\ntitle: What: a colon\n---\n", ("bad-header", 4)),
        ("---\ntitle: a\ncreated_at: soon\n---\n", ("header-value", 3)),
        ("---\ntitle: a\ncreated_at: 2026-13-45\n---\n", ("header-value", 3)),
        ("---\ntitle: {a: b}\n---\n", ("header-value", 2)),
        (
            "---\ndatasets:\n  - {name: a.b, every: 1d}\n  - {name: c, every: 2 fortnights}\n---\n",
            ("header-value", 4),
        ),
        ("---\ndatasets: {name: a.b, every: 24}\n---\n", ("header-value", 2)),
        ("---\ntitle: a\nauthors: [{email: x}]\n---\n", ("header-value", 3)),
        ("---\ntitle: &a x\nb: *a\n---\n", ("header-alias", 2)),
        ("---\ntitle: a\nb: !!python/name:os.system\n---\n", ("header-tag", 3)),
        ("---\na: " + "[" * 50 + "]" * 50 + "\n---\n", ("header-too-large", 2)),
        ("---\na: " + "x" * 70_000 + "\n---\n", ("header-too-large", 2)),
        ("---\ntitle: open\n\nBody", ("unclosed-header", 1)),
        ("<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n", ("conflict-markers", 1)),
    ],
)
def test_a_wrong_header_is_a_fault_that_names_its_line(source, expected):
    assert faults(source) == [expected]


def test_a_fault_in_a_notebooks_header_names_the_cell_too():
    (fault,) = read_document("a.ipynb", notebook(raw("---\ntitle: a: b\n---"))).faults
    assert (fault.code, fault.line, fault.cell) == ("bad-header", 2, 1)
    assert "Line 2" in fault.message


def test_one_broken_setting_costs_only_itself():
    header = read("---\ntitle: What: a colon\nauthors: [alice]\ntldr: fine\n---\n").header
    assert (header.title, header.authors, header.tldr) == ("", ("alice",), "fine")


@pytest.mark.parametrize(
    "source", ["---\n\nA rule, then text.\n", "---\njust words\n---\nmore", "text\n---\na: b\n---\n"]
)
def test_a_rule_is_not_taken_for_a_header(source):
    document = read(source)
    assert not document.header.present
    assert document.faults == ()
    assert document.content == Prose(source)


def test_an_empty_header_is_a_header():
    assert read("---\n---\nBody").header.present


def test_what_is_kept_of_a_header_fits_a_json_column():
    settings = ["1: .nan", f"big: {10**29}", 'nul: "a\\0b"', 'half: "\\ud800"', "list: [2026-01-01]"]
    header = read("\n".join(["---", *settings, "---", ""])).header
    assert header.raw["1"] == "nan"
    assert header.raw["big"] == hex(10**29)
    assert "\x00" not in str(header.raw)
    assert header.raw["list"] == ["2026-01-01"]


def test_titles_hold_nothing_that_cannot_be_seen():
    assert read('---\ntitle: "a\\u202eb\\u0007  c\\nd"\n---\n').header.title == "ab c d"


def test_code_first_means_no_header():
    assert not read_document("a.ipynb", notebook(code("---\ntitle: a\n---"))).header.present


class TestPrivate:
    """Hiding too much can be mended; what was shown by mistake was read."""

    @pytest.mark.parametrize("value", ["true", "yes", "on", "1", "y", "T", "ja", "'yes please'", "[1]", "{}"])
    def test_whatever_is_not_a_no_hides(self, value):
        assert read(f"---\ntitle: T\nprivate: {value}\n---\n").header.private

    @pytest.mark.parametrize("value", ["false", "no", "off", "0", "'no'", "n", "False", "''", ""])
    def test_a_no_hides_nothing(self, value):
        assert not read(f"---\ntitle: T\nprivate: {value}\n---\n").header.private

    def test_an_odd_value_is_named_with_its_line(self):
        assert faults("---\ntitle: T\nprivate: ja\n---\n") == [("header-private", 3)]

    @pytest.mark.parametrize(
        "broken",
        [
            "---\ntitle: T\nprivate: true\n# never closed",
            "---\n  title: 'x\n  private: true\n---\n",
            "---\ntitle: a: b\n\tprivate: true\n---\n",
            '---\ntitle: a: b\n"private": true\n---\n',
            "---\ntitle: a: b\nprivate:\n  yes\n---\n",
        ],
    )
    def test_a_broken_header_hides_as_it_was_meant_to(self, broken):
        header = read(broken).header
        assert header.private
        assert header_of(header.raw).private

    @pytest.mark.parametrize(
        "text", ["---\ntitle: a: b\nprivate: false\n---\n", "---\ntitle: T\nprivate: no\n# never closed"]
    )
    def test_a_broken_header_that_hides_nothing_hides_nothing(self, text):
        assert not read(text).header.private


@pytest.mark.parametrize("value", ["9999-12-31", "0001-01-01", "9999-12-31T23:59:59"])
def test_a_date_that_some_time_zones_do_not_have_is_none(value):
    assert read(f"---\ntitle: T\ncreated_at: {value}\n---\n").header.created_at is None


class TestTagsThatLookLikeOtherThings:
    SPELLED = (
        "2024",
        "3.10",
        "1e5",
        "1.0e+5",
        "true",
        "No",
        "007",
        "0x1F",
        "1_000",
        "2024-01-01",
        "12:30",
        ".inf",
    )

    @pytest.mark.parametrize("setting", ["tags", "Categories", "keywords"])
    def test_they_come_out_as_they_were_spelled(self, setting):
        header, _, faults = split_header(f"---\n{setting}: [{', '.join(self.SPELLED)}]\n---\n")
        assert (header.tags, faults) == (self.SPELLED, [])
        assert header_of(header.raw).tags == self.SPELLED

    def test_alone_and_in_lines_too(self):
        assert split_header("---\ntags: 3.10\n---\n")[0].tags == ("3.10",)
        assert split_header("---\ntags:\n- 3.10\n- name: 2024-01-01\n---\n")[0].tags == ("3.10", "2024-01-01")

    def test_nothing_is_still_no_tag(self):
        assert split_header("---\ntags: ~\n---\n")[0].tags == ()

    def test_other_settings_are_what_they_are(self):
        header, _, _ = split_header("---\ntitle: 3.10\nprivate: true\ncreated_at: 2024-01-01\n---\n")
        assert (header.title, header.private) == ("3.10", True)
        assert header.created_at == datetime(2024, 1, 1, tzinfo=UTC)


def test_a_header_names_its_data_what_it_answers_and_its_language():
    header = read(
        "---\ndatasets: [dwh.orders, {name: raw/a.csv, every: 1d}]\nanswers: [12, q-7]\nlang: de\n---\n"
    ).header
    assert header.datasets == ("dwh.orders", "raw/a.csv")
    assert header.answers == ("12", "q-7")
    assert header.language == "de"
    assert header_of(header.raw) == header
