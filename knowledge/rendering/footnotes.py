"""Footnotes of one text among those of the others in its document: names of their own, numbers that go on."""

import re
from zlib import crc32

from knowledge.rendering.part import Part

_NAME = re.compile(r'( id="| href="#)u-(fn|fnref\d*):([^"]*)"')
_NOTE = re.compile(r'<li id="u-fn:([^"]*)"')
_CALL = re.compile(r'(<a\b[^<>]* href="#u-fn:([^"]*)"[^<>]*>)\d+(?=</a>)')
_LIST = re.compile(r'(<div class="footnote">\s*(?:<hr>\s*)?<ol)(>\s*<li id="u-fn:([^"]*)")')


def with_own_footnotes(part: Part, html: str, source: str) -> str:
    """Cleaned markup whose footnotes have names that no other text of the document gives to its own."""
    if 'href="#u-fn:' not in html and 'id="u-fn:' not in html:
        return html
    html = _numbered(part, html)
    mine = f"{part.name}-{crc32(source.encode()):x}"
    taken: set[str] = set()

    def named(found: re.Match[str]) -> str:
        whole = f'{found[1]}u-{found[2]}-{mine}-{found[3]}"'
        if found[1] == ' id="' and whole in taken:
            return ""
        taken.add(whole)
        return whole

    return _NAME.sub(named, html)


def _numbered(part: Part, html: str) -> str:
    numbers = {name: part.note() for name in dict.fromkeys(_NOTE.findall(html))}
    html = _CALL.sub(lambda call: call[1] + numbers[call[2]] if call[2] in numbers else call[0], html)
    return _LIST.sub(lambda notes: f'{notes[1]} start="{numbers[notes[3]]}"{notes[2]}', html)
