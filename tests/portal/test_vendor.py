"""The vendored files are the ones that the registry describes, each with its licence."""

import hashlib
import json
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "static" / "vendor"
PORTAL = ROOT / "static" / "portal"
REGISTRY = json.loads((VENDOR / "vendor.json").read_text())
ENTRIES = [
    pytest.param(name, version, entry, id=f"{name}-{version}")
    for name, versions in REGISTRY.items()
    for version, entry in versions.items()
]
WANTED = {
    "plotly": {"2", "3", "4"},
    "vega": {"3", "4", "5", "6"},
    "vega-lite": {"2", "3", "4", "5", "6"},
    "vega-embed": {"3", "4", "6", "7"},
    "bokeh": {"0", "1", "2", "3"},
    "panel": {"1"},
    "html-manager": {"0", "1"},
    "anywidget": {"0"},
    "bqplot": {"0"},
    "bqscales": {"0"},
    "jupyter-leaflet": {"0"},
    "leaflet": {"1"},
    "leaflet-awesome-markers": {"2"},
    "leaflet-markercluster": {"1"},
    "leaflet-heat": {"0"},
    "d3": {"3", "4", "5", "6", "7"},
    "mpld3": {"0"},
    "vis-network": {"9"},
    "itables": {"2"},
    "lets-plot": {"4"},
    "mermaid": {"11"},
    "reveal": {"5"},
    "requirejs": {"2"},
    "jquery": {"3"},
    "katex": {"0"},
    "htmx": {"2"},
}


@cache
def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def files_below(folder: Path) -> set[str]:
    return {path.relative_to(VENDOR).as_posix() for path in folder.rglob("*") if path.is_file()}


def font_faces() -> list[str]:
    return re.findall(r"@font-face \{.*?\n\}", (PORTAL / "fonts.css").read_text(), re.DOTALL)


def test_every_library_is_there_in_the_majors_that_saved_outputs_need():
    majors = {name: {version.split(".")[0] for version in versions} for name, versions in REGISTRY.items()}
    assert majors == WANTED


@pytest.mark.parametrize(("name", "version", "entry"), ENTRIES)
def test_files_are_the_bytes_that_the_registry_names(name, version, entry):
    assert {path: sha256(VENDOR / path) for path in entry["files"]} == entry["files"]
    assert entry["sha256"] == entry["files"][entry["script"]]


@pytest.mark.parametrize(("name", "version", "entry"), ENTRIES)
def test_a_folder_holds_what_the_registry_lists_and_nothing_else(name, version, entry):
    assert files_below(VENDOR / f"{name}-{version}") == set(entry["files"])


@pytest.mark.parametrize(("name", "version", "entry"), ENTRIES)
def test_a_licence_file_lies_beside_every_library(name, version, entry):
    text = (VENDOR / entry["licence_file"]).read_text()
    words = {
        "MIT": "Permission is hereby granted, free of charge",
        "BSD-2-Clause": "Redistribution and use in source and binary forms",
        "BSD-3-Clause": "Redistribution and use in source and binary forms",
        "Apache-2.0": "Apache License",
        "ISC": "Permission to use, copy, modify, and/or distribute this software for any purpose",
        "0BSD": "for any purpose with or without fee is hereby granted",
    }[entry["licence"]]
    assert words in " ".join(text.split())


@pytest.mark.parametrize(("name", "version", "entry"), ENTRIES)
def test_the_table_for_people_names_version_and_licence(name, version, entry):
    table = (ROOT / "docs" / "vendored.md").read_text().splitlines()
    row = next(line for line in table if line.startswith(f"| {name} |"))
    assert version in row
    assert entry["licence"] in row


def test_no_folder_is_missing_from_the_registry():
    known = {f"{name}-{version}" for name, versions in REGISTRY.items() for version in versions}
    assert {path.name for path in VENDOR.iterdir() if path.is_dir()} == known


def test_no_source_maps_and_less_than_54_megabytes():
    files = [path for path in VENDOR.rglob("*") if path.is_file()]
    assert [path.name for path in files if path.suffix == ".map"] == []
    assert sum(path.stat().st_size for path in files) < 54_000_000


def test_the_katex_style_sheet_finds_its_woff2_fonts():
    entry = next(iter(REGISTRY["katex"].values()))
    style = VENDOR / entry["style"]
    named = set(re.findall(r"url\((fonts/[^)]+\.woff2)\)", style.read_text()))
    assert named == {f"fonts/{path.name}" for path in (style.parent / "fonts").iterdir()}


def test_every_font_file_is_declared_once_and_swaps():
    declared = [re.findall(r'url\("(.+?)"\) format\("woff2"\)', face) for face in font_faces()]
    on_disk = [f"fonts/{path.name}" for path in (PORTAL / "fonts").glob("*.woff2")]
    assert sorted(url for urls in declared for url in urls) == sorted(on_disk)
    assert all("font-display: swap" in face and "unicode-range:" in face for face in font_faces())


def test_font_files_are_woff2_with_the_open_font_licence_beside():
    fonts = sorted((PORTAL / "fonts").glob("*.woff2"))
    assert all(path.read_bytes()[:4] == b"wOF2" for path in fonts)
    for path in fonts:
        family = path.name.split("-latin")[0].split("-cyrillic")[0].split("-greek")[0]
        assert "SIL Open Font License" in (PORTAL / "fonts" / f"{family}-LICENSE").read_text()
