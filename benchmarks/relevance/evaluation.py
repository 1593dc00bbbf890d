"""A search asked all judged queries, and the report on it."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from benchmarks.figures import heading, row
from benchmarks.relevance.judgments import KINDS, Judged
from benchmarks.relevance.measures import interval, ndcg, recall

Search: TypeAlias = Callable[[str], Sequence[str]]  # a query -> paths of documents, the best first


@dataclass(frozen=True, slots=True)
class Score:
    judged: Judged
    ndcg: float
    recall: float


@dataclass(frozen=True, slots=True)
class Report:
    scores: tuple[Score, ...]

    def of(self, *, kind: str = "", part: str = "") -> "Report":
        """Of the queries of one kind, or of one part, "dev" or "held"."""
        return Report(
            tuple(
                score
                for score in self.scores
                if kind in {"", score.judged.kind} and part in {"", score.judged.part}
            )
        )

    @property
    def ndcg(self) -> float:
        return statistics.fmean(score.ndcg for score in self.scores)

    @property
    def recall(self) -> float:
        return statistics.fmean(score.recall for score in self.scores)

    @property
    def interval(self) -> tuple[float, float]:
        """Of nDCG, 95 %."""
        return interval([score.ndcg for score in self.scores])

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.ndcg:.3f} ({low:.3f}-{high:.3f}), {self.recall:.3f}"


def evaluate(search: Search, judged: Sequence[Judged]) -> Report:
    found = [(one, search(one.query)) for one in judged]
    return Report(
        tuple(Score(one, ndcg(paths, one.grades), recall(paths, one.grades)) for one, paths in found)
    )


def show(name: str, report: Report, *, goal: float | None = None, base: Report | None = None) -> None:
    """nDCG@10 with its interval and recall@10, of all and by kind; beside `base`, how many times as good."""
    heading(f"Relevance of {name}: nDCG@10 (95 % of its mean), recall@10")
    _row("all", report, goal)
    for part in ("dev", "held"):
        _row(part, report.of(part=part))
    for kind in KINDS:
        _row(kind, report.of(kind=kind))
    if base:
        times = report.ndcg / base.ndcg
        row("nDCG@10, of plain ts_rank's", f"{times:.2f} times", "at least 1.20", met=times >= 1.2)


def _row(name: str, report: Report, goal: float | None = None) -> None:
    met = None if goal is None else report.ndcg >= goal
    row(f"{name}, {len(report.scores)} queries", str(report), f"nDCG@10 >= {goal}" if goal else "", met=met)


def worst(report: Report, count: int = 10) -> list[Score]:
    """What to look at first when tuning: of the part "dev" only."""
    return sorted(report.of(part="dev").scores, key=lambda score: score.ndcg)[:count]
