"""What bombs cost others: ordinary posts alone, and while the worker is at documents that exhaust it.

    python -m benchmarks.bombs

Times are the portal's own record of each rendering, from when it was queued. Bombs are in the same push,
before the ordinary posts; or in one that came just before, to the same space or to another.
"""

import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.figures import heading, row, spread
from benchmarks.site import Site
from portal.embedded import urls
from tests.faults.meanwhile import HEAVY, Times, bombs, ordinary, times
from tests.portal_process import wait_until

POSTS = 30
SINGLE = 5
TURNS = 3
GOAL = 2.0


@dataclass
class Seen:
    """What turns saw: of all posts, and how many seconds each push took to answer."""

    posts: Times = field(default_factory=lambda: Times([], []))
    answers: list[float] = field(default_factory=list)

    def add(self, posts: Times, answer: float) -> None:
        self.posts.readable.extend(posts.readable)
        self.posts.drawing.extend(posts.drawing)
        self.answers.append(answer)


def main() -> None:
    with Site() as site:
        crowd, neighbour = site.clone("crowd"), site.clone("neighbour")
        for clone in (crowd, neighbour):
            seen_of(site, clone, "warm", 5, Seen())
        same_push(site, crowd)
        right_after(site, crowd, neighbour, "to another space")
        right_after(site, crowd, crowd, "to the same space")


def same_push(site: Site, clone: Path) -> None:
    usual, meanwhile = Seen(), Seen()
    seen_of(site, clone, "usual", POSTS, usual)
    write(clone, bombs("bombs"))
    seen_of(site, clone, "meanwhile", POSTS, meanwhile)
    heading(f"{POSTS} ordinary posts in a push, alone and behind {len(HEAVY)} bombs")
    tell("alone", usual)
    tell("meanwhile", meanwhile)
    compare("Time to draw one, the median, meanwhile", meanwhile.posts.over(usual.posts))
    compare("Time until readable, the median, meanwhile", meanwhile.posts.late(usual.posts))
    site.wait_until_rendered(clone.name, seconds=300)


def right_after(site: Site, crowd: Path, clone: Path, where: str) -> None:
    """A push of many posts right after the bombs, and of single ones while those are drawn."""
    usual, after, usual_single, single = Seen(), Seen(), Seen(), Seen()
    for turn in range(1, TURNS + 1):
        name = f"{clone.name}-{turn}"
        seen_of(site, clone, f"usual-{name}", POSTS, usual)
        for number in range(SINGLE):
            seen_of(site, clone, f"usual-{name}-{number}", 1, usual_single)
        write(crowd, bombs(f"bombs-{name}", turn if clone is crowd else TURNS + turn))
        push(site, crowd)
        seen_of(site, clone, f"after-{name}", POSTS, after)
        for number in range(SINGLE):
            seen_of(site, clone, f"after-{name}-{number}", 1, single)
        site.wait_until_rendered(crowd.name, seconds=300)
    heading(f"{POSTS} ordinary posts in a push {where}, right after one of {len(HEAVY)} bombs; {TURNS} turns")
    tell("alone", usual)
    tell("right after", after)
    compare("Time until readable, the median, right after", after.posts.late(usual.posts))
    tell("a single one, alone", usual_single)
    tell("a single one, meanwhile", single)
    compare("Time until readable, the median, a single one", single.posts.late(usual_single.posts))
    compare(
        "Time until the push answers, the median",
        statistics.median(after.answers + single.answers)
        / statistics.median(usual.answers + usual_single.answers),
    )


def tell(name: str, seen: Seen) -> None:
    row(f"drawn {name}", spread(seen.posts.drawing))
    row(f"readable after it was queued, {name}", spread(seen.posts.readable))
    row(f"the push answered, {name}", spread(seen.answers))


def compare(what: str, ratio: float) -> None:
    row(what, f"{ratio:.2f} of the usual", f"<= {GOAL:g}", met=ratio <= GOAL)


def write(clone: Path, files: dict[str, bytes]) -> None:
    for path, data in files.items():
        target = clone / path
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(data)


def push(site: Site, clone: Path) -> float:
    """Commit and push what was written; returns after how many seconds the push was answered."""
    site.git(clone, "add", ".")
    site.git(clone, "commit", "-qm", "Write")
    began = time.monotonic()
    site.git(clone, "push", "-q", "origin", "main")
    return time.monotonic() - began


def seen_of(site: Site, clone: Path, folder: str, count: int, seen: Seen) -> None:
    """Push ordinary posts, wait until all are readable, and add to `seen` what that took."""
    write(clone, ordinary(folder, count))
    answer = push(site, clone)
    served = urls(site.portal.data_dir)
    assert served
    wait_until(lambda: times(served[0], clone.name, folder) is not None, 300, interval=0.2)
    posts = times(served[0], clone.name, folder)
    assert posts
    seen.add(posts, answer)


if __name__ == "__main__":
    main()
