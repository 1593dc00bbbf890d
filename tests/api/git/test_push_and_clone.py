import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from knowledge.git import Repository
from knowledge.models import Post, Push, Space, User
from tests.git_client import Clone

MakeClone = Callable[..., Clone]


def test_a_push_becomes_a_post_and_a_colleague_clones_it(
    served: Space, alice: User, carol: User, clone: MakeClone
) -> None:
    work = clone(alice, served)
    head = work.commit({"retention.md": "# Free shipping brings people back\n\nIt does.\n"})
    said = work.push()
    assert said.code == 0, said.err
    assert Push.objects.get().new_commit == head
    assert Push.objects.get().pushed_by == alice
    assert Post.objects.get().path == "retention.md"
    hers = clone(carol, served, "read")
    hers.git("pull", "-q", hers.remote, "main")
    assert (hers.folder / "retention.md").read_text().startswith("# Free shipping")


def test_the_answer_names_each_post_with_its_address(
    served: Space, alice: User, clone: MakeClone, server
) -> None:
    work = clone(alice, served)
    head = work.commit({"retention.md": "# Free shipping brings people back\n", "broken.ipynb": "{"})
    told = work.push().remote
    assert told[0] == "growth: 2 documents (2 new)"
    assert told[1].startswith("  x broken.ipynb: ")
    assert told[2] == f"  + Free shipping brings people back  {server.url}/s/growth/retention.md"
    assert told[3].startswith("  ? retention.md: There is no summary. ")
    assert told[4] == f"Watch them become readable: {server.url}/s/growth/-/pushes/{head}"


def test_a_pack_over_a_megabyte_arrives_in_chunks(served: Space, alice: User, clone: MakeClone) -> None:
    work = clone(alice, served)
    work.commit({"data.bin": os.urandom(5_000_000), "a.md": "# A\n"})
    assert work.push().code == 0
    other = clone(alice, served, folder="other")
    other.git("fetch", "-q", other.remote, "main")
    assert other.git("cat-file", "-s", "FETCH_HEAD:data.bin") == "5000000"


def test_fetches_are_understood_gzipped(served: Space, alice: User, clone: MakeClone) -> None:
    """git gzips a request that lists many commits it has."""
    work = clone(alice, served)
    work.commit({"a.md": "# A\n"})
    work.push()
    other = clone(alice, served, folder="other")
    other.git("pull", "-q", other.remote, "main")
    for number in range(60):
        other.commit(message=f"Mine {number}")
    new = work.commit({"a.md": "# B\n"})
    work.push()
    other.git("-c", "protocol.version=0", "fetch", "-q", other.remote, "main")
    assert other.git("rev-parse", "FETCH_HEAD") == new


def test_shallow_and_partial_clones_work(served: Space, alice: User, clone: MakeClone) -> None:
    work = clone(alice, served)
    for number in range(3):
        work.commit({"a.md": f"# {number}\n"})
    work.push()
    shallow = clone(alice, served, folder="shallow")
    shallow.git("fetch", "-q", "--depth", "1", shallow.remote, "main")
    assert shallow.git("rev-list", "--count", "FETCH_HEAD") == "1"
    partial = clone(alice, served, folder="partial")
    partial.git("clone", "-q", "--filter=blob:none", partial.remote, "copy")
    assert (partial.folder / "copy/a.md").read_text() == "# 2\n"


def test_cloning_an_empty_space_works(served: Space, alice: User, clone: MakeClone) -> None:
    empty = clone(alice, served)
    assert empty.run("clone", empty.remote, "copy").code == 0


def test_pushing_again_what_is_there_says_so(served: Space, alice: User, clone: MakeClone) -> None:
    work = clone(alice, served)
    work.commit({"a.md": "# A\n"})
    work.push()
    again = work.push()
    assert again.code == 0
    assert "Everything up-to-date" in again.err


def test_a_push_behind_the_branch_is_rejected_and_told_how_to_go_on(
    served: Space, alice: User, bob: User, clone: MakeClone
) -> None:
    hers, his = clone(alice, served), clone(bob, served)
    hers.commit({"a.md": "# A\n"})
    assert hers.push().code == 0
    his.commit({"b.md": "# B\n"})
    said = his.push()
    assert said.code == 1
    assert "fetch first" in said.err
    forced = his.push("--force", "main")
    assert forced.code == 1
    assert any("can't be rewritten" in line and "git pull --rebase" in line for line in forced.remote)


def test_five_pushes_at_once_to_branches_all_arrive(served: Space, alice: User, clone: MakeClone) -> None:
    works = [clone(alice, served, folder=f"w{number}") for number in range(5)]
    heads = [work.commit({f"{number}.md": f"# {number}\n"}) for number, work in enumerate(works)]
    with ThreadPoolExecutor(5) as pool:
        said = list(pool.map(lambda pair: pair[1].push(f"main:b{pair[0]}"), enumerate(works)))
    assert [answer.code for answer in said] == [0] * 5
    assert [Repository("growth").head(f"b{number}") for number in range(5)] == heads


def test_of_five_pushes_at_once_to_main_one_wins_and_the_rest_can_try_again(
    served: Space, alice: User, clone: MakeClone
) -> None:
    works = [clone(alice, served, folder=f"w{number}") for number in range(5)]
    for number, work in enumerate(works):
        work.commit({f"{number}.md": f"# {number}\n"})

    def insist(work: Clone) -> int:
        for attempt in range(12):
            if work.push().code == 0:
                return attempt
            work.git("pull", "-q", "--rebase", work.remote, "main")
        raise AssertionError("never got through")

    with ThreadPoolExecutor(5) as pool:
        attempts = list(pool.map(insist, works))
    assert min(attempts) == 0
    repository = Repository("growth")
    assert {entry.path for entry in repository.entries(repository.head("main"))} == {
        f"{number}.md" for number in range(5)
    }
    assert Push.objects.count() == 5
