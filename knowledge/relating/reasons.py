"""Why a post is related to another, in words."""

from collections.abc import Mapping, Sequence
from typing import Any

NAMED = 3


def said(reasons: Mapping[str, Any]) -> list[str]:
    """A short line for each reason of scoring.reasons_of, the strongest kind first."""
    lines = []
    if reasons.get("cites"):
        lines.append("Cites this post")
    if reasons.get("cited"):
        lines.append("Cited by this post")
    if datasets := reasons.get("datasets"):
        lines.append(f"Uses {listed(datasets)} too")
    if tags := reasons.get("tags"):
        lines.append(f"Also about {listed(tags)}")
    if reasons.get("readers"):
        lines.append("Readers of this read it too")
    if reasons.get("together"):
        lines.append("Cited together with this post")
    if words := reasons.get("words"):
        lines.append(f"Speaks of {listed(words)} too")
    if libraries := reasons.get("libraries"):
        lines.append(f"Works with {listed(libraries)} too")
    return lines


def turned(reasons: Mapping[str, Any]) -> dict[str, Any]:
    """The same, said of the first post on the page of the other."""
    names = {"cites": "cited", "cited": "cites"}
    return {names.get(reason, reason): value for reason, value in reasons.items()}


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`, `a, b, c and 2 more`."""
    shown = list(names[:NAMED])
    if more := len(names) - len(shown):
        shown.append(f"{more} more")
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]])) if shown else ""
