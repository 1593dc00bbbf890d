"""The parts in which a long document is sent, as its page carries them: one whole, the others by address."""

from dataclasses import dataclass

from knowledge.models import Rendering, Revision
from portal.fragments import Fragment, fragment_of


@dataclass(frozen=True, slots=True)
class ShownPart:
    """`size` in bytes tells how high the part may be; `fragment` is None for what is fetched later."""

    number: int
    size: int
    fragment: Fragment | None


def shown_parts(revision: Revision, wanted: int = 0) -> list[ShownPart]:
    """All parts of a revision whose rendering is ready, with the content of `wanted`, or of the first."""
    carried, fragment = wanted, fragment_of(revision, wanted)
    if fragment is None:
        carried, fragment = 0, fragment_of(revision)
    return [
        ShownPart(number, size, fragment if number == carried else None)
        for number, size in enumerate(fragment.lengths if fragment else ())
    ]


def part_with(rendering: Rendering, anchor: str) -> int | None:
    """The number of the part in which an element has the id `anchor`."""
    found = rendering.parts.filter(html__contains=f'id="{anchor}"').order_by("number")
    return found.values_list("number", flat=True).first()
