"""The folders of a space, as far as posts lie in them."""

from dataclasses import dataclass

from django.db.models import CharField, Count, F, Func, Value
from django.db.models.functions import Substr

from knowledge.models.post_queryset import PostQuerySet


@dataclass(frozen=True, slots=True)
class Subfolder:
    name: str
    path: str
    posts: int


def subfolders(posts: PostQuerySet, place: str) -> list[Subfolder]:
    """The folders right below `place` that hold posts, with how many."""
    prefix = f"{place}/" if place else ""
    rest = Substr("path", len(prefix) + 1)
    inside = posts.published().order_by().annotate(rest=rest).filter(rest__contains="/")
    name = Func(F("rest"), Value("/"), Value(1), function="split_part", output_field=CharField())
    counted = inside.annotate(folder=name).values_list("folder").annotate(number=Count("pk"))
    return [Subfolder(name, f"{prefix}{name}/", number) for name, number in sorted(counted)]
