"""The style sheet is collected as one file, each part in its place."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command

from portal.static import BundlingStorage

SOURCE = Path(__file__).parents[2] / "static" / "portal"


# Scripts that a page of a post never brings: those of slides, saved posts, uploads, lists and new spaces; and
# those that come with its conversation, once all of the page is there.
OF_SMALL_PAGES = {
    "api-try.js",
    "collection.js",
    "compare.js",
    "deck.js",
    "endless.js",
    "find.js",
    "follows.js",
    "handout.js",
    "reads.js",
    "review.js",
    "slides.js",
    "tags.js",
    "taken.js",
    "taken-frame.js",
    "talk.js",
    "talk-places.js",
    "upload-picked.js",
    "upload.js",
}


@pytest.fixture
def collect(tmp_path, settings):
    """Collects the folders named into one of its own, and returns the storage as a page would find it."""
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {
            "BACKEND": "portal.static.BundlingStorage",
            "OPTIONS": {"location": settings.STATIC_ROOT, "base_url": "/static/"},
        }
    }

    def collect(folder):
        settings.STATICFILES_DIRS = [folder]
        call_command("collectstatic", "--noinput", verbosity=0)
        return BundlingStorage(location=settings.STATIC_ROOT, base_url="/static/")

    return collect


def style_of(storage):
    with storage.open(storage.stored_name("almanac.css")) as file:
        return file.read().decode()


@pytest.fixture
def small(tmp_path):
    (tmp_path / "css").mkdir()
    (tmp_path / "almanac.css").write_text('@import url("css/a.css");\n@import url("css/b.css");\n')
    (tmp_path / "css" / "a.css").write_text("a { color: red }\n")
    (tmp_path / "css" / "b.css").write_text("b { color: blue }\n")
    return tmp_path


def test_parts_take_the_place_of_their_imports(collect, small):
    assert style_of(collect(small)) == "a { color: red }\nb { color: blue }\n"


def test_collecting_again_takes_up_a_changed_part_under_a_new_name(collect, small):
    before = collect(small).stored_name("almanac.css")
    (small / "css" / "b.css").write_text("b { color: green }\n")
    storage = collect(small)
    assert "green" in style_of(storage)
    assert storage.stored_name("almanac.css") != before


def test_where_nothing_was_collected_files_keep_their_names(tmp_path):
    assert BundlingStorage(location=tmp_path, base_url="/static/").url("almanac.css") == "/static/almanac.css"


def test_our_style_sheet_is_whole_finds_its_fonts_and_stays_small(collect):
    storage = collect(SOURCE)
    style = style_of(storage)
    fonts = re.findall(r'url\("([^"]+)"\)', style)
    assert "@import" not in style
    assert (
        style.index("@font-face")
        < style.index("--paper")
        < style.index(".card {")
        < style.index("@media print")
    )
    assert fonts
    assert all(re.search(r"\.[0-9a-f]{12}\.woff2$", font) and storage.exists(font) for font in fonts)
    scripts = [path.name for path in (SOURCE / "js").iterdir() if path.name not in OF_SMALL_PAGES]
    names = ["almanac.css", *(f"js/{name}" for name in scripts)]
    sizes = [storage.size(storage.stored_name(name) + ".gz") for name in names]
    assert sum(sizes) < 50_000  # what the largest page brings, that of a post


def test_every_part_is_in_the_style_sheet_or_linked_by_a_page_of_its_own():
    named = set(re.findall(r'url\("css/([\w-]+\.css)"\)', (SOURCE / "almanac.css").read_text()))
    root = SOURCE.parents[1]
    pages = [*(root / "templates").rglob("*.html"), *(root / "portal" / "taking").glob("*.py")]
    templates = "".join(path.read_text() for path in pages)
    for path in (SOURCE / "css").iterdir():
        assert (path.name in named) != (f"css/{path.name}" in templates)
