"""How soon search finds what was just published: from a readable post to a search that has it.

Run with `python -m benchmarks.freshness`. A whole portal, real pushes, one at a time.
"""

import time

from benchmarks.figures import heading, percentile, row
from benchmarks.site import Site

TURNS = 15
WITHIN = 2.0
LETTERS = "bcdfghjklmnpqrstvwxz"


def found_after(site: Site, turn: int) -> float:
    """Push a post with a word that no other has; the seconds between its being readable and being found."""
    clone, word = site.folder / "fresh", f"zy{LETTERS[turn] * 2}umo"
    name = f"{word}.md"
    (clone / name).write_text(f"---\ntitle: Fresh\ntldr: New.\n---\n\nWe measured {word} today.\n")
    site.git(clone, "add", ".")
    site.git(clone, "commit", "-qm", word)
    site.git(clone, "push", "-q", "origin", "main")
    site.wait_until_readable("fresh", name, revision=1)
    started = time.perf_counter()
    while not site.get(f"/api/v1/search/?q={word}&as_typed=true")["total"]:
        if time.perf_counter() - started > 60:
            raise TimeoutError(f"{word} was not found")
        time.sleep(0.01)
    return time.perf_counter() - started


def main() -> None:
    with Site() as site:
        site.clone("fresh")
        taken = [found_after(site, turn) for turn in range(TURNS)][1:]
    heading(f"A search finds what was published, {len(taken)} pushes")
    row(
        "from readable to found, p50 / max",
        f"{percentile(taken, 0.5):.2f} / {max(taken):.2f} s",
        f"<= {WITHIN:.0f} s",
        met=max(taken) <= WITHIN,
    )


if __name__ == "__main__":
    main()
