"""A space's review policy: whether a revision at a path needs approval, and of how many.

Exceptions for some paths are lines: a pattern as in .gitignore, what holds there; the last that fits counts.

    reports/            required 2
    drafts/*.ipynb      optional
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from pathspec import GitIgnoreSpec

from knowledge.models import Space

MOST_RULES = 100
MOST_APPROVALS = 9


@dataclass(frozen=True, slots=True)
class Policy:
    """`approvals` is of how many reviewers, none of whom wrote any of it."""

    is_required: bool
    approvals: int


@dataclass(frozen=True)
class Policies:
    """What holds where in a space, as it stands now."""

    space: Space

    def at(self, path: str) -> Policy:
        found = Policy(self.space.review_policy == Space.ReviewPolicy.REQUIRED, self.space.approvals)
        for spec, policy in self._rules:
            if spec.match_file(path):
                found = policy
        return found

    @cached_property
    def _rules(self) -> list[tuple[GitIgnoreSpec, Policy]]:
        return list(rules_of(self.space.review_rules, self.space.approvals))


def fault_in(text: str) -> str:
    """What is wrong with the lines of rules, in words; "" if nothing is."""
    try:
        list(rules_of(text, 1))
    except ValueError as error:
        return str(error)
    return ""


def rules_of(text: str, approvals: int) -> Iterator[tuple[GitIgnoreSpec, Policy]]:
    """Raises ValueError with the number of the line and what is wrong with it."""
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    lines = [(number, line) for number, line in lines if line and not line.startswith("#")]
    if len(lines) > MOST_RULES:
        raise ValueError(f"There are {len(lines)} lines; {MOST_RULES} are the most.")
    for number, line in lines:
        try:
            yield _rule(line, approvals)
        except Exception as error:  # the library for patterns raises errors of three others
            raise ValueError(f"Line {number}: {error}") from error


def _rule(line: str, approvals: int) -> tuple[GitIgnoreSpec, Policy]:
    words = line.split()
    number = approvals
    if len(words) > 2 and words[-1].isdecimal():
        number = int(words.pop())
    if len(words) < 2 or words[-1] not in Space.ReviewPolicy.values or not 1 <= number <= MOST_APPROVALS:
        raise ValueError(f"write a pattern and “required”, “required 2” or “optional”, not “{line[:80]}”.")
    pattern = line[: line.rindex(words[-1])].strip()
    if pattern.startswith("!"):
        raise ValueError("a pattern can't begin with “!”; say “optional” instead.")
    spec = GitIgnoreSpec.from_lines([pattern], backend="re2")
    return spec, Policy(words[-1] == Space.ReviewPolicy.REQUIRED, number)
