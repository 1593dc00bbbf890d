"""What a push of branches answers, and what it leaves for whom to see."""

import time
from collections.abc import Callable

from django.test import Client

from knowledge.models import Branch, Post, Preview, Push, Space, User
from tests.api.git.conftest import Server
from tests.git_client import Clone

MakeClone = Callable[..., Clone]


def test_a_branch_becomes_previews_and_no_posts(
    served: Space, alice: User, clone: MakeClone, server: Server, client: Client
) -> None:
    work = clone(alice, served)
    work.commit({"a.md": "# Apples\n", "b.md": "# Pears\n"})
    work.push()
    head = work.commit({"a.md": "# Apples, again\n", "sub/c.md": "# Cherries\n", "broken.ipynb": "{"})
    told = work.push("main:mine/draft").remote
    folder = f"{server.url}/s/growth/-/previews/mine/draft"
    assert told[0] == "growth: 3 previews of mine/draft"
    assert told[1] == f"  ~ Apples, again  {folder}/a.md"
    assert told[3].startswith("  x broken.ipynb: ")
    assert told[4] == f"  + Cherries       {folder}/sub/c.md"
    assert told[-1].startswith("Only members of growth see them. Bring mine/draft into main")
    branch = Branch.objects.get()
    assert (branch.commit, branch.pushed_by) == (head, alice)
    assert set(Post.objects.values_list("path", flat=True)) == {"a.md", "b.md"}
    assert Push.objects.count() == 1
    client.force_login(alice)
    assert client.get("/s/growth/-/previews/mine/draft/a.md").status_code == 200


def test_a_forced_push_leaves_what_it_brings(served: Space, alice: User, clone: MakeClone) -> None:
    work = clone(alice, served)
    work.commit({"a.md": "# A\n"})
    work.push()
    work.commit({"b.md": "# B\n"})
    work.push("main:draft")
    work.git("reset", "-q", "--hard", "HEAD~1")
    work.commit({"c.md": "# C\n"})
    told = work.push("--force", "main:draft").remote
    assert told[0] == "growth: 1 preview of draft"
    assert [preview.path for preview in Preview.objects.all()] == ["c.md"]


def test_deleting_a_branch_ends_its_previews(
    served: Space, alice: User, clone: MakeClone, client: Client
) -> None:
    work = clone(alice, served)
    work.commit({"a.md": "# A\n"})
    work.push("main:draft")
    assert work.push("--delete", "draft").remote == ["growth: draft is gone, and its previews with it"]
    client.force_login(alice)
    for _ in range(100):
        if not Preview.objects.exists():
            break
        time.sleep(0.05)
    assert client.get("/s/growth/-/previews/draft/a.md").status_code == 410


def test_main_and_branches_pushed_at_once_are_told_one_after_the_other(
    served: Space, alice: User, clone: MakeClone
) -> None:
    work = clone(alice, served)
    work.commit({"a.md": "# A\n"})
    work.git("branch", "same")
    work.git("checkout", "-q", "-b", "draft")
    work.commit({"b.md": "# B\n"})
    told = work.push("main", "same", "draft").remote
    assert told[0] == "growth: 1 document (1 new)"
    assert "growth: 1 preview of draft" in told
    assert told[-1] == "growth: same holds no documents that differ from main's"


def test_tags_make_nothing_and_need_no_word(served: Space, alice: User, clone: MakeClone) -> None:
    work = clone(alice, served)
    work.commit({"a.md": "# A\n"})
    work.git("tag", "v1")
    assert work.push("v1").remote == []
    assert not Branch.objects.exists()


def test_of_many_branches_the_first_are_told(served: Space, alice: User, clone: MakeClone) -> None:
    work = clone(alice, served)
    work.commit({"a.md": "# A\n"})
    told = work.push(*(f"main:b{number}" for number in range(7))).remote
    assert sum(line.startswith("growth: 1 preview of b") for line in told) == 5
    assert told[-1].startswith("growth: and 2 more branches: http")
