"""Badges are drawings that any reader can parse, whatever is written on them."""

from xml.etree import ElementTree

import pytest

from knowledge.serving.badge import LABEL, badge, width_of


@pytest.mark.parametrize(
    "words", ["churn", '<script>"&\x00\x1f\ud800', "価格" * 30, "m" * 500, "", "e\u0301 \U0001f4c8"]
)
def test_whatever_is_written_on_it_is_xml_and_fits(words: str) -> None:
    drawing = badge(words, "0.143 ratio", "as of 30 Jun 2026", is_sound=True)
    root = ElementTree.fromstring(drawing)
    texts = [each for each in root.iter() if each.tag.endswith("}text")]
    assert all(len(each.text or "") <= LABEL for each in texts)
    assert "<script>" not in drawing
    assert sum(int(each.attrib["textLength"]) + 16 for each in texts) == int(root.attrib["width"])


def test_wide_letters_get_more_room() -> None:
    assert width_of("iiii") < width_of("aaaa") < width_of("WWWW") <= width_of("価価価価")


def test_what_is_not_sound_looks_so() -> None:
    assert 'class="w"' in badge("churn", "", "withdrawn", is_sound=False)
    assert 'class="w"' not in badge("churn", "1", "as of today", is_sound=True)
