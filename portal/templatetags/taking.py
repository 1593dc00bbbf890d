"""What the menu of a post's page says of taking it along."""

from pathlib import PurePosixPath

from django import template

from knowledge.models import Revision
from portal.taking import citation as citations

register = template.Library()


@register.filter
def filename(path: str) -> str:
    """The last name of a path."""
    return PurePosixPath(path).name


@register.simple_tag
def citation(revision: Revision, title: str = "") -> citations.Citation:
    """{% citation revision title as cited %}: `cited.line` and `cited.bibtex`."""
    return citations.citation(revision, title)
