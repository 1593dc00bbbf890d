"""Footnotes of one text among those of the others in its document."""

import re
from zlib import crc32

from knowledge.rendering.part import Part

_NAME = re.compile(r'( id="| href="#)u-(fn|fnref\d*):([^"]*)"')


def with_own_footnotes(part: Part, html: str, source: str) -> str:
    """Cleaned markup whose footnotes have names that no other text of the document gives to its own."""
    if 'href="#u-fn:' not in html and 'id="u-fn:' not in html:
        return html
    mine = f"{part.name}-{crc32(source.encode()):x}"
    taken: set[str] = set()

    def named(found: re.Match[str]) -> str:
        whole = f'{found[1]}u-{found[2]}-{mine}-{found[3]}"'
        if found[1] == ' id="' and whole in taken:
            return ""
        taken.add(whole)
        return whole

    return _NAME.sub(named, html)
