from collections import Counter

import pytest

from benchmarks.relevance.evaluation import evaluate, worst
from benchmarks.relevance.judgments import KINDS, Judged, JudgmentsError, read_judgments


def write(folder, queries, judgments):
    (folder / "queries.tsv").write_text("id\tkind\tquery\n" + queries, encoding="utf-8")
    (folder / "judgments.tsv").write_text("id\tgrade\tpath\n" + judgments, encoding="utf-8")


def test_the_judged_queries_are_many_of_every_kind_and_all_have_a_good_answer():
    judged = read_judgments()
    kinds = Counter(one.kind for one in judged)
    assert len(judged) >= 150
    assert set(kinds) == set(KINDS)
    assert min(kinds.values()) >= 15
    assert len({one.id for one in judged}) == len({one.query for one in judged}) == len(judged)
    parts = Counter(one.part for one in judged)
    assert abs(parts["dev"] - parts["held"]) <= len(KINDS)


def test_a_quotation_mark_is_a_sign_of_the_query(tmp_path):
    write(tmp_path, 'phrase-01\tphrase\t"one plus one" proof\n', "phrase-01\t3\ta.md\nphrase-01\t1\tb.md\n")
    grades = {"a.md": 3, "b.md": 1}
    assert read_judgments(tmp_path) == [Judged("phrase-01", "phrase", '"one plus one" proof', grades)]


@pytest.mark.parametrize(
    ("queries", "judgments", "said"),
    [
        ("topic-01\ttopic\tmaps\n", "topic-01\t3\tc.md\n", "line 2: the corpus has no document c.md"),
        ("topic-01\ttopic\tmaps\n", "topic-01\t4\ta.md\n", "line 2: the grade is '4'"),
        ("topic-01\ttopic\tmaps\n", "topic-01\t3\ta.md\ntopic-01\t2\ta.md\n", "line 3: topic-01 has a grade"),
        ("topic-01\ttopic\tmaps\n", "topic-01\t3\ta.md\ntopic-02\t2\ta.md\n", "no query has the id topic-02"),
        ("topic-01\ttopic\tmaps\n", "topic-01\t1\ta.md\n", "nothing answers topic-01"),
        ("topic-01\tmood\tmaps\n", "topic-01\t3\ta.md\n", "line 2: 'mood' is none of the kinds"),
    ],
)
def test_what_cannot_be_right_is_refused_with_the_line(tmp_path, queries, judgments, said):
    write(tmp_path, queries, judgments)
    with pytest.raises(JudgmentsError, match=said):
        read_judgments(tmp_path, paths={"a.md", "b.md"})


def test_a_report_tells_kinds_and_parts_apart():
    judged = [
        Judged("topic-01", "topic", "maps", {"a.md": 3}),
        Judged("topic-02", "topic", "plots", {"b.md": 3}),
        Judged("code-01", "code", "read_csv", {"c.md": 3, "d.md": 2}),
    ]
    found = {"maps": ["a.md"], "plots": ["a.md"], "read_csv": ["c.md"]}
    report = evaluate(found.__getitem__, judged)
    assert [score.ndcg for score in report.of(kind="topic").scores] == [1.0, 0.0]
    assert report.of(part="held").ndcg == 0.0
    assert report.of(kind="code").recall == 0.5
    assert [score.judged.id for score in worst(report, 1)] == ["code-01"], "what is held back is not shown"
