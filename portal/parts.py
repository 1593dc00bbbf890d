"""The parts in which a long document is sent, as its page carries them: one whole, the others by address."""

from dataclasses import dataclass

from django.urls import reverse

from knowledge.models import Rendering
from portal.fragments import Fragment, Shown, fragment_of, names_of


@dataclass(frozen=True, slots=True)
class ShownPart:
    """`size` in bytes tells how high the part may be; `fragment` is None for what is fetched later.

    It is fetched from `address`.
    """

    number: int
    size: int
    fragment: Fragment | None
    address: str = ""


def shown_parts(shown: Shown, wanted: int = 0) -> list[ShownPart]:
    """All parts of a revision whose rendering is ready, with the content of `wanted`, or of the first."""
    carried, fragment = wanted, fragment_of(shown, wanted)
    if fragment is None:
        carried, fragment = 0, fragment_of(shown)
    return [
        ShownPart(number, size, fragment)
        if number == carried
        else ShownPart(number, size, None, address_of(shown, number))
        for number, size in enumerate(fragment.lengths if fragment else ())
    ]


def address_of(shown: Shown, number: int) -> str:
    name = f"{names_of(shown) or 'revision-'}part"
    return f"{reverse(name, args=[shown.pk, number])}?of={shown.rendering_id}"


def part_with(rendering: Rendering, anchor: str) -> int | None:
    """The number of the part in which an element has the id `anchor`."""
    found = rendering.parts.filter(html__contains=f'id="{anchor}"').order_by("number")
    return found.values_list("number", flat=True).first()
