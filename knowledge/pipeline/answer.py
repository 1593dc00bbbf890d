"""What a push answers on the terminal: the report of its ingest in lines. Pure; the git door sends them."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from knowledge.linting import CODES

MAX_LINES = 200
MAX_FINDINGS = 20
NAMES_SHOWN = 5
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
    shown = [item for item in report if _has_something_to_say(item)]
    answer = [_summary(space, documents), *_lines(shown, site, f"{site}/s/{space}/")]
    if any(_has_page(item) for item in shown):
        answer.append(f"Watch them become readable: {site}/s/{space}/-/pushes/{commit}")
    return answer


def lines_of_branch(
    *, space: str, branch: str, report: Sequence[Mapping[str, Any]], site: str, default: str
) -> list[str]:
    """Of a branch whose documents became previews; `report` is Branch.report, `default` the one of posts."""
    name = plain(branch)
    number = sum(bool(item.get("preview")) for item in report)
    shown = [item for item in report if _has_something_to_say(item)]
    if not shown:
        return [f"{space}: {name} holds no documents that differ from {default}'s"]
    answer = [f"{space}: {number or 'no'} preview{'' if number == 1 else 's'} of {name}"]
    answer += _lines(shown, site, f"{site}/s/{space}/-/previews/{quote(branch, safe=SAFE)}/")
    if number:
        answer.append(
            f"Only members of {space} see them. Bring {name} into {default} to propose them:"
            f" git push REMOTE {name}:{default}"
        )
    return answer


def lines_of_more_branches(*, space: str, number: int, site: str) -> list[str]:
    if number <= 0:
        return []
    return [f"{space}: and {number} more branch{'es' if number > 1 else ''}: {site}/s/{space}/-/previews"]


def lines_of_waiting_branch(*, space: str, branch: str, site: str) -> list[str]:
    """For a branch that is safe, but whose previews were not made before we stopped waiting."""
    return [
        f"{space}: {plain(branch)} is safe. Its previews are made shortly;",
        f"  see them: {site}/s/{space}/-/previews",
    ]


def lines_of_gone_branches(*, space: str, branches: Iterable[str]) -> list[str]:
    names = [plain(branch) for branch in sorted(branches)]
    if not names:
        return []
    words = (
        "is gone, and its previews with it" if len(names) == 1 else "are gone, and their previews with them"
    )
    return [f"{space}: {_some(names)} {words}"]


def lines_while_waiting(*, space: str, commit: str, site: str) -> list[str]:
    """For a push that is safe, but was not taken in before we stopped waiting."""
    return [
        f"{space}: your push is safe. Its documents will be taken in shortly;",
        f"  see what became of each: {site}/s/{space}/-/pushes/{commit}",
    ]


def plain(text: str) -> str:
    """One line without characters that a terminal would act on."""
    kept = "".join(" " if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp", "Cs"} else c for c in text)
    return " ".join(kept.split())


def _has_something_to_say(item: Mapping[str, Any]) -> bool:
    return bool(item["change"] != "unchanged" or item["faults"] or item["failure"])


def _lines(shown: list[Mapping[str, Any]], site: str, folder: str) -> list[str]:
    """Of documents with pages below the address `folder`."""
    if len(shown) > MAX_LINES:  # what needs mending must not be cut off
        shown.sort(key=lambda item: not (item["failure"] or item["faults"]))
    width = max((len(_name(item)) for item in shown if _has_page(item)), default=0)
    each = sum(len(_findings(item)) for item in shown) <= MAX_FINDINGS
    lines = [] if each else _counted_findings(shown)
    lines += [line for item in shown for line in _item_lines(item, site, folder, width, each)]
    left_out = len(lines) - MAX_LINES
    more = [f"  … and {left_out} more lines"] if left_out > 0 else []
    return [f"  {line}" for line in lines[:MAX_LINES]] + more


def _some(names: Sequence[str]) -> str:
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


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
            yield f"  {_reviewed(item)}: {site}/reviews/{item['review']}"
    for fault in item["faults"]:
        yield f"! {path}{_place(fault)}: {_sentences(fault)}"
    for finding in _findings(item) if with_findings else ():
        yield f"? {path}{_place(finding)}: {_sentences(finding)}"
    if blocking := item.get("blocked_by"):
        yield f"x {path}: not published before this is mended: {_titles(blocking)}"


def _reviewed(item: Mapping[str, Any]) -> str:
    if item.get("preview"):
        return "its post is in review"
    return "waits for approval" if item.get("is_held") else "is in review"


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
    is_shown = item["post"] is not None or bool(item.get("preview"))
    return is_shown and item["change"] in {"added", "changed", "moved"} and not item["failure"]


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
