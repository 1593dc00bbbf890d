import pytest

from knowledge.paths import collision_key, reason_against


@pytest.mark.parametrize(
    "path",
    [
        "a.md",
        "notes/Über uns, 2026 (final).ipynb",
        "data/日本語.csv",
        ".almanacignore",
        ".gitignore",
        "family 👩‍👧/a.md",
        "digit~1.md",
        "x/-/y.md",
        "con.md",
        "What? Why: a* <b>|.md",
        "n" * 255,
        "/".join(["n" * 99] * 10),
    ],
)
def test_ordinary_paths_may_be(path: str) -> None:
    assert reason_against(path) is None


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("", "without it"),
        ("/a.md", "without it"),
        ("a//b.md", "without it"),
        ("a/", "without it"),
        ("./a.md", "without it"),
        ("a/../b.md", "without it"),
        ("a\nb.md", "control character"),
        ("a\0b.md", "control character"),
        ("a\x7f.md", "control character"),
        ("a\u0085.md", "control character"),
        ("a\u2028.md", "control character"),
        ("a\\b.md", "backslash"),
        ("a\u202eb.md", "direction"),
        ("a\u2066b.md", "direction"),
        (".git/config", "“.git”"),
        ("x/.GiT", "“.git”"),
        (".git.", "“.git”"),
        (".git ..", "“.git”"),
        (".git:x", "“.git”"),
        ("GIT~1/hooks", "“.git”"),
        (".g\u200dit", "“.git”"),
        ("\ufeff.git", "“.git”"),
        ("．ｇｉｔ", "“.git”"),
        ("-/settings.md", "keeps that address"),
        ("n" * 256, "255 bytes"),
        ("é" * 128, "255 bytes"),
        ("/".join(["n" * 100] * 10), "1009 bytes"),
        ("caf\udce9.md", "not UTF-8"),
    ],
)
def test_other_paths_may_not_and_the_reason_says_why(path: str, words: str) -> None:
    reason = reason_against(path)
    assert reason is not None
    assert words in reason


@pytest.mark.parametrize(
    ("one", "other"), [("Plan.md", "PLAN.md"), ("Straße.md", "strasse.md"), ("café.md", "cafe\u0301.md")]
)
def test_paths_that_are_one_file_elsewhere_have_one_key(one: str, other: str) -> None:
    assert collision_key(one) == collision_key(other)


def test_different_paths_have_different_keys() -> None:
    assert collision_key("a/b.md") != collision_key("a_b.md")
