"""What `expand=` takes where: things that a row only names, whole, under `expanded`.

Above all resources, so that none of them has to know another.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from api.collections import CollectionViewSet
from api.comments import CommentViewSet
from api.endpoint import Endpoint
from api.insight_told import told as told_insights
from api.insight_told import told_by_id
from api.insights import InsightViewSet
from api.investigations import InvestigationPostViewSet
from api.people import PersonSerializer, people_seen_by
from api.post_shapes import PostSerializer, context_of, told
from api.posts import PostViewSet
from api.questions import OpenQuestionViewSet
from api.resting import DatasetInsightViewSet, DatasetPostViewSet, LibraryInsightViewSet, LibraryPostViewSet
from api.reviews import ReviewViewSet
from api.revisions import RevisionViewSet
from api.shaping import Expansion, Row
from api.spaces import SpaceSerializer, spaces_seen_by
from knowledge.models import Insight, Post, User
from knowledge.models.insight_facts import stamps_of

ELSEWHERE = 500  # insights that are looked at, for all rows
Pick = Callable[[Row], Any]


def _one(component: str, load: Any) -> Expansion:
    return Expansion({"oneOf": [{"$ref": f"#/components/schemas/{component}"}, {"type": "null"}]}, load)


def _many(component: str, load: Any) -> Expansion:
    return Expansion({"type": "array", "items": {"$ref": f"#/components/schemas/{component}"}}, load)


def _spaces(caller: User, rows: Sequence[Row]) -> list[Any]:
    found = spaces_seen_by(caller).filter(slug__in=_named(rows, lambda row: row["space"]))
    shelves = {each["slug"]: each for each in SpaceSerializer(found, many=True).data}
    return [shelves.get(row["space"]) for row in rows]


def _posts(pick: Pick) -> Any:
    def load(caller: User, rows: Sequence[Row]) -> list[Any]:
        visible = told(Post.objects.visible_to(caller).posts(), caller)
        found = PostSerializer(
            visible.filter(pk__in=_named(rows, pick)), many=True, context=context_of(caller)
        ).data
        posts = {each["id"]: each for each in found}
        return [posts.get(pick(row)) for row in rows]

    return load


def _authors(caller: User, rows: Sequence[Row]) -> list[Any]:
    names = [[each["username"] for each in row["authors"] if each["username"]] for row in rows]
    wanted = {name for each in names for name in each}
    found = PersonSerializer(people_seen_by(caller).filter(username__in=wanted), many=True).data
    people = {each["username"]: each for each in found}
    return [[people[name] for name in each if name in people] for each in names]


def _insights(caller: User, rows: Sequence[Row]) -> list[Any]:
    """Of each post; what is told is of another's, where the caller sees no reading of its own."""
    wanted = Insight.objects.visible_to(caller).filter(post__in=[row["id"] for row in rows])
    posts = dict(wanted.values_list("pk", "post_id"))
    said: dict[int | None, list[Row]] = {}
    for pk, each in told_by_id(caller, stamps_of(caller, list(posts))).items():
        said.setdefault(posts[pk], []).append(each)
    return [said.get(row["id"], []) for row in rows]


def _elsewhere(caller: User, rows: Sequence[Row]) -> list[Any]:
    """What other spaces say under the same name, as of the same day, if that is something else."""
    names = {row["name"] for row in rows if row["as_of"]}
    others = Insight.objects.visible_to(caller).filter(name__in=names, withdrawn_at=None).order_by("pk")
    ids = list(others.values_list("pk", flat=True)[:ELSEWHERE])
    said: dict[Any, list[Row]] = {}
    for each in told_insights(caller, stamps_of(caller, ids)):
        if each["status"] != Insight.State.WITHDRAWN:
            said.setdefault((each["name"], each["as_of"]), []).append(each)
    return [
        [
            each
            for each in said.get((row["name"], row["as_of"]), ())
            if each["space"] != row["space"] and each["value"] != row["value"]
        ]
        for row in rows
    ]


def _named(rows: Iterable[Row], pick: Pick) -> set[Any]:
    return {name for name in map(pick, rows) if name is not None}


SPACE = _one("Space", _spaces)
POST = _one("Post", _posts(lambda row: row["post"]))
EXPANSIONS: dict[type[Endpoint], dict[str, Expansion]] = {
    PostViewSet: {
        "space": SPACE,
        "authors": _many("Person", _authors),
        "insights": _many("Insight", _insights),
    },
    RevisionViewSet: {"post": POST},
    ReviewViewSet: {"post": POST, "space": SPACE},
    CommentViewSet: {"post": _one("Post", _posts(lambda row: row["thread"]["post"]))},
    OpenQuestionViewSet: {"space": SPACE},
    InsightViewSet: {"post": POST, "space": SPACE, "elsewhere": _many("Insight", _elsewhere)},
    DatasetInsightViewSet: {"post": POST, "space": SPACE},
    LibraryInsightViewSet: {"post": POST, "space": SPACE},
    DatasetPostViewSet: {"post": POST, "space": SPACE},
    LibraryPostViewSet: {"post": POST, "space": SPACE},
    InvestigationPostViewSet: {"post": POST, "space": SPACE},
    CollectionViewSet: {"space": SPACE},
}


def attach() -> None:
    """Tell the resources; once, when the addresses are read."""
    for resource, expansions in EXPANSIONS.items():
        resource.expansions = expansions
