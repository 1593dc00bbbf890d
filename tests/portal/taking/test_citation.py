"""How a revision is cited: in a line, in BibTeX, and as a file."""

import pytest

from portal.taking.citation import citation, key_of


@pytest.fixture
def post(growth, make_post, alice, bob):
    return make_post(
        growth, "retention/Free delivery.ipynb", title="Free delivery keeps", authors=(alice, bob)
    )


def test_the_line_names_authors_title_space_revision_day_and_address(post):
    assert citation(post.latest_revision).line == (
        "Alice Example and Bob Example: Free delivery keeps. Growth, revision 1, 1 October 2026. "
        "http://127.0.0.1:8000/s/growth/retention/Free%20delivery.ipynb@1"
    )


def test_the_entry_holds_what_is_known_and_no_date_of_access(post):
    revision = post.latest_revision
    assert citation(revision).bibtex == (
        "@misc{growth-retention-free-delivery-r1,\n"
        "  author       = {Alice Example and Bob Example},\n"
        "  title        = {{Free delivery keeps}},\n"
        "  year         = {2026},\n"
        "  month        = oct,\n"
        "  howpublished = {Almanac, Growth},\n"
        f"  note         = {{Revision 1, commit {revision.commit[:12]}}},\n"
        "  url          = {http://127.0.0.1:8000/s/growth/retention/Free%20delivery.ipynb@1},\n"
        "}\n"
    )


def test_a_post_without_named_authors_is_whose_commit_it_is(growth, make_post):
    assert citation(make_post(growth).latest_revision).line.startswith("Alice Example: A finding.")


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("50% off & more_of #1 for $3", r"50\% off \& more\_of \#1 for \$3"),
        (r"\input{/etc/passwd}", r"\textbackslash{}input\textbraceleft{}/etc/passwd\textbraceright{}"),
        ("a} }, note={b", r"a\textbraceright{} \textbraceright{}, note=\textbraceleft{}b"),
        ("x ~ y^2 <3", r"x \textasciitilde{} y\textasciicircum{}2 \textless{}3"),
        ("Größe auf Русском", "Größe auf Русском"),
        ("two\n@misc{x,\nlines\x00", r"two @misc\textbraceleft{}x, lines"),
    ],
)
def test_nothing_in_a_title_leaves_its_field(growth, make_post, title, written):
    revision = make_post(growth).latest_revision
    assert f"= {{{{{written}}}}},\n" in citation(revision, title).bibtex


def test_a_name_that_bibtex_would_part_is_kept_whole(growth, make_post):
    post = make_post(growth, authors=("Research and Development", "Doe, Jane", "Sandra Band"))
    assert (
        "{{Research and Development} and {Doe, Jane} and Sandra Band}"
        in citation(post.latest_revision).bibtex
    )


def test_the_key_is_plain_ascii_and_of_what_never_changes(growth, make_post):
    post = make_post(growth, "märz/Größe #2.md")
    first = key_of(post.latest_revision)
    assert first == "growth-marz-groe-2-r1"
    again = make_post(growth, "märz/Größe #2.md", title="Quite another title", source=b"x")
    again.published_revision.title = "And another"
    assert key_of(again.published_revision) == first.replace("-r1", "-r2")
    assert key_of(make_post(growth, "数据.md").latest_revision).startswith("growth-post-")


def test_the_file_is_an_inert_download_of_constantly_many_queries(
    client, carol, post, django_assert_num_queries
):
    client.force_login(carol)
    with django_assert_num_queries(4):  # session, person, revision, authors
        answer = client.get(f"/r/{post.latest_revision_id}/cite.bib")
    assert answer.content.decode() == citation(post.latest_revision).bibtex
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == 'attachment; filename="growth-retention-free-delivery-r1.bib"'
