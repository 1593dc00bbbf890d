"""What the findings of a revision are, and which of them keep it from being published.

Finding is the render child's part, but for what the header tells; which codes block is the space's to say.
Nothing is published or taken down here: see publish and passing.
"""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from knowledge.documents import reader_of
from knowledge.documents.header import header_of
from knowledge.linting import CODES, accepted_in, lint_header
from knowledge.models import Post, Preview, Rendering, Revision, Space
from knowledge.pipeline import facts


def findings_of(revision: Revision | Preview) -> list[dict[str, Any]]:
    """As JSON values; until it is rendered, those of its header alone. Its rendering must be loaded.

    None of what can't be shown, which has to be mended first. Of what was knitted the findings are the
    knitted file's, and the header is the source's.
    """
    if revision.rendering.state == Rendering.State.FAILED:
        return []
    accepted = accepted_in(revision.header)
    found = [each for each in revision.rendering.findings if each["code"] not in accepted]
    is_read = revision.rendering.state == Rendering.State.READY and not revision.knitted_blob
    return found + ([] if is_read else _secrets_of_header(revision)) + _of_header(revision)


def blocking_codes(space: Space, revision: Revision) -> list[str]:
    """Those of its findings that keep it from being published; none once it was let through."""
    if revision.passed_at or not space.blocking_findings:
        return []
    # What failed is not told more than that, but lists would show its header.
    is_failed = revision.rendering.state == Rendering.State.FAILED
    return blocking_among(space, _secrets_of_header(revision) if is_failed else findings_of(revision))


def blocking_among(space: Space, findings: Iterable[dict[str, Any]]) -> list[str]:
    found = {each["code"] for each in findings}
    return [code for code in CODES if code in found and code in space.blocking_findings]


def is_kept_back(preview: Preview) -> bool:
    """Whether, as a post, it would be for those who can mend it only."""
    return bool(blocking_among(preview.branch.space, findings_of(preview)))


def hold(revisions: Iterable[Revision]) -> None:
    """Write down what blocks each that never was published.

    The posts are locked; they and their spaces must be loaded.
    """
    changed = []
    for revision in revisions:
        codes = blocking_codes(revision.post.space, revision)
        if revision.published_at is None and codes != revision.blocked_by:
            revision.blocked_by = codes
            changed.append(revision)
    Revision.objects.bulk_update(changed, ["blocked_by"], batch_size=500)


def _of_header(revision: Revision | Preview) -> list[dict[str, Any]]:
    header = header_of(revision.header)
    reader = reader_of(revision.path)
    if reader is None or facts.kind_of(revision.path, header) == Post.Kind.INTRODUCTION:
        return []
    return [asdict(found) for found in lint_header(reader.format, header)]


def _secrets_of_header(revision: Revision | Preview) -> list[dict[str, Any]]:
    """And of its title, which lists show before all of it was read."""
    reader, header = reader_of(revision.path), header_of({"title": revision.title} | revision.header)
    found = lint_header(reader.format, header, frozenset({"secret"})) if reader else ()
    return [asdict(each) for each in found]
