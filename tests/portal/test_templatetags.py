"""The portal's words for names, times and sizes."""

import pytest

from portal.templatetags.almanac import initials, kilobytes, minutes, said, vendored


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("Look again", "Look again"),
        ("Look again\n\nIn: September", "Look again"),
        (
            "Look again\n\nAt Mondays.\n\nSigned-off-by: A <a@b>\nImported-From: 1234\n",
            "Look again\n\nAt Mondays.",
        ),
        ("Title: x", "Title: x"),
        ("", ""),
        ("\n\nA: b" + "\nA: b" * 2_000 + "\nno", "\n\nA: b" + "\nA: b" * 2_000 + "\nno"),
    ],
)
def test_of_a_commits_message_people_read_what_is_for_them(message: str, shown: str) -> None:
    assert said(message) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Alice Example", "AE"),
        ("alice", "AL"),
        ("Ana María de la Cruz", "AC"),
        ("", ""),
        ("x", "X"),
        ("  ", ""),
    ],
)
def test_a_face_shows_initials(name, shown):
    assert initials(name).strip() == shown


@pytest.mark.parametrize(("words", "shown"), [(0, 1), (220, 1), (660, 3), (10_000, 45)])
def test_reading_takes_at_least_a_minute(words, shown):
    assert minutes(words) == shown


@pytest.mark.parametrize(("size", "shown"), [(1, "1 kB"), (81_200, "81 kB"), (2_400_000, "2.4 MB")])
def test_sizes_are_said_as_people_say_them(size, shown):
    assert kilobytes(size) == shown


def test_vendored_libraries_are_found_by_their_name():
    assert vendored("htmx").startswith("/vendor/htmx-")
    assert vendored("katex", "style").endswith("/katex.min.css")
