"""What bombs cost others: ordinary posts drawn alone, and while the worker is at documents that exhaust it.

    python -m benchmarks.bombs

Times are the portal's own record of each rendering. Bombs lie in the same push, before the ordinary posts.
"""

import statistics
from pathlib import Path

from benchmarks.figures import heading, row, spread
from benchmarks.site import Site
from portal.embedded import urls
from tests.faults.meanwhile import Times, bombs, ordinary, times
from tests.portal_process import wait_until

POSTS = 30
GOAL = 2.0


def main() -> None:
    with Site() as site:
        clone = site.clone("crowd")
        pushed(site, clone, ordinary("warm", 5), "warm")
        usual = pushed(site, clone, ordinary("usual", POSTS), "usual")
        heavy = bombs("bombs")
        meanwhile = pushed(site, clone, heavy | ordinary("meanwhile", POSTS), "meanwhile")
    heading(f"{POSTS} ordinary posts in a push, alone and behind {len(heavy)} bombs")
    for name, seen in (("alone", usual), ("meanwhile", meanwhile)):
        row(f"drawn {name}", spread(seen.drawing))
        row(f"readable after the push, {name}", spread(seen.readable))
    ratio = meanwhile.over(usual)
    row(
        "Time to draw one, the median, meanwhile",
        f"{ratio:.2f} of the usual",
        f"<= {GOAL:g}",
        met=ratio <= GOAL,
    )
    waiting = statistics.median(meanwhile.readable) / statistics.median(usual.readable)
    row("Time until readable, the median, meanwhile", f"{waiting:.2f} of the usual")


def pushed(site: Site, clone: Path, files: dict[str, bytes], folder: str) -> Times:
    """Push the files, and wait until all of `folder` is readable."""
    for path, data in files.items():
        target = clone / path
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(data)
    site.git(clone, "add", ".")
    site.git(clone, "commit", "-qm", folder)
    site.git(clone, "push", "-q", "origin", "main")
    served = urls(site.portal.data_dir)
    assert served
    wait_until(lambda: times(served[0], clone.name, folder) is not None, 300, interval=0.2)
    seen = times(served[0], clone.name, folder)
    assert seen
    return seen


if __name__ == "__main__":
    main()
