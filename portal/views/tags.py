"""Tags: what posts are about. Changing them is in tag_names.py."""

from dataclasses import dataclass
from itertools import groupby

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from knowledge.models import Post, Tag, TagSynonym, TagUse, User
from knowledge.models.listing import OFTEN, TAGGED, TAGGED_OFTEN
from knowledge.models.tag import clean_tag, meanings_of, tag_address
from knowledge.models.tag_use import known_as, ranked
from knowledge.models.writers import RECENT
from knowledge.permissions import can_describe, can_name_tags
from portal.about_tag import about
from portal.paging import page_of
from portal.requests import SignedInRequest

SHOWN = 200  # of the most used, and of what is found
LETTERS_AT_ONCE = 800  # tags; of more, a letter at a time
PEOPLE, BESIDE = 12, 12
NO_LETTER = "#"


@dataclass(frozen=True, slots=True)
class Row:
    """`also` is the synonym by which it was found, if it was."""

    name: str
    posts: int
    description: str = ""
    also: str = ""

    @property
    def html(self) -> SafeString:
        """An item of a list: not a template's, as there are hundreds."""
        also = f'<span class="meta">also {escape(self.also)}</span>' if self.also else ""
        said = f"<p>{escape(self.description)}</p>" if self.description else ""
        link = f'<a href="{escape(tag_address(self.name))}">{escape(self.name)}</a>'
        return mark_safe(f"<li>{link}<small>{self.posts}</small>{also}{said}</li>")  # noqa: S308 (escaped)


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """The tags of the posts that the reader can see: the most used, by `?by=letter`, or found by `?q=`.

    `?tag=` is the page of one that no path can name.
    """
    if asked := request.GET.get("tag"):
        return show(request, asked)
    counts = ranked(TagUse.objects.seen_by(request.user))
    wanted = clean_tag(request.GET.get("q", ""))
    context = {"section": "tags", "count": len(counts), "q": wanted, "by_letter": False}
    if wanted:
        rows = _found(counts, wanted)
        context |= {"rows": rows[:SHOWN], "more": len(rows) > SHOWN}
    elif request.GET.get("by") == "letter":
        context |= {"by_letter": True} | _letters(counts, request.GET.get("letter", ""))
    else:
        context |= {"rows": _described(counts[:SHOWN]), "more": len(counts) > SHOWN}
    return render(request, "tags/_list.html" if request.htmx else "tags/index.html", context)


@require_safe
def show(request: SignedInRequest, tag: str) -> HttpResponse:
    """A tag that no visible post carries doesn't exist, by whichever name; a synonym leads to its tag."""
    name, number = known_as(request.user, tag)
    if not number:
        raise Http404
    if name != clean_tag(tag):
        return redirect(tag_address(name))
    posts = (TAGGED_OFTEN if number > OFTEN else TAGGED).of(request.user, tags=[name])
    newest = posts.newest(None, RECENT)
    known = about(request.user, name, [pk for _, pk in newest])
    context = {
        "section": "tags",
        "tag": name,
        "number": number,
        "described": known.described,
        "synonyms": known.synonyms,
        "page": page_of(posts, request.GET.get("before", ""), newest=newest),
        "people": known.told.writers[:PEOPLE],
        "beside": [each for each in known.told.tags[: BESIDE + 1] if each[0] != name][:BESIDE],
        "follow": known.follow,
        "may_change": can_name_tags(request.user) or can_describe(known.described, request.user),
        "sees_figures": known.writes and _sees_figures(request.user, name),
    }
    return render(request, "tags/show.html", context)


def _described(counts: list[tuple[str, int]], also: dict[str, str] | None = None) -> list[Row]:
    said = meanings_of(name for name, _ in counts)
    return [Row(name, posts, said.get(name, ""), (also or {}).get(name, "")) for name, posts in counts]


def _found(counts: list[tuple[str, int]], wanted: str) -> list[Row]:
    """Those whose name, other name or description holds it: names that begin with it first."""
    synonyms = TagSynonym.objects.in_force().filter(name__contains=wanted).order_by("-name")
    also = dict(synonyms.values_list("tag__name", "name"))
    meaning = set(Tag.objects.filter(description__icontains=wanted).values_list("name", flat=True))
    meant = {name for name, _ in counts if wanted in name} | also.keys() | meaning
    found = [each for each in counts if each[0] in meant]
    found.sort(key=lambda each: (not each[0].startswith(wanted), wanted not in each[0]))
    return _described(found[: SHOWN + 1], {tag: name for tag, name in also.items() if wanted not in tag})


def _letters(counts: list[tuple[str, int]], asked: str) -> dict[str, object]:
    """All tags by their first letter; of very many those of one letter alone."""
    groups = [(letter, list(tags)) for letter, tags in groupby(sorted(counts, key=_place), key=_letter)]
    initials = [letter for letter, _ in groups]
    if len(counts) <= LETTERS_AT_ONCE or not groups:
        return {"letters": groups, "initials": initials, "letter": ""}
    letter = asked if asked in initials else initials[0]
    return {"letters": [each for each in groups if each[0] == letter], "initials": initials, "letter": letter}


def _letter(count: tuple[str, int]) -> str:
    first = count[0][:1].upper()
    return first if first.isalpha() else NO_LETTER


def _place(count: tuple[str, int]) -> tuple[bool, str, str]:
    letter = _letter(count)
    return letter == NO_LETTER, letter, count[0]


def _sees_figures(reader: User, tag: str) -> bool:
    """Whether figures of any post with the tag are theirs to see."""
    tagged = Post.objects.visible_to(reader).published().filter(tags__contains=[tag])
    return tagged.has_figures_for(reader)
