"""The one place where the benchmark asks the product."""


def prepare() -> None:
    """Index the posts that are stored: they came to the database in bulk, past publishing. Called once."""


def product(query: str) -> list[str]:
    """Paths of the posts that search finds for somebody who sees them all, the best first, ten or more."""
    raise NotImplementedError
