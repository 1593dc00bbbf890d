"""Whatever people do with a post, in whatever order, its state follows the table and what its rows say."""

import random
from collections.abc import Callable

import pytest

from knowledge.errors import UserError
from knowledge.life import state_of
from knowledge.models import Post, Review, Revision, Space, User, Verdict
from knowledge.pipeline.keeping import archive, look_for_stale, still_true, unarchive
from knowledge.pipeline.reviewing import give_verdict, request_review, withdraw
from knowledge.pipeline.superseding import supersede
from tests.knowledge.pipeline.desk import Desk, reconcile, render_all
from tests.knowledge.pipeline.test_keeping import LATER

PLACES = ["a.md", "strict/a.md"]


class Walk:
    """One post, other posts beside it, and people who do what comes to their minds."""

    def __init__(self, desk: Desk, seed: int, alice: User, bob: User, dana: User) -> None:
        self.desk, self.dice = desk, random.Random(seed)
        self.alice, self.bob, self.dana = alice, bob, dana
        self.place: str | None = None
        self.texts = 0

    def text(self) -> str:
        self.texts += 1
        extra = self.dice.choice(["", "supersedes: other.md\n", "refresh_every: 30 days\n"])
        return f"---\ntitle: T\nauthors: [alice]\n{extra}---\n{'Line.' * 40}\n{self.texts}\n"

    def push(self, changes: dict[str, str | None]) -> None:
        self.desk.push(changes)
        reconcile(self.desk)
        if self.dice.random() < 0.8:
            render_all()

    def write(self) -> None:
        self.place = self.place or self.dice.choice(PLACES)
        self.push({self.place: self.text()})

    def move(self) -> None:
        if self.place:
            old, self.place = self.place, PLACES[1 - PLACES.index(self.place)]
            text = self.text() if self.dice.random() < 0.5 else self.desk.files[old].decode()
            self.push({old: None, self.place: text})

    def delete(self) -> None:
        if self.place:
            self.push({self.place: None})
            self.place = None

    def other(self) -> None:
        gone = "other.md" in self.desk.files and self.dice.random() < 0.3
        self.push({"other.md": None if gone else self.text()})

    def judge(self) -> None:
        for review in Review.objects.open():
            by, kind = self.dice.choice([self.bob, self.dana]), self.dice.choice(Verdict.Kind.values)
            words = {"summary": "Well."}
            give_verdict(by=by, review=review, revision=review.revision_id, kind=Verdict.Kind(kind), **words)

    def ask(self) -> None:
        request_review(by=self.alice, post=self.post())

    def withdraw(self) -> None:
        for review in Review.objects.open():
            withdraw(by=self.dana, review=review)

    def keep(self) -> None:
        verbs: list[Callable[[], object]] = [
            lambda: archive(by=self.dana, post=self.post(), why="Old."),
            lambda: unarchive(by=self.dana, post=self.post()),
            lambda: still_true(by=self.dana, post=self.post()),
            lambda: supersede(by=self.dana, post=self.post(), name=self.dice.choice(["other.md", ""])),
            lambda: look_for_stale(now=LATER),
        ]
        self.dice.choice(verbs)()

    def post(self) -> Post:
        return self.dice.choice(list(Post.objects.live().select_related("space")))

    def step(self) -> str:
        often = [self.write, self.judge, self.keep] * 2
        doing = self.dice.choice([*often, self.move, self.delete, self.other, self.ask, self.withdraw])
        try:
            doing()
        except UserError as error:
            return f"{doing.__name__}: {error.code}"
        except IndexError:
            return "nothing there yet"
        return doing.__name__


@pytest.mark.parametrize("seed", range(6))
def test_a_walk_through_the_life_of_posts_never_leaves_the_table(
    desk: Desk, alice: User, bob: User, dana: User, seed: int
) -> None:
    Space.objects.update(review_rules="strict/ required\n")
    walk, said = Walk(desk, seed, alice, bob, dana), []
    for _ in range(40):
        said.append(walk.step())
        for post in Post.objects.all():
            assert post.status == state_of(post), said
            assert bool(post.review_state) == Review.objects.open().filter(post=post).exists(), said
        held = Revision.objects.filter(is_held=True)
        assert not Post.objects.filter(published_revision__in=held).exists(), said
        unapproved = Post.objects.live().filter(path__startswith="strict/", published_revision__isnull=False)
        approved = Review.objects.filter(state="approved").values("revision")
        assert not unapproved.exclude(published_revision__in=approved).exists(), said
