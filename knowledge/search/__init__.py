"""Finding posts by words, as pure code: what a post's search vectors hold, and what a query means.

PostgreSQL keeps and matches the vectors. The words in them are made here and not by its parser, so that a
post, a query and the passages that are shown agree on what a word is: identifiers are found whole and by
part, and accents don't matter. See docs/search.md.
"""
