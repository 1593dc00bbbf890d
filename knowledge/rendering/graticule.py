"""Where on earth a map lies: its projection, lines of longitude and latitude, and a scale."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

_MARGIN = 0.06
_LOWEST, _HIGHEST = 260, 620  # CSS pixels
_MERCATOR = 80  # degrees: beyond, it stretches without end
_KILOMETRES = 111.195  # of a degree of a great circle
_LINES = 7
_SCALE = 140
_MINIMUM = 0.02  # of a degree, some 2 km: a lone point has no extent of its own


@dataclass(frozen=True)
class Projection:
    """`placed` gives pixels, of a drawing `width` by `height`.

    `west`, `south`, `east`, `north` are what it shows, in degrees, or in the author's own units where the
    numbers can't be degrees (`is_plane`).
    """

    width: int
    height: int
    west: float
    south: float
    east: float
    north: float
    is_plane: bool
    is_mercator: bool

    def placed(self, x: float, y: float) -> tuple[float, float]:
        across = (x - self.west) / (self.east - self.west)
        top, extent = self._down
        return across * self.width, (top - self._stretched(y)) / extent * self.height

    @cached_property
    def _down(self) -> tuple[float, float]:
        top = self._stretched(self.north)
        return top, top - self._stretched(self.south)

    def _stretched(self, y: float) -> float:
        return _mercator(y) if self.is_mercator else y


def _mercator(latitude: float) -> float:
    capped = max(-_MERCATOR - 5, min(_MERCATOR + 5, latitude))
    return math.degrees(math.asinh(math.tan(math.radians(capped))))


def projection_for(points: Iterable[tuple[float, float]], width: int) -> Projection:
    """One that shows all of them, with a margin. Mercator, but for the poles and plane coordinates."""
    xs, ys = zip(*points, strict=True)
    west, east, south, north = min(xs), max(xs), min(ys), max(ys)
    is_plane = max(abs(west), abs(east)) > 360 or max(abs(south), abs(north)) > 90
    is_mercator = not is_plane and max(abs(south), abs(north)) <= _MERCATOR
    least = 1.0 if is_plane else _MINIMUM
    west, east = _widened(west, east, least)
    south, north = _widened(south, north, least)
    if not is_plane:
        south, north = max(-90.0, south), min(90.0, north)
    flat = Projection(width, 1, west, south, east, north, is_plane, is_mercator)
    tall = width * _aspect(flat)
    height = round(max(_LOWEST, min(_HIGHEST, tall)))
    return _fitted(flat, height, tall)


def _widened(low: float, high: float, least: float) -> tuple[float, float]:
    room = max((high - low) * _MARGIN, least)
    return low - room, high + room


def _aspect(flat: Projection) -> float:
    """Height to width, as a traveller would measure them."""
    across = flat.east - flat.west
    if flat.is_plane:
        return (flat.north - flat.south) / across
    if flat.is_mercator:
        return (_mercator(flat.north) - _mercator(flat.south)) / across
    middle = math.radians(min(75.0, abs(flat.north + flat.south) / 2))
    return (flat.north - flat.south) / (across * math.cos(middle))


def _fitted(flat: Projection, height: int, tall: float) -> Projection:
    """What is too flat or too tall for its frame shows more of what is around it."""
    west, east, south, north = flat.west, flat.east, flat.south, flat.north
    if tall > height:
        more = (east - west) * (tall / height - 1) / 2
        west, east = west - more, east + more
    elif tall < height:
        more = (north - south) * (height / tall - 1) / 2
        south, north = south - more, north + more
        if not flat.is_plane:
            edge = _MERCATOR + 5 if flat.is_mercator else 90
            south, north = max(-edge, south), min(edge, north)
    return Projection(flat.width, height, west, south, east, north, flat.is_plane, flat.is_mercator)


def graticule(projection: Projection) -> str:
    """Lines with their degrees (or plain numbers), and how long a kilometre is."""
    plane = projection.is_plane
    parts: list[str] = []
    for x, name in _marks(projection.west, projection.east, "" if plane else "WE"):
        at = projection.placed(x, projection.south)[0]
        parts.append(f'<path class="g" d="M{at:.1f} 0V{projection.height}"/>')
        parts.append(f'<text class="t" x="{at + 4:.1f}" y="1.2em">{name}</text>')
    for y, name in _marks(projection.south, projection.north, "" if plane else "SN"):
        at = projection.placed(projection.west, y)[1]
        parts.append(f'<path class="g" d="M0 {at:.1f}H{projection.width}"/>')
        parts.append(f'<text class="t" x="4" y="{at - 4:.1f}">{name}</text>')
    return "".join(parts) + ("" if plane else _scale(projection))


def _marks(low: float, high: float, letters: str) -> Iterator[tuple[float, str]]:
    """Round numbers between two, with their names; `letters` are the signs' on a globe."""
    step = _round((high - low) / _LINES)
    digits = max(0, -math.floor(math.log10(step)))
    for count in range(math.ceil(low / step), math.floor(high / step) + 1):
        value = count * step
        if not letters:
            yield value, f"{value:,.{digits}f}"
        elif abs(value) <= 180:
            sign = letters[value > 0] if count else ""
            yield value, f"{abs(value):.{digits}f}°{sign}"


def _round(about: float) -> float:
    """The least of 1, 2, 5 times a power of ten that is no less."""
    power = 10.0 ** math.floor(math.log10(about))
    return next((step * power for step in (1, 2, 5) if step * power >= about), 10 * power)


def _scale(projection: Projection) -> str:
    """A bar of a round length, true in the middle of the map."""
    middle = math.cos(math.radians((projection.north + projection.south) / 2))
    kilometres = (projection.east - projection.west) * _KILOMETRES * max(0.05, middle)
    pixel = kilometres / projection.width
    steps = [number * 10.0**power for power in range(-4, 5) for number in (1, 2, 5)]
    length = next((low for low, high in pairwise(steps) if high / pixel > _SCALE), steps[-1])
    name = f"{length:,.0f} km" if length >= 1 else f"{length * 1000:,.0f} m"
    right, down = projection.width - 14, projection.height - 12
    left = right - length / pixel
    return (
        f'<path class="s" d="M{left:.1f} {down - 5}v5H{right}v-5"/>'
        f'<text class="t" x="{left:.1f}" y="{down - 9}">{name}</text>'
    )
