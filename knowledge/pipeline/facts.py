"""What lists and cards show of a post: copied from one revision's header onto the post and its authors.

Reading a header is the documents' part; which revision counts is decided by ingest (the latest, until one is
published) and publish.
"""

from collections import Counter
from collections.abc import Iterable
from functools import reduce
from operator import or_
from pathlib import PurePosixPath

from django.db.models import Q
from django.db.models.functions import Lower

from knowledge.documents import Header
from knowledge.documents.header import header_of
from knowledge.linting import accepted_in
from knowledge.models import Authorship, Post, Rendering, Revision, TagSynonym, User
from knowledge.models.post_states import Kind
from knowledge.models.tag import clean_tag
from knowledge.trust import RUN_CODES

COLUMNS = [
    "kind",
    "title",
    "subtitle",
    "tldr",
    "tags",
    "private",
    "allowed_groups",
    "created_at",
    "updated_at",
    "run_findings",
]
OWN_ADDRESS = "@almanac.invalid"  # of commits by people who have no mail address: see User.git_email


def show(post: Post, revision: Revision) -> None:
    """Set the post's COLUMNS, in memory, to what `revision` says. Its rendering must be loaded.

    Of one that a secret keeps back, no words: members see the post in lists, and few of them may see that.
    """
    header = header_of(revision.header)
    post.kind = kind_of(post.path, header)
    post.title = revision.title
    post.subtitle, post.tldr, post.tags = header.subtitle, header.tldr, tags_of(header)
    if "secret" in revision.blocked_by:
        post.title, post.subtitle, post.tldr, post.tags = PurePosixPath(post.path).name, "", "", []
    post.created_at = header.created_at or post.created_at or revision.committed_at
    post.updated_at = header.updated_at or revision.committed_at
    post.run_findings = run_findings(revision)
    if _is_sure(revision) or not post.private:
        post.private, post.allowed_groups = header.private, list(header.allowed_groups)


def run_findings(revision: Revision) -> list[str]:
    """The codes of those findings that tell how it was run, as far as its header doesn't accept them."""
    found = {each["code"] for each in revision.rendering.findings} & RUN_CODES
    return sorted(found - accepted_in(revision.header))


def tighten(post: Post, header: Header) -> None:
    """Let a revision that hides more take effect at once, before it is rendered, and even if it never is."""
    if header.private:
        allowed = list(header.allowed_groups)
        post.allowed_groups = (
            [name for name in post.allowed_groups if name in allowed] if post.private else allowed
        )
        post.private = True


def kind_of(path: str, header: Header) -> Kind:
    """README.md introduces its folder, unless a header makes it a post."""
    name = PurePosixPath(path).name.lower()
    is_introduction = name in {"readme.md", "readme.markdown"} and not header.present
    return Kind.INTRODUCTION if is_introduction else Kind.POST


def tags_of(header: Header) -> list[str]:
    """As the header spells them; `name_tags` puts tags in the place of their synonyms."""
    return list(dict.fromkeys(filter(None, map(clean_tag, header.tags))))


def name_tags(posts: Iterable[Post]) -> None:
    """Call the tags of the posts, in memory, by the names they go by now. One query, however many.

    A merge that happens at this moment may be missed: tagging.settle finds it.
    """
    posts = list(posts)
    current = TagSynonym.objects.current({tag for post in posts for tag in post.tags})
    for post in posts:
        post.tags = list(dict.fromkeys(current[tag] for tag in post.tags))


def sign(shown: Iterable[Revision]) -> None:
    """Make each revision's authors the authors of its post. Three queries, however many they are."""
    names = {revision: _names(revision) for revision in shown}
    spelled_names = {name for spelled in names.values() for each in spelled for name in each}
    people = People(spelled_names | {header_of(revision.header).owner for revision in names})
    authorships = [
        people.authorship(revision, position, alternatives)
        for revision, spelled in names.items()
        for position, alternatives in enumerate(spelled)
    ]
    posts = [revision.post_id for revision in names]
    Authorship.objects.filter(post__in=posts).delete()
    Authorship.objects.bulk_create(_once_each(authorships), batch_size=1000)
    _own(names, people)


def _own(revisions: Iterable[Revision], people: "People") -> None:
    """Set whom the headers call the owners. Two queries, one for each owner."""
    named = {revision.post_id: people.find(header_of(revision.header).owner) for revision in revisions}
    Post.objects.filter(pk__in=named).exclude(owner=None).update(owner=None)
    for owner in {owner for owner in named.values() if owner}:
        Post.objects.filter(pk__in=[pk for pk, it in named.items() if it == owner]).update(owner=owner)


class People:
    """Users by user name, mail address or full name, as headers and commits spell them."""

    def __init__(self, names: Iterable[str]) -> None:
        wanted = {name.lower().removesuffix(OWN_ADDRESS) for name in names if name}
        keys = ("username", "email", "name", "imported_email")
        lowered = User.objects.alias(**{f"{key}_lower": Lower(key) for key in keys})
        known = reduce(or_, (Q(**{f"{key}_lower__in": wanted}) for key in keys))
        found = list(lowered.filter(known).select_related("claimed_by").order_by("pk"))
        people = [(user, user.claimed_by or user) for user in found]
        namesakes = Counter(name for name, _ in {(user.name.lower(), person.pk) for user, person in people})
        self._by: dict[str, User] = {}
        self._by |= {user.name.lower(): it for user, it in people if namesakes[user.name.lower()] == 1}
        self._by |= {user.email.lower(): it for user, it in reversed(people)}
        # Of whom an import knew, before whoever has that address now without having proved it.
        self._by |= {user.imported_email.lower(): it for user, it in reversed(people)}
        self._by |= {user.username.lower(): it for user, it in people}
        self._by.pop("", None)

    def find(self, name: str) -> User | None:
        return self._by.get(name.lower().removesuffix(OWN_ADDRESS))

    def authorship(self, revision: Revision, position: int, alternatives: tuple[str, ...]) -> Authorship:
        """`alternatives` spell one person: the first for people to read, the last the surest key."""
        user = next((found for name in reversed(alternatives) if (found := self.find(name))), None)
        shown = user.get_full_name() if user else next(filter(None, alternatives), "")
        return Authorship(post_id=revision.post_id, position=position, name=shown[:200], user=user)


def _once_each(authorships: Iterable[Authorship]) -> list[Authorship]:
    """Without those of a person whom the post names before, in another spelling."""
    first: dict[tuple[int, int | str], Authorship] = {}
    for each in authorships:
        first.setdefault((each.post_id, each.user_id or each.name), each)
    return list(first.values())


def _names(revision: Revision) -> list[tuple[str, ...]]:
    """The header's authors, else the commit's, else whoever pushed."""
    if authors := header_of(revision.header).authors:
        return [(name,) for name in dict.fromkeys(authors)]
    pusher = revision.pushed_by.username if revision.pushed_by else ""
    if not revision.author_name and not revision.author_email:
        return [(pusher,)] if pusher else []
    return [(revision.author_name, revision.author_email)]


def _is_sure(revision: Revision) -> bool:
    """Whether the header could be read. If not, a private post stays as private as it was."""
    broken = any("header" in fault["code"] for fault in revision.faults)
    return not broken and revision.rendering.state != Rendering.State.FAILED
