"""Bringing an existing knowledge-repo over: its posts, their history, people, groups and addresses.

Like every door it ends in commits on the space's branch, which the ingest takes in. They are also its memory:
each names in a trailer the commit of the source that it came from, so that a second import, or one that was
interrupted, knows from git alone what is here already and what was changed here since.

    sources -> plan (against what is here) -> people, commits -> reconcile -> addresses, dates, report
"""

from knowledge.pipeline.importing.report import Report
from knowledge.pipeline.importing.run import import_repository

__all__ = ["Report", "import_repository"]
