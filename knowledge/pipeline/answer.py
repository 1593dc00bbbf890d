"""What a push answers on the terminal: the report of its ingest in lines. Pure; the git door sends them."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from knowledge.linting import CODES

MAX_LINES = 200
MAX_FINDINGS = 20
TITLE_SHOWN = 60
TEXT_SHOWN = 400
SAFE = "/~:@!$&'()*+,;="  # as Django quotes addresses
SIGNS = {"added": "+", "changed": "~", "moved": ">", "removed": "-"}
WORDS = {
    "added": "new",
    "changed": "changed",
    "moved": "moved",
    "removed": "removed",
    "unchanged": "as before",
}
NOTHING = (
    "no documents changed (documents are notebooks, Markdown, R Markdown, Quarto, HTML, PDF, Word and Org"
    " files, and scripts with a header)"
)


def lines_of(*, space: str, commit: str, report: Sequence[Mapping[str, Any]], site: str) -> list[str]:
    """At most about MAX_LINES. `report` is Push.report, `site` the portal's address without a last slash."""
    documents = [item for item in report if item["post"] is not None or item["failure"]]
    shown = [item for item in report if item["change"] != "unchanged" or item["faults"] or item["failure"]]
    if len(shown) > MAX_LINES:  # what needs mending must not be cut off
        shown.sort(key=lambda item: not (item["failure"] or item["faults"]))
    width = max((len(_name(item)) for item in shown if _has_page(item)), default=0)
    each = sum(len(_findings(item)) for item in shown) <= MAX_FINDINGS
    lines = [] if each else _counted_findings(shown)
    lines += [line for item in shown for line in _item_lines(item, site, f"{site}/s/{space}/", width, each)]
    left_out = len(lines) - MAX_LINES
    answer = [_summary(space, documents), *(f"  {line}" for line in lines[:MAX_LINES])]
    if left_out > 0:
        answer.append(f"  … and {left_out} more lines")
    if any(_has_page(item) for item in shown):
        answer.append(f"Watch them become readable: {site}/s/{space}/-/pushes/{commit}")
    return answer


def lines_while_waiting(*, space: str, commit: str, site: str) -> list[str]:
    """For a push that is safe, but was not taken in before we stopped waiting."""
    return [
        f"{space}: your push is safe. Its documents will be taken in shortly;",
        f"  see what became of each: {site}/s/{space}/-/pushes/{commit}",
    ]


def lines_of_other_refs(*, space: str, refs: Iterable[str], branch: str) -> list[str]:
    """For branches and tags, which the repository keeps but no reader sees."""
    branches = sorted(plain(ref.removeprefix("refs/heads/")) for ref in refs if ref.startswith("refs/heads/"))
    if not branches:
        return []  # tags: nobody expects posts of them
    some = ", ".join(branches[:5]) + (f" and {len(branches) - 5} more" if len(branches) > 5 else "")
    return [f"{space}: kept {some}. Only {branch} becomes posts: git push REMOTE {branches[0]}:{branch}"]


def plain(text: str) -> str:
    """One line without characters that a terminal would act on."""
    kept = "".join(" " if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp", "Cs"} else c for c in text)
    return " ".join(kept.split())


def _summary(space: str, documents: Sequence[Mapping[str, Any]]) -> str:
    introductions = [item for item in documents if _introduces(item)]
    posts = [item for item in documents if not _introduces(item)]
    counted = [_counted(posts, "document"), _counted(introductions, "introduction")]
    return f"{space}: {' and '.join(filter(None, counted)) or NOTHING}"


def _counted(items: Sequence[Mapping[str, Any]], word: str) -> str:
    if not items:
        return ""
    counts = Counter(item["change"] for item in items)
    parts = [f"{counts[change]} {said}" for change, said in WORDS.items() if counts[change]]
    return f"{len(items)} {word}{'s' if len(items) > 1 else ''} ({', '.join(parts)})"


def _item_lines(
    item: Mapping[str, Any], site: str, folder: str, width: int, with_findings: bool
) -> Iterator[str]:
    path = plain(item["path"])
    if failure := item["failure"]:
        yield f"x {path}: {_sentences(failure)}"
    elif item["change"] == "removed":
        yield f"- {path}"
    elif _has_page(item):
        yield f"{SIGNS[item['change']]} {_name(item):<{width}}  {folder}{quote(item['path'], safe=SAFE)}"
        if item.get("review"):
            words = "waits for approval" if item.get("is_held") else "is in review"
            yield f"  {words}: {site}/reviews/{item['review']}"
    for fault in item["faults"]:
        yield f"! {path}{_place(fault)}: {_sentences(fault)}"
    for finding in _findings(item) if with_findings else ():
        yield f"? {path}{_place(finding)}: {_sentences(finding)}"
    if blocking := item.get("blocked_by"):
        yield f"x {path}: not published before this is mended: {_titles(blocking)}"


def _findings(item: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """As far as they were known when the push was taken in; reports of old have none."""
    return item.get("findings") or []


def _counted_findings(items: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line for each code, where one for each finding would drown what else there is to say."""
    found = Counter(code for item in items for code in {each["code"] for each in _findings(item)})
    return [f"? in {found[code]} documents: {_titles([code])}" for code in CODES if found[code]]


def _titles(codes: Iterable[str]) -> str:
    return ", ".join(CODES.get(code, code).lower() for code in codes)


def _has_page(item: Mapping[str, Any]) -> bool:
    return (
        item["post"] is not None and item["change"] in {"added", "changed", "moved"} and not item["failure"]
    )


def _introduces(item: Mapping[str, Any]) -> bool:
    """Whether it is a README that makes no post; reports of old don't tell."""
    return bool(item.get("introduces"))


def _name(item: Mapping[str, Any]) -> str:
    return f"{plain(item['path'])} introduces its folder" if _introduces(item) else _title(item)


def _title(item: Mapping[str, Any]) -> str:
    title = plain(item["title"]) or plain(item["path"])
    return title if len(title) <= TITLE_SHOWN else title[: TITLE_SHOWN - 1].rstrip() + "…"


def _place(fault: Mapping[str, Any]) -> str:
    cell, line = fault.get("cell"), fault.get("line")
    return "".join([f" cell {cell}" if cell else "", f" line {line}" if line else ""])


def _sentences(fault: Mapping[str, Any]) -> str:
    return plain(f"{fault['message']} {fault['hint']}")[:TEXT_SHOWN]
