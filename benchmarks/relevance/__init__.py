"""How well search finds what people look for, against judgments made by hand, beside two plain searches.

`queries.tsv` and `judgments.tsv` were written for this project by somebody who knew the corpus and not the
engine; docs/relevance.md says by which rules. The engine may be tuned on the part "dev" only.
"""
