"""How much of a whole is left, step by step: a bar for each, with its name before it and its share behind."""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.plotting.svg import Svg, element, picture
from knowledge.plotting.table import Table, number

ROW, BAR = 34, 20
NAMES, VALUES = 128, 52


@dataclass(frozen=True, slots=True)
class Share:
    name: str
    value: int
    tone: str = "first"


@dataclass(frozen=True, slots=True)
class Shares:
    """`name` is unique on its page; each share is of `whole`, which `unit` counts."""

    name: str
    title: str
    whole: int
    shares: Sequence[Share]
    unit: str
    description: str = ""

    def draw(self, width: int) -> Svg:
        rows = [mark for place, share in enumerate(self.shares) for mark in self._row(place, share, width)]
        height = ROW * len(self.shares)
        return picture(f"{self.name}-{width}", self.title, self.description, width, height, *rows)

    def table(self) -> Table:
        rows = [(share.name, number(share.value), self.percent(share)) for share in self.shares]
        return Table(("How far", self.unit, "Share"), rows)

    def percent(self, share: Share) -> str:
        return f"{100 * share.value / self.whole:.0f} %" if self.whole else "–"

    def _row(self, place: int, share: Share, width: int) -> list[Svg]:
        middle = ROW * (place + 0.5)
        room = width - NAMES - VALUES
        long = room * min(1.0, share.value / self.whole) if self.whole else 0.0
        bar = {"y": middle - BAR / 2, "height": BAR, "x": NAMES}
        said = f"{share.name}: {number(share.value)} {self.unit.lower()}, {self.percent(share)}"
        return [
            element("text", share.name, x=NAMES - 10, y=middle + 4, text_anchor="end", class_="plot-name"),
            element("rect", width=room, class_="plot-rest", **bar),
            element(
                "rect", element("title", said), width=max(1.0, long), class_=f"plot-bar {share.tone}", **bar
            ),
            element("text", self.percent(share), x=NAMES + long + 6, y=middle + 4, class_="plot-value"),
        ]
