"""Relevance over the corpus: ours beside plain ts_rank and beside knowledge-repo's search.

    python -m benchmarks.relevance [--corpus DIR] [--worst]

Needs the corpus; without one it says so and measures nothing.
"""

import argparse
from pathlib import Path

from benchmarks import notebooks
from benchmarks.figures import heading, row
from benchmarks.filling import corpus_files, load_corpus
from benchmarks.relevance.evaluation import Report, evaluate, show, worst
from benchmarks.relevance.judgments import read_judgments
from benchmarks.servers import database

GOAL = 0.85


def main(corpus: Path | None = None, *, lists_worst: bool = False) -> None:
    if corpus is None:
        heading("Relevance")
        row("not measured", "there is no corpus")
        return
    judged = read_judgments(paths={path for path, _ in corpus_files(corpus)})
    with database():
        load_corpus(corpus)
        from benchmarks.relevance import peers, product

        peers.prepare()
        product.prepare()
        base = evaluate(peers.ts_rank, judged)
        show("plain ts_rank over everything", base)
        show("knowledge-repo's LIKE over keywords", evaluate(peers.knowledge_repo, judged))
        ours = evaluate(product.product, judged)
        show("Almanac", ours, goal=GOAL, base=base)
        if lists_worst:
            _list(ours)


def _list(report: Report) -> None:
    heading("The queries it answers worst, of those to tune on")
    for score in worst(report):
        row(f"{score.judged.id}: {score.judged.query}", f"{score.ndcg:.3f}, {score.recall:.3f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="How well search finds, against judgments made by hand.")
    parser.add_argument("--corpus", type=Path, default=notebooks.corpus(), help="folder of the corpus")
    parser.add_argument("--worst", action="store_true", help="list the queries that do worst")
    arguments = parser.parse_args()
    main(arguments.corpus, lists_worst=arguments.worst)
