"""GeoJSON as a map without tiles."""

import re
import time
from xml.etree import ElementTree

import pytest

from knowledge.rendering.geojson import WIDTH, drawn
from knowledge.rendering.graticule import projection_for

BERLIN = {
    "type": "Feature",
    "properties": {"name": "Berlin <b>", "people": 3_700_000},
    "geometry": {"type": "Point", "coordinates": [13.4, 52.5, 34]},
}
SQUARE = [[[13, 52], [14, 52], [14, 53], [13, 53], [13, 52]], [[13.2, 52.2], [13.4, 52.2], [13.4, 52.4]]]


def shape(kind, coordinates):
    return {"type": kind, "coordinates": coordinates}


def collection(*geometries):
    features = [{"type": "Feature", "geometry": each, "properties": None} for each in geometries]
    return {"type": "FeatureCollection", "features": features}


def svg_text(value) -> str:
    found = drawn(value)
    assert found
    return found.svg


def svg_of(value):
    return ElementTree.fromstring(svg_text(value))


def test_a_point_stands_in_the_middle_and_tells_its_properties():
    root = svg_of(BERLIN)
    circle = root.find(".//circle")
    assert abs(float(circle.get("cx")) - WIDTH / 2) < 1
    assert root.find(".//title").text == "name: Berlin <b>\npeople: 3700000"


def test_the_graticule_and_the_scale_say_where_and_how_large():
    words = " ".join(text.text for text in svg_of(collection(shape("Polygon", SQUARE))).iter("text"))
    assert "13.5°E" in words
    assert "52.2°N" in words
    assert re.search(r"\d km", words)


@pytest.mark.parametrize(
    ("geometry", "marks"),
    [
        (shape("MultiPoint", [[1, 2], [3, 4]]), {"circle": 2, "path.a": 0}),
        (shape("LineString", [[1, 2], [3, 4]]), {"path.l": 1}),
        (shape("MultiLineString", [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]), {"path.l": 2}),
        (shape("Polygon", SQUARE), {"path.a": 1}),
        (shape("MultiPolygon", [SQUARE, SQUARE]), {"path.a": 2}),
        ({"type": "GeometryCollection", "geometries": [shape("Point", [1, 2])]}, {"circle": 1}),
    ],
)
def test_every_kind_of_geometry_is_drawn(geometry, marks):
    for value in (geometry, collection(geometry), [collection(geometry)]):
        svg = svg_text(value)
        for mark, count in marks.items():
            name, _, kind = mark.partition(".")
            assert svg.count(f'<{name} class="{kind or "p"}"') == count


def test_a_hole_in_an_area_is_left_open():
    svg = svg_text(shape("Polygon", SQUARE))
    assert svg.count("M", svg.index('class="a"')) == 2
    assert 'fill-rule="evenodd"' in svg


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "x",
        {},
        {"type": "Point"},
        shape("Point", ["a", "b"]),
        shape("Point", [float("nan"), 1]),
        shape("Point", [1e300, 1]),
        shape("Nonsense", [1, 2]),
        shape("Polygon", [1, [2], [[3]]]),
        collection(None, {"type": 7}),
        {"type": "FeatureCollection", "features": {"a": 1}},
        {"type": "Feature", "geometry": None},
    ],
)
def test_what_has_no_place_is_no_map(value):
    assert drawn(value) is None


def test_features_without_a_place_are_counted():
    assert "1 of 2 features have no place." in svg_text(collection(shape("Point", [1, 2]), None))


def test_north_is_up_and_east_is_right():
    projection = projection_for([(0, 0), (10, 10)], 900)
    (left, bottom), (right, top) = projection.placed(0, 0), projection.placed(10, 10)
    assert left < right
    assert top < bottom


def test_the_poles_and_the_whole_earth_fit():
    for points in ([(-180, -90), (180, 90)], [(-180, -70), (180, 75)], [(0, 85), (10, 89)], [(179.9, 0)]):
        projection = projection_for(points, 900)
        for x, y in (projection.placed(*point) for point in points):
            assert 0 <= x <= 900
            assert 0 <= y <= projection.height <= 620


def test_numbers_that_are_no_degrees_are_drawn_as_a_plan_without_a_scale():
    svg = svg_text(shape("LineString", [[389_000, 5_819_000], [389_500, 5_819_800]]))
    assert "°" not in svg
    assert " km" not in svg
    assert "5,819,400" in svg


def test_a_colour_that_the_author_gave_is_taken_if_it_is_one():
    def coloured(colour):
        return svg_text({**BERLIN, "properties": {"marker-color": colour, "n": 1}})

    assert 'style="fill:#f60"' in coloured("#f60")
    assert "url(" not in coloured("url(https://x)").replace("marker-color: url(", "")
    assert 'style="' not in coloured('red"/><script>')


def test_properties_of_any_kind_end_as_text():
    properties = {"</title><script>": "</svg><script>alert(1)</script>", "list": [1], "n": None, "t": True}
    svg = svg_text({**BERLIN, "properties": properties})
    assert "<script>" not in svg
    assert ElementTree.fromstring(svg) is not None


def test_many_points_are_capped_in_about_a_second():
    line = [[x % 180, x % 80] for x in range(200_000)]
    start = time.process_time()
    svg = svg_text(collection(shape("LineString", line), shape("Point", [1, 2])))
    assert "1 of 2 features are drawn: there are too many." in svg
    assert time.process_time() - start < 3


@pytest.mark.parametrize("names", [("GeometryCollection", "geometries"), ("FeatureCollection", "features")])
def test_collections_of_collections_end_somewhere(names):
    nested: object = shape("Point", [1, 2])
    for _ in range(500):
        nested = {"type": names[0], names[1]: [nested]}
    assert drawn(nested) is None
