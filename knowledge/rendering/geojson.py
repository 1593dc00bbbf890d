"""GeoJSON as a map without tiles: its shapes on a graticule that says where on earth they lie.

Everything is drawn here, as an SVG; nothing in it runs or loads.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from knowledge.rendering.graticule import Projection, graticule, projection_for

WIDTH = 720
_FEATURES = 20_000
_POINTS = 100_000
_DEPTH = 8
_DOTS = 0.4  # pixels: vertices closer than this to the last can't be told apart
_PROPERTIES = 12
_TEXT = 80
_COLOUR = re.compile(r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?|[a-zA-Z]{3,20}")
_STYLE = (
    "svg{display:block;width:100%;height:auto;font:12px system-ui,sans-serif}"
    ".g{fill:none;stroke:#e4e0d6}.t{fill:#5b6472;stroke:#fff;stroke-width:3px;paint-order:stroke}"
    ".a{fill:#23459a;fill-opacity:.16;stroke:#23459a;stroke-width:1.2;stroke-linejoin:round}"
    ".l{fill:none;stroke:#23459a;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}"
    ".p{fill:#23459a;fill-opacity:.75;stroke:#fff}"
    ".f:hover .a,.f:focus .a{fill-opacity:.42}.f:hover .l,.f:focus .l{stroke-width:4}"
    ".f:hover .p,.f:focus .p{stroke:#1b2130;fill-opacity:1}.f:focus{outline:none}"
    ".s{stroke:#1b2130;stroke-width:1.5;fill:none}path{vector-effect:non-scaling-stroke}"
    "@media(max-width:480px){svg{font-size:20px}.p{r:9px}}"
)
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Map:
    """An SVG of that height in CSS pixels, `WIDTH` wide."""

    svg: str
    height: int
    style: str = _STYLE


@dataclass(frozen=True, slots=True)
class _Shape:
    """`kind` p(oint), l(ine) or a(rea); an area's rings, a line's one line, or a point."""

    kind: str
    lines: tuple[tuple[Point, ...], ...]


@dataclass(frozen=True, slots=True)
class _Feature:
    shapes: tuple[_Shape, ...]
    properties: dict[str, Any]


def drawn(value: Any) -> Map | None:
    """The map of a GeoJSON object; None if it holds nothing that can be drawn."""
    reader = _Reader()
    features = [feature for feature in reader.features(value) if feature.shapes]
    points = [
        point for feature in features for shape in feature.shapes for line in shape.lines for point in line
    ]
    if not points:
        return None
    projection = projection_for(points, WIDTH)
    note = reader.note(len(features))
    body = "".join(_feature(feature, projection) for feature in _areas_first(features))
    title = f'<text class="t" x="8" y="{projection.height - 8}">{escape(note)}</text>' if note else ""
    label = f"Map of {len(features):,} feature{'s' if len(features) != 1 else ''}"
    svg = (
        f'<svg viewBox="0 0 {WIDTH} {projection.height}" role="img" aria-label="{label}">'
        f"{graticule(projection)}{body}{title}</svg>"
    )
    return Map(svg, projection.height)


class _Reader:
    """Walks an author's object, taking what is well-formed, up to the limits."""

    def __init__(self) -> None:
        self.points = 0
        self.seen = 0

    def features(self, value: Any, depth: int = _DEPTH) -> Iterator[_Feature]:
        match value:
            case {"type": "FeatureCollection", "features": list() as features} if depth:
                for feature in features:
                    yield from self.features(feature, depth - 1)
            case list() if depth:  # IPython takes a list of features too
                for feature in value:
                    yield from self.features(feature, depth - 1)
            case {"type": "Feature"}:
                yield from self._one(value.get("geometry"), value.get("properties"))
            case {"type": str()}:
                yield from self._one(value, None)

    def _one(self, geometry: Any, properties: Any) -> Iterator[_Feature]:
        self.seen += 1
        if self.seen <= _FEATURES and self.points < _POINTS:
            shapes = tuple(self._shapes(geometry, _DEPTH))
            yield _Feature(shapes, properties if isinstance(properties, dict) else {})

    def _shapes(self, geometry: Any, depth: int) -> Iterator[_Shape]:
        match geometry:
            case {"type": "GeometryCollection", "geometries": list() as parts} if depth:
                for part in parts:
                    yield from self._shapes(part, depth - 1)
            case {"type": str() as kind, "coordinates": list() as coordinates} if kind in _SHAPES:
                shape, levels = _SHAPES[kind]
                for lines in _at_level(coordinates, levels):
                    yield from self._shape(shape, lines)

    def _shape(self, kind: str, coordinates: Any) -> Iterator[_Shape]:
        lists = {"p": [[coordinates]], "l": [coordinates], "a": coordinates}[kind]
        lines = tuple(line for each in lists if (line := self._line(each)))
        if lines:
            yield _Shape(kind, lines)

    def _line(self, coordinates: Any) -> tuple[Point, ...]:
        if not isinstance(coordinates, list):
            return ()
        room = max(0, _POINTS - self.points)
        line = tuple(point for each in coordinates[:room] if (point := _point(each)))
        self.points += len(line)
        return line

    def note(self, drawn: int) -> str:
        if self.points >= _POINTS or self.seen > _FEATURES:
            return f"{drawn:,} of {self.seen:,} features are drawn: there are too many."
        left = self.seen - drawn
        return f"{left:,} of {self.seen:,} features have no place." if left else ""


