"""What links mean, and the sentences around them."""

import pytest

from knowledge.relating.goals import Goal, goal_of
from knowledge.relating.sentences import MOST, sentences

SITE = "https://portal.example"


def at(path: str, space: str = "growth") -> Goal:
    return Goal(space=space, path=path)


@pytest.mark.parametrize(
    ("link", "goal"),
    [
        ("b.md", at("folder/b.md")),
        ("../b.md", at("b.md")),
        ("./x/../b.md", at("folder/b.md")),
        ("/b.md", at("b.md")),
        ("100% sure.md", at("folder/100% sure.md")),
        ("../../b.md", None),
        (f"{SITE}/s/finance/x/b.md", at("x/b.md", "finance")),
        (f"{SITE}/s/finance/x/b%20c.md?part=2#h-result", at("x/b c.md", "finance")),
        (f"{SITE}/s/finance/b.md@7", at("b.md@7", "finance")),
        ("HTTPS://Portal.Example/s/finance/b.md", at("b.md", "finance")),
        (f"{SITE}/s/finance/", None),
        (f"{SITE}/s/finance/-/reads", None),
        (f"{SITE}/search?q=b.md", None),
        (f"{SITE}/p/12#h-result", Goal(post=12)),
        (f"{SITE}/p/12/history", None),
        (f"{SITE}/post/old/name.kp", at("old/name.kp")),
        (f"{SITE}/render?markdown=old%2Fname.kp&x=1", at("old/name.kp")),
        ("/post/old/name.kp", at("old/name.kp")),
        ("https://portal.example.evil.org/s/finance/b.md", None),
        ("https://elsewhere.example/s/finance/b.md", None),
        ("//elsewhere.example/b.md", None),
        ("mailto:a@b.example", None),
        ("a\x00.md", None),
        ("x" * 2_000, None),
        ("", None),
    ],
)
def test_a_link_means_a_post_or_a_place(link: str, goal: Goal | None) -> None:
    assert goal_of(link, space="growth", beside="folder/a.md", site=SITE) == goal


def test_data_and_pictures_never_become_posts() -> None:
    may_be = [at(path).may_be_post for path in ("b.md", "b.kp", "b", "b.ipynb", "b.csv", "b.png")]
    assert may_be == [True, True, True, True, False, False]


@pytest.mark.parametrize(
    ("html", "sentence"),
    [
        ('<p>First. As <a href="almanac-file:b.md">we found</a>, it is. Then.</p>', "As we found, it is."),
        (
            '<p>One</p><ul><li>See <em>the</em> <a class="x" href="almanac-file:b.md#y">b</a></li></ul>',
            "See the b",
        ),
        ('<a href="almanac-file:b.md">b</a>', "b"),
        ("<p>" + "long " * 200 + '<a href="almanac-file:b.md">b</a></p>', None),
        ('<p><a href="almanac-file:c.md">c</a></p>', ""),
        ('<p>a &lt;b&gt; &amp; <a href="almanac-file:b.md">c</a></p>', "a <b> & c"),
    ],
)
def test_the_sentence_around_a_link(html: str, sentence: str | None) -> None:
    said = sentences(html, {"b.md"}).get("b.md", "")
    if sentence is None:
        assert said.startswith("…long")
        assert said.endswith("long b")
        assert len(said) <= MOST
    else:
        assert said == sentence
