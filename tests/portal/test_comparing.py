"""The page of two revisions beside each other."""

import hashlib
import re

import pytest

from knowledge.models import Comparison
from knowledge.pipeline import compare
from tests.knowledge.diffing.base import base
from tests.knowledge.diffing.edits import EDITS, as_bytes
from tests.knowledge.notebooks import png

ROW = "<table><tr><td>&lt;script&gt;{}</td></tr></table>"


@pytest.fixture
def as_carol(client, carol):
    client.force_login(carol)
    return client


@pytest.fixture
def versions(growth, make_post):
    """A post with one revision for each of the named edits after the first one."""

    def made(*names):
        post = make_post(growth, "a.ipynb", source=as_bytes(base()), rendering={"assets": assets(400)})
        for name in names:
            new = base()
            EDITS[name](new)
            post = make_post(growth, "a.ipynb", source=as_bytes(new), rendering={"assets": assets(410)})
        return post

    return made


def assets(width):
    digest = hashlib.sha256(png(width)).hexdigest()
    return {digest: {"type": "image/png", "width": width, "height": 300, "size": 1}}


def page(client, post, old=1, new=2):
    compare.draw_waiting()
    client.get(f"/p/{post.pk}/compare/{old}..{new}")
    compare.draw_waiting()
    answer = client.get(f"/p/{post.pk}/compare/{old}..{new}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_at_first_it_says_that_it_is_being_compared_and_then_fills_in(as_carol, versions):
    post = versions("a word of the text")
    address = f"/p/{post.pk}/compare/1..2"
    first = as_carol.get(address).content.decode()
    assert "is being compared with revision 1" in first
    assert f'hx-get="{address}"' in first
    assert Comparison.objects.count() == 1
    compare.draw_waiting()
    part = as_carol.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "hx-get" not in part
    assert "<del>five</del>" in part
    assert "<ins>six</ins>" in part


def test_a_changed_cell_says_which_it_is_and_its_lines_say_their_side(as_carol, versions):
    html = page(as_carol, versions("a line of code"))
    assert len(re.findall(r'class="compare-cell', html)) == 1
    assert 'data-cell-old="2" data-cell-new="2"' in html
    assert 'data-side="old" data-line="3"' in html
    assert 'data-side="new" data-line="3"' in html
    assert "<b>1</b> changed" in html
    assert "12 unchanged" in html


def test_a_table_shows_the_cells_that_changed(as_carol, versions):
    html = page(as_carol, versions("a table's value"))
    assert '<td class="changed"><del>99</del> <ins>101</ins></td>' in html
    assert html.count('class="changed"') == 2  # the cell and its row


def test_figures_stand_side_by_side_from_both_revisions(as_carol, versions):
    post = versions("a figure")
    html = page(as_carol, post)
    numbers = {revision.number: revision.pk for revision in post.revisions.all()}
    for number, width in ((1, 400), (2, 410)):
        digest = hashlib.sha256(png(width)).hexdigest()
        assert f'src="/a/{numbers[number]}/{digest}.png"' in html
    assert "data-swipe" in html


def test_nothing_of_a_document_is_markup_on_the_page(as_carol, growth, make_post):
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    for turn in ("one", "two"):
        notebook = base()
        for cell in notebook["cells"]:
            cell["source"] = f"{cell['source']}\n{evil} {turn}"
        notebook["cells"][2]["outputs"] = [
            {"output_type": "stream", "name": "stdout", "text": f"{evil} {turn}"},
            {"output_type": "error", "ename": evil, "evalue": turn, "traceback": [f"{evil} {turn}"]},
            {"output_type": "display_data", "metadata": {}, "data": {"text/html": ROW.format(turn)}},
        ]  # fmt: skip
        notebook["cells"][0]["source"] = f"---\ntitle: '{evil} {turn}'\n---\n"
        post = make_post(growth, "a.ipynb", source=as_bytes(notebook))
    html = page(as_carol, post)
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "&lt;script&gt;" in html
    assert not re.search(r'<[^>]*\s(style|on\w+)="', html)


def test_markdown_files_are_compared_as_one_text(as_carol, growth, make_post):
    for word in ("late", "early"):
        post = make_post(growth, "b.md", source=f"---\ntitle: A\n---\n# Head\n\nThey are {word}.\n".encode())
    html = page(as_carol, post)
    assert "<del>late</del>" in html
    assert "<ins>early</ins>" in html


def test_a_comparison_that_failed_says_why(as_carol, growth, make_post):
    make_post(growth, "a.ipynb", source=as_bytes(base()))
    post = make_post(growth, "a.ipynb", source=b"{")
    assert "not" in page(as_carol, post)
    assert Comparison.objects.get().state == "failed"


def test_a_revision_that_is_not_there_is_not_found(as_carol, versions):
    post = versions()
    assert as_carol.get(f"/p/{post.pk}/compare/1..7").status_code == 404


def test_the_pickers_lead_to_the_pair_that_was_picked(as_carol, versions):
    post = versions("a figure", "a tag")
    answer = as_carol.get(f"/p/{post.pk}/compare?from=1&to=3")
    assert answer["Location"] == f"/p/{post.pk}/compare/1..3"
    assert as_carol.get(f"/p/{post.pk}/compare")["Location"] == f"/p/{post.pk}/compare/2..3"


def test_the_history_leads_to_comparisons(as_carol, versions):
    post = versions("a figure", "a tag")
    html = as_carol.get(f"/p/{post.pk}/history").content.decode()
    assert f"/p/{post.pk}/compare/1..3" in html
    assert f"/p/{post.pk}/compare/2..3" in html


def test_the_number_of_queries_does_not_grow_with_what_changed(
    as_carol, versions, django_assert_max_num_queries
):
    post = versions("a word of the text", "all outputs cleared")
    for pair in ("1..2", "1..3"):
        as_carol.get(f"/p/{post.pk}/compare/{pair}")
    compare.draw_waiting()
    for pair in ("1..2", "1..3"):
        with django_assert_max_num_queries(9):
            as_carol.get(f"/p/{post.pk}/compare/{pair}")
