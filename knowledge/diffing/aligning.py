"""Which cell became which.

By the hash of its text first: what is unique on both sides and keeps its order stays, what doesn't keep it
has moved. Where that leaves cells on both sides, those with the same id belong together, and for the rest
nbdime is asked, for that region alone.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

from knowledge.diffing import limits
from knowledge.diffing.cells import Cell
from knowledge.diffing.sequences import Effort, Pair, common
from knowledge.diffing.words import bag, likeness
from knowledge.rendering.patience import TooSlow

_KIN = 0.2  # what cells with the same id have to share, lest a name that was used again mislead
_CLEARLY_KIN = 0.5
_LOOK = 40  # steps for a look at two cells
_MOVABLE = 12  # characters: shorter cells are alike by chance


class Aligned:
    """`pairs` rise on both sides; `moves` are pairs besides. All by position in the two lists."""

    def __init__(self, old: list[Cell], new: list[Cell], effort: Effort) -> None:
        self.old, self.new, self.effort = old, new, effort
        self.old_hashes, self.new_hashes = [one.hash for one in old], [one.hash for one in new]
        self.pairs = common(self.old_hashes, self.new_hashes, effort)
        self.moves: dict[int, int] = {}
        self.moves = self._moves_of_equals()
        for region in list(self._regions()):
            self._match(*region)
        self.pairs.sort()
        self.moves |= self._moves_by_id()

    def _left(self) -> tuple[list[int], list[int]]:
        taken = [*self.pairs, *self.moves.items()]
        old, new = {i for i, _ in taken}, {j for _, j in taken}
        return (
            [i for i in range(len(self.old)) if i not in old],
            [j for j in range(len(self.new)) if j not in new],
        )

    def _moves_of_equals(self) -> dict[int, int]:
        """Cells with the same text elsewhere, where there is one such cell left on either side."""
        left_old, left_new = self._left()
        counts = Counter(self.old_hashes[i] for i in left_old), Counter(self.new_hashes[j] for j in left_new)
        places = {self.new_hashes[j]: j for j in left_new}
        return {
            i: places[name]
            for i in left_old
            if (name := self.old_hashes[i]) in places
            and counts[0][name] == counts[1][name] == 1
            and len(self.old[i].source.strip()) >= _MOVABLE
        }

    def _regions(self) -> Iterator[tuple[list[int], list[int]]]:
        """Cells on both sides that lie between the same two pairs and belong to nothing yet."""
        moved_new = set(self.moves.values())
        i = j = 0
        for next_i, next_j in [*self.pairs, (len(self.old), len(self.new))]:
            old = [place for place in range(i, next_i) if place not in self.moves]
            new = [place for place in range(j, next_j) if place not in moved_new]
            if old and new:
                yield old, new
            i, j = next_i + 1, next_j + 1

    def _match(self, old: list[int], new: list[int]) -> None:
        by_id = self._by_id(old, new)
        self.pairs += by_id
        i = j = 0
        places = [(old.index(a), new.index(b)) for a, b in by_id]
        for next_i, next_j in [*places, (len(old), len(new))]:
            self.pairs += self._by_likeness(old[i:next_i], new[j:next_j])
            i, j = next_i + 1, next_j + 1

    def _by_id(self, old: list[int], new: list[int]) -> list[Pair]:
        names = {self.new[j].id: j for j in new if self.new[j].id}
        found = [(i, names[self.old[i].id]) for i in old if self.old[i].id in names]
        kin = [(i, j) for i, j in found if self._are_kin(i, j)]
        rising: list[Pair] = []
        for pair in kin:
            if not rising or pair[1] > rising[-1][1]:
                rising.append(pair)
        return rising

    def _are_kin(self, i: int, j: int) -> bool:
        return likeness(bag(self.old[i].source), bag(self.new[j].source)) >= _KIN

    def _moves_by_id(self) -> dict[int, int]:
        left_old, left_new = self._left()
        names = {self.new[j].id: j for j in left_new if self.new[j].id}
        found = {i: names[self.old[i].id] for i in left_old if self.old[i].id in names}
        return {
            i: j for i, j in found.items() if self._are_kin(i, j) and self.old[i].kind == self.new[j].kind
        }

    def _by_likeness(self, old: list[int], new: list[int]) -> list[Pair]:
        """Cells whose words tell clearly; between those, nbdime says which became which."""
        if not old or not new:
            return []
        looked_at = len(old) * len(new)
        if looked_at > limits.REGION or not self.effort.spend(looked_at * _LOOK):
            return list(zip(old, new, strict=False)) if len(old) == len(new) else []
        alike = self._alike(old, new)
        pairs: list[Pair] = []
        i = j = 0
        for next_i, next_j in [*_clear(alike), (len(old), len(new))]:
            rest = range(i, next_i), range(j, next_j)
            if any(alike[a][b] >= _KIN for a in rest[0] for b in rest[1]):
                pairs += self._asked(old[i:next_i], new[j:next_j])
            if next_i < len(old):
                pairs.append((old[next_i], new[next_j]))
            i, j = next_i + 1, next_j + 1
        return pairs

    def _alike(self, old: list[int], new: list[int]) -> list[list[float]]:
        a, b = [bag(self.old[i].source) for i in old], [bag(self.new[j].source) for j in new]
        kinds = [self.new[j].kind for j in new]
        return [
            [
                likeness(one, other) if kind == self.old[i].kind else 0.0
                for other, kind in zip(b, kinds, strict=True)
            ]
            for i, one in zip(old, a, strict=True)
        ]

    def _asked(self, old: list[int], new: list[int]) -> list[Pair]:
        a, b = [_brief(self.old[i]) for i in old], [_brief(self.new[j]) for j in new]
        cost = sum(len(one["source"]) for one in a) * sum(len(one["source"]) for one in b) // 4
        pairs: list[Pair] = []
        if self.effort.spend(cost + 1):
            with suppress(TooSlow), self.effort.patience.piece():
                pairs = _by_nbdime(a, b)
        if not pairs and len(old) == len(new) == 1:
            pairs = [(0, 0)]  # rewritten, it is still that cell
        return [(old[i], new[j]) for i, j in pairs]


def _clear(alike: list[list[float]]) -> list[Pair]:
    """Those that resemble each other clearly, and none of the others more; rising."""
    pairs: list[Pair] = []
    for i, row in enumerate(alike):
        j = max(range(len(row)), key=row.__getitem__)
        is_best = row[j] >= _CLEARLY_KIN and all(other[j] <= row[j] for other in alike)
        if is_best and (not pairs or j > pairs[-1][1]):
            pairs.append((i, j))
    return pairs


def _brief(cell: Cell) -> dict[str, str]:
    """As nbdime knows cells, without outputs: these may change as they like."""
    return {"cell_type": cell.kind, "source": cell.source[: limits.REGION_CHARACTERS]}


def _by_nbdime(old: list[dict[str, str]], new: list[dict[str, str]]) -> list[Pair]:
    """nbdime's own way with the cells of a region: nearly equal ones first, then those that are similar."""
    # Here, because only a child that compares needs it.
    from nbdime.diffing.notebooks import compare_cell_approximate, compare_text_strict
    from nbdime.diffing.snakes import compute_snakes_multilevel

    def nearly_equal(a: dict[str, str], b: dict[str, str]) -> bool:
        return a["cell_type"] == b["cell_type"] and bool(compare_text_strict(a["source"], b["source"]))

    snakes = compute_snakes_multilevel(old, new, [compare_cell_approximate, nearly_equal])
    return [(i + step, j + step) for i, j, length in snakes for step in range(length)]