# What a geometry consists of, and how many lists deep that is.
_SHAPES = {
    "Point": ("p", 0),
    "MultiPoint": ("p", 1),
    "LineString": ("l", 0),
    "MultiLineString": ("l", 1),
    "Polygon": ("a", 0),
    "MultiPolygon": ("a", 1),
}


def _at_level(coordinates: list[Any], level: int) -> Iterator[Any]:
    yield from coordinates if level else [coordinates]


def _point(value: Any) -> Point | None:
    match value:
        case [int() | float() as x, int() | float() as y, *_] if abs(x) < 1e9 and abs(y) < 1e9:
            return (float(x), float(y)) if math.isfinite(x) and math.isfinite(y) else None
    return None


def _areas_first(features: list[_Feature]) -> list[_Feature]:
    """Points over lines over areas, so that none hides another."""
    return sorted(features, key=lambda feature: min("alp".index(shape.kind) for shape in feature.shapes))


def _feature(feature: _Feature, projection: Projection) -> str:
    colour = _colour(feature.properties)
    shapes = "".join(_shape(shape, projection, colour) for shape in feature.shapes)
    told = _told(feature.properties)
    title = f"<title>{escape(told, quote=False)}</title>" if told else ""
    return f'<g class="f" tabindex="0">{title}{shapes}</g>' if told else f'<g class="f">{shapes}</g>'


def _shape(shape: _Shape, projection: Projection, colour: str) -> str:
    if shape.kind == "p":
        x, y = projection.placed(*shape.lines[0][0])
        style = f' style="fill:{colour}"' if colour else ""
        return f'<circle class="p" cx="{x:.1f}" cy="{y:.1f}" r="5"{style}/>'
    path = "".join(_path(line, projection, closed=shape.kind == "a") for line in shape.lines)
    style = f' style="stroke:{colour}{";fill:" + colour if shape.kind == "a" else ""}"' if colour else ""
    rule = ' fill-rule="evenodd"' if shape.kind == "a" else ""
    return f'<path class="{shape.kind}" d="{path}"{rule}{style}/>'


def _path(line: tuple[Point, ...], projection: Projection, *, closed: bool) -> str:
    placed: list[str] = []
    last = (math.inf, math.inf)
    for point in line:
        x, y = projection.placed(*point)
        if abs(x - last[0]) + abs(y - last[1]) >= _DOTS:
            placed.append(f"{x:.1f} {y:.1f}")
            last = (x, y)
    return "M" + "L".join(placed) + ("Z" if closed else "")


def _colour(properties: dict[str, Any]) -> str:
    """As "simplestyle" has it, which GitHub and geojson.io draw by too."""
    for name in ("marker-color", "fill", "stroke"):
        value = properties.get(name)
        if isinstance(value, str) and _COLOUR.fullmatch(value):
            return value
    return ""


def _told(properties: dict[str, Any]) -> str:
    """A feature's properties, a line each."""
    shown = [
        f"{str(name)[:_TEXT]}: {str(value)[:_TEXT]}"
        for name, value in list(properties.items())[:_PROPERTIES]
        if isinstance(value, str | int | float) and value != ""
    ]
    return "\n".join(shown)
