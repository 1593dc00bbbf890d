"""Which readings are measurements of their own: a post is published again for its words, too."""

from collections.abc import Sequence


def measured(said: Sequence[tuple[str, float]]) -> list[int]:
    """The places of those among (as of, number), the oldest first; the last is always one.

    Of readings of the same day the newest; of one without a day and what it repeats, which comes right before
    it, the newer.
    """
    last = {as_of: place for place, (as_of, _) in enumerate(said)}
    found: list[int] = []
    before = None
    for place, (as_of, number) in enumerate(said):
        if as_of:
            if last[as_of] != place:
                continue
        elif number == before:
            found.pop()
        found.append(place)
        before = number
    return found
