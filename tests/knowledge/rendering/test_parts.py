"""Parts of a document: kept from one rendering to the next, numbered by the whole, and cut for sending."""

import json

import pytest

from knowledge.rendering import limits, render
from knowledge.rendering.assembly import Assembly
from knowledge.rendering.cache import CellCache, key_of
from knowledge.rendering.context import Context
from knowledge.rendering.part import Part
from knowledge.rendering.slots import MARK
from tests.knowledge.notebooks import code, display, notebook, png64, text

CELLS = [
    text("# Title\n\nIntro."),
    text("## Part\n\nSee [the end](#Part-2)."),
    code("a = 1", display(image_png=png64()), display(text_html="<svg></svg><script>1</script>")),
    text("## Part\n\nAgain."),
    code("b = 2", display(text_html="<svg></svg><script>2</script>")),
]
HEADINGS = [(1, "A"), (3, "B"), (1, "C & D")]


def show(*cells, cache=None):
    return render("post.ipynb", notebook(*cells), cache=cache)


class TestKeptParts:
    def test_a_rendering_from_kept_parts_is_the_same_as_a_fresh_one(self):
        cache = CellCache()
        assert show(*CELLS, cache=cache) == show(*CELLS, cache=cache) == show(*CELLS)

    @pytest.mark.parametrize("at", range(len(CELLS) + 1))
    def test_an_inserted_cell_moves_numbers_and_anchors_of_the_kept_ones(self, at):
        cache = CellCache()
        show(*CELLS, cache=cache)
        longer = [
            *CELLS[:at],
            text("## Part"),
            code("c = 3", display(text_html="<svg></svg><script>3</script>")),
        ]
        assert show(*longer, *CELLS[at:], cache=cache) == show(*longer, *CELLS[at:])

    def test_cells_are_taken_from_the_cache(self):
        cache = CellCache()
        show(*CELLS, cache=cache)
        cells = json.loads(notebook(*CELLS))["cells"]
        assert len(cache._kept) == len(cells)

    def test_what_cannot_be_spelled_in_json_is_shown_but_not_kept(self):
        assert key_of({"id": "a", "source": "x", "metadata": {"n": 2**70}}, Context()) is None

    def test_a_key_depends_on_language_and_dialect(self):
        cell = {"id": "a", "source": "x", "metadata": {}}
        keys = {key_of(cell, context) for context in (Context(), Context("r"), Context("r", "files"))}
        assert len(keys) == 3

    def test_running_it_again_to_the_same_end_leaves_a_cell_as_it_was(self):
        cell = {"id": "a", "source": "x", "metadata": {}, "outputs": [], "number": 1, "execution_count": 1}
        assert key_of(cell, Context()) == key_of(cell | {"number": 9, "execution_count": 7}, Context())

    def test_the_oldest_parts_go_when_there_is_no_room(self):
        cache = CellCache(most=8_000)
        made = Part().made("x" * 900)
        for name in (b"1", b"2", b"3", b"4"):
            cache.put(name, made)
        cache.get(b"1")
        cache.put(b"5", made)
        assert [name for name in (b"1", b"2", b"3", b"4", b"5") if cache.get(name)] == [
            b"1",
            b"3",
            b"4",
            b"5",
        ]

    def test_a_part_that_would_crowd_out_the_others_is_not_kept(self):
        cache = CellCache(most=8_000)
        cache.put(b"1", Part().made("x" * 3_000))
        assert cache.get(b"1") is None


class TestSlots:
    def test_no_slot_is_left_on_the_page(self):
        rendering = show(*CELLS)
        assert MARK not in rendering.html
        assert [output.label for output in rendering.outputs] == [
            "Interactive output, cell 3",
            "Interactive output, cell 5",
        ]

    def test_a_mark_in_an_authors_text_is_taken_out(self):
        mean = f"{MARK}output:99{MARK} {MARK}heading:7{MARK}"
        rendering = show(
            text(f"# T\n\n{mean}"), code(mean, display(text_plain=mean), display(text_html=mean))
        )
        assert MARK not in rendering.html

    def test_equations_are_numbered_through_the_document_and_found_from_anywhere(self):
        first, second = Part(name="a"), Part(name="b")
        assembly = Assembly("")
        assembly.add(first.made(f"({first.equation()}) see {first.reference('eq:b')}"))
        assembly.add(second.made(f"({second.equation('eq:b')}) {second.reference('nowhere')}"), 2)
        assert assembly.rendering().html == "(1) see 2(2) ??"

    def test_the_list_of_contents_nests_by_level(self):
        part = Part()
        html = "".join(
            f'<h{level} id="{part.heading(level, words)}"></h{level}>' for level, words in HEADINGS
        )
        assembly = Assembly("")
        assembly.add(part.made(html + part.contents()))
        contents = assembly.rendering().html.partition("<ul>")
        assert "".join(contents[1:]) == (
            '<ul><li><a href="#h-a">A</a><ul><li><a href="#h-b">B</a></li></ul></li>'
            '<li><a href="#h-c-d">C &amp; D</a></li></ul>'
        )


class TestCutting:
    def test_a_long_document_is_cut_between_cells_and_headings_know_where_they_are(self, monkeypatch):
        monkeypatch.setattr(limits, "PART", 500)
        monkeypatch.setattr(limits, "FIRST_PART", 300)
        rendering = show(*(text(f"## Step {n}\n\n{'word ' * 40}") for n in range(9)))
        assert len(rendering.parts) > 3
        assert all(part.startswith("<div class=") and part.endswith("</div>\n") for part in rendering.parts)
        for heading in rendering.headings:
            assert f'id="{heading.anchor}"' in rendering.parts[heading.part]

    def test_the_first_part_of_several_is_short_and_there_is_only_one_where_all_fits_into_one(self):
        cells = [text(f"## Step {n}\n\n{'word ' * 400}") for n in range(60)]
        first, second, *_ = show(*cells).parts
        assert limits.FIRST_PART <= len(first) < 2 * limits.FIRST_PART < limits.PART <= len(second)
        (whole,) = show(*cells[:30]).parts
        assert len(whole) > 2 * limits.FIRST_PART

    def test_a_short_document_is_one_part(self):
        assert len(show(text("# A\n\nb")).parts) == 1

    def test_an_empty_document_has_one_empty_part(self):
        assert show().parts == ("",)


def test_a_document_ends_where_its_images_become_too_many_and_every_shown_one_is_there(monkeypatch):
    monkeypatch.setattr(limits, "IMAGES", 3)
    rendering = show(*(code("plot()", display(image_png=png64(200 + n, 20))) for n in range(9)))
    assert len(rendering.assets) == rendering.html.count("<img ") == 3
    assert "very long" in rendering.notices[0]


def test_the_contents_are_listed_once_however_often_they_are_asked_for():
    html = render("a.md", b"Words.\n\n## One\n\n## Two\n\n" + b"[TOC]\n\n" * 3).html
    assert html.count('href="#h-one"') == 1
