"""Citing: which posts a post links to, kept up as either is published, renamed or brought over.

A link is followed as pages follow it: to the post that lies there, or lay there, or had that address in its
old portal. One that leads nowhere yet waits, and is followed when a post arrives there.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from knowledge.models import Citation, FormerPath, OldAddress, Post, RenderingPart
from knowledge.models.imported import old_address
from knowledge.models.rendering import large
from knowledge.relating.goals import Goal, goal_of, old_spellings, spellings
from knowledge.relating.sentences import sentences

WAITING = 100  # links of one post that lead nowhere yet
BATCH = 100
_SUFFIXES = ("", ".kp", ".kp/knowledge.md")


def follow_links(posts: Collection[int]) -> None:
    """Find out anew what these posts cite."""
    with transaction.atomic():
        citing = list(_locked(posts))
        links = {post.pk: _goals(post) for post in citing}
        found = resolved({goal for goals in links.values() for goal in goals.values()})
        Citation.objects.filter(post__in=posts).delete()
        Citation.objects.bulk_create(
            [citation for post in citing for citation in _citations(post, links[post.pk], found)]
        )


def follow_waiting(posts: Collection[int]) -> None:
    """Have those that link to where one of these posts is now, or was, cite it."""
    named = _places(posts)
    waiting = Citation.objects.filter(cited=None, space__in={space for space, _ in named})
    waiting = waiting.filter(path__in={path for _, path in named}).exclude(post__in=posts)
    _again(waiting.order_by().values_list("post", flat=True).distinct())


def follow_lost() -> None:
    """Follow again what led nowhere, or to what was deleted since: an import may have brought addresses."""
    lost = Citation.objects.filter(Q(cited=None) | Q(cited__status=Post.Status.DELETED))
    _again(lost.order_by().values_list("post", flat=True).distinct())


def _again(posts: Iterable[int]) -> None:
    citing = sorted(posts)
    for at in range(0, len(citing), BATCH):
        follow_links(citing[at : at + BATCH])


def _locked(posts: Collection[int]) -> Iterable[Post]:
    """Those of them that readers see, locked, so that two workers don't write the same citations."""
    heavy = (*large(""), "assets", "outputs", "macros", "findings", "headings", "insights")
    known = Post.objects.live().filter(pk__in=posts, published_revision__isnull=False)
    return (
        known.select_related("space", "published_revision__rendering")
        .defer(
            "published_revision__header", *(f"published_revision__rendering__{column}" for column in heavy)
        )
        .order_by("pk")
        .select_for_update(no_key=True, of=("self",))
    )


def _goals(post: Post) -> dict[str, Goal]:
    """What each link of its document means, of those that may mean a post."""
    shown = post.published_revision
    if shown is None:
        return {}
    goals = {
        link: goal_of(link, space=post.space.slug, beside=shown.path, site=settings.SITE_URL)
        for link in shown.rendering.links
    }
    return {link: goal for link, goal in goals.items() if goal}


def _citations(post: Post, goals: Mapping[str, Goal], found: Mapping[Goal, int]) -> Iterable[Citation]:
    cited: dict[int, str] = {}
    for link, goal in goals.items():
        target = found.get(goal)
        if target is not None and target != post.pk:
            cited.setdefault(target, link)
    said = _sentences(post, cited.values()) if cited else {}
    for target, link in cited.items():
        goal = goals[link]
        yield Citation(
            post=post, cited_id=target, space=goal.space, path=goal.path, sentence=said.get(link, "")[:300]
        )
    waiting = dict.fromkeys(goal for goal in goals.values() if goal not in found and goal.may_be_post)
    for goal in list(waiting)[:WAITING]:
        yield Citation(post=post, space=goal.space, path=goal.path)


def _sentences(post: Post, links: Collection[str]) -> dict[str, str]:
    said: dict[str, str] = {}
    parts = RenderingPart.objects.filter(rendering__revisions=post.published_revision)
    for html in parts.order_by("number").values_list("html", flat=True).iterator(chunk_size=5):
        said = sentences(html, links) | said
        if len(said) == len(links):
            break
    return said


def resolved(goals: Collection[Goal]) -> dict[Goal, int]:
    """The posts that they mean, whoever may see them."""
    ids = {goal.post for goal in goals if goal.post is not None}
    there = set(Post.objects.live().filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    placed = [goal for goal in goals if goal.post is None]
    at = _at({goal.space for goal in placed}, {path for goal in placed for path in _meant(goal.path)})
    found = {goal: goal.post for goal in goals if goal.post in there and goal.post is not None}
    for goal in placed:
        if target := next((at[key] for path in _meant(goal.path) if (key := (goal.space, path)) in at), None):
            found[goal] = target
    return found | _once_at([goal for goal in placed if goal not in found])


def _meant(path: str) -> Sequence[str]:
    """Paths of the repository, the likeliest first."""
    paths = [*spellings(path)]
    for old in old_spellings(path):
        paths += [old_address(old) + suffix for suffix in _SUFFIXES]
    return list(dict.fromkeys(paths))


def _at(spaces: Collection[str], paths: Collection[str]) -> dict[tuple[str, str], int]:
    """What lies at each place, or is shown there, or lay there before it was renamed."""
    if not paths:
        return {}
    live = Post.objects.live().filter(space__slug__in=spaces).order_by("pk")
    lay = FormerPath.objects.filter(space__slug__in=spaces, path__in=paths).exclude(
        post__status=Post.Status.DELETED
    )
    knitted = live.filter(published_revision__knitted_path__in=paths)
    shown = ("space__slug", "published_revision__knitted_path", "pk")
    rows = [
        *lay.values_list("space__slug", "path", "post"),
        *knitted.values_list(*shown),
        *live.filter(path__in=paths).values_list("space__slug", "path", "pk"),
    ]
    return {(space, path): post for space, path, post in rows}


def _once_at(goals: Sequence[Goal]) -> dict[Goal, int]:
    """By the addresses of old portals: those brought over with the space first, else the newest."""
    spelled = {goal: [old_address(path) for path in old_spellings(goal.path)] for goal in goals}
    known = OldAddress.objects.filter(path__in={path for paths in spelled.values() for path in paths})
    live = known.exclude(post__status=Post.Status.DELETED).order_by("pk")
    rows = list(live.values_list("space__slug", "path", "post")) if goals else []
    anywhere = {path: post for _, path, post in rows}
    here = {(space, path): post for space, path, post in rows}
    found = {}
    for goal, paths in spelled.items():
        targets = [here.get((goal.space, path)) or anywhere.get(path) for path in paths]
        if target := next(filter(None, targets), None):
            found[goal] = target
    return found


def _places(posts: Collection[int]) -> set[tuple[str, str]]:
    """Space and path of all places at which links look for these posts."""
    live = Post.objects.live().filter(pk__in=posts)
    rows = [
        *live.values_list("space__slug", "path"),
        *live.exclude(published_revision__knitted_path="").values_list(
            "space__slug", "published_revision__knitted_path"
        ),
        *FormerPath.objects.filter(post__in=posts).values_list("space__slug", "path"),
        *OldAddress.objects.filter(post__in=posts).values_list("space__slug", "path"),
    ]
    places = set()
    for space, path in rows:
        if space and path:
            name = old_address(path)
            places |= {(space, each) for each in (path, *(name + suffix for suffix in _SUFFIXES))}
            places |= {(space, f"post/{name}"), (space, f"post/{path}")}
    return places
