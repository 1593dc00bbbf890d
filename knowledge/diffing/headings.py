"""Under which heading something stands, as far as a difference tells."""

import re

from knowledge.diffing.difference import Block, Row

_HEADING = re.compile(r" {0,3}#{1,6}\s+(.*)")
_CLOSING = re.compile(r"(?:^|\s)#+\Z")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
_LONGEST = 300
_MARKS = re.compile(r"[*`]+|\b_+(?!\w)|(?<!\w)_+\b")


class Headings:
    """`last` is the heading that was passed last, "" where one may have been left out."""

    def __init__(self) -> None:
        self.last = ""

    def pass_by(self, row: Row) -> None:
        """A row whose text is the same, as it begins; blocks of one that changed are passed one by one."""
        if row.kind != "markdown" or row.op == "removed" or row.source:
            return
        if row.hidden_lines:
            self.last = ""
        in_code = False
        for line in row.excerpt:
            in_code ^= bool(_FENCE.match(line))
            if not in_code and (found := _HEADING.fullmatch(line)):
                text = _CLOSING.sub("", found[1].rstrip()[:_LONGEST]).rstrip()
                self.last = _MARKS.sub("", _LINK.sub(r"\1", text))

    def pass_block(self, block: Block) -> None:
        if block.op == "fold":
            self.last = ""
        elif is_heading(block) and block.op != "removed":
            self.last = "".join(word.text for word in block.words if word.op != "removed").strip()


def is_heading(block: Block) -> bool:
    return len(block.tag) == 2 and block.tag[0] == "h" and block.tag[1].isdigit()
