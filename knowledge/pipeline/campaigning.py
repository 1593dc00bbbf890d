"""Campaigns: asking those who answer for posts to bring them over an upgrade of a library, and ticking off.

What a published revision shows to be done is ticked off by itself, and opened again if a later one goes back.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from knowledge import versions
from knowledge.errors import UserError
from knowledge.events import because
from knowledge.models import (
    AuditEvent,
    Authorship,
    Campaign,
    CampaignItem,
    LibraryUse,
    Membership,
    Post,
    Readers,
    Role,
    Space,
    User,
)
from knowledge.models.campaign import MOST_POSTS
from knowledge.models.library_use import LibraryUseQuerySet
from knowledge.permissions import check_campaign, check_keep, check_run
from knowledge.pipeline.notify import Listener, News, tell_all
from knowledge.rendering.remarks import LONGEST

NAMED = 8  # posts, that a notification lists
State = CampaignItem.State


@transaction.atomic
def open_campaign(
    *,
    by: User,
    library: str,
    affected: str = "",
    target: str = "",
    title: str,
    what: str = "",
    space: Space | None = None,
    with_unknown: bool = False,
) -> Campaign:
    """Ask for all posts, or those of `space`, that `by` sees, whose version `affected` concerns, and that
    aren't at `target` yet.

    `with_unknown`: for those too whose version nobody knows. Who is asked is told once, with their posts.
    Raises UserError "not-a-campaigner", "campaign-untitled", "long-task", "campaign-empty", "campaign-large".
    """
    check_campaign(by)
    words = _words(title, what, target)
    uses = LibraryUse.objects.visible_to(by).of(library)
    uses = uses.filter(space=space) if space else uses
    found = _asked_for(uses, _line(affected), words["target"], with_unknown=with_unknown)
    if not found:
        raise UserError("campaign-empty", library=library)
    if len(found) > MOST_POSTS:
        raise UserError("campaign-large", number=f"More than {MOST_POSTS}", limit=MOST_POSTS)
    made = Campaign.objects.create(
        library=library.lower(),
        affected=_line(affected)[: versions.LONGEST],
        opened_by=by,
        opened_by_name=by.get_full_name(),
        **words,
    )
    made_items = [CampaignItem(campaign=made, post=use.post, version=use.version) for use in found]
    items = CampaignItem.objects.bulk_create(made_items)
    owners = owners_of([item.post for item in items])
    asked = CampaignItem.owners.through
    asked.objects.bulk_create(
        asked(campaignitem_id=item.pk, user_id=user) for item in items for user in owners[item.post_id]
    )
    detail = {"library": made.library, "affected": made.affected, "posts": len(items)}
    _record("campaign.open", made, by, **detail)
    _tell_opened(made, items, owners, by=by)
    return made


def _asked_for(
    uses: LibraryUseQuerySet, affected: str, target: str, *, with_unknown: bool
) -> list[LibraryUse]:
    wanted = uses.concerned(affected, target)
    wanted = wanted | uses.unknown() if with_unknown else wanted
    return list(wanted.select_related("post__space").order_by("post")[: MOST_POSTS + 1])


@transaction.atomic
def change_campaign(*, by: User, campaign: Campaign, title: str, what: str, target: str) -> None:
    """Its words; which posts it asks for stays, but what is done goes by its target.

    Raises as open_campaign, and "campaign-closed".
    """
    held = _running(campaign, by)
    before = held.target
    for name, value in _words(title, what, target).items():
        setattr(held, name, value)
    held.save()
    _record("campaign.change", held, by)
    if held.target != before:
        settle(list(held.items.values_list("post", flat=True)))


@transaction.atomic
def close_campaign(*, by: User, campaign: Campaign, note: str = "") -> None:
    """Nothing is ticked off any more; who was asked is told.

    Raises UserError "not-your-campaign" or "campaign-closed".
    """
    held = _running(campaign, by)
    held.closed_by, held.closed_at, held.closing_note = by, timezone.now(), _line(note)[:500]
    held.save(update_fields=["closed_by", "closed_at", "closing_note"])
    asked = User.objects.filter(campaign_items__campaign=held).distinct()
    detail = {"title": held.title, "url": held.get_absolute_url(), "text": held.closing_note}
    listeners = [_listener(user, held) for user in asked.values_list("pk", flat=True)]
    tell_all([News("campaign.closed", None, by, None, listeners, detail, campaign=held)])
    _record("campaign.close", held, by, note=held.closing_note)


@transaction.atomic
def mark(*, by: User, item: CampaignItem, state: str, note: str = "") -> None:
    """Say that a post is done, that nothing is needed, or that it is open again.

    Raises UserError "not-a-keeper" or "campaign-closed".
    """
    check_keep(item.post, by)
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=item.campaign_id)
    if campaign.closed_at:
        raise UserError("campaign-closed")
    held = CampaignItem.objects.select_for_update(no_key=True).get(pk=item.pk)
    held.state, held.note = State(state), _line(note)[:500]
    is_open = held.state == State.OPEN
    held.by, held.by_name = (None, "") if is_open else (by, by.get_full_name())
    held.at = None if is_open else timezone.now()
    held.save(update_fields=["state", "note", "by", "by_name", "at"])
    _record("campaign.mark", campaign, by, post=held.post_id, state=held.state, note=held.note)


def settle(posts: Collection[int]) -> None:
    """Tick off what the published revisions of these posts show to be done; open what they take back.

    What a person said of a post stays as they said it. One query where nothing is asked for.
    """
    asked = CampaignItem.objects.filter(post__in=posts, campaign__closed_at=None, by_name="")
    related = asked.select_related("campaign__opened_by", "post__space", "post__published_revision")
    items = list(related.order_by("pk").select_for_update(no_key=True, of=("self",)))
    if not items:
        return
    uses = LibraryUse.objects.filter(post__in=posts).values_list("post", "library", "version")
    known = {(post, library): version for post, library, version in uses}
    changed = [it for it in items if _settle(it, known.get((it.post_id, it.campaign.library)))]
    CampaignItem.objects.bulk_update(changed, ["state", "note", "at"], batch_size=500)
    _ask_owners([it for it in items if it.state == State.OPEN and it.post.owner_id])
    AuditEvent.objects.bulk_create(
        AuditEvent(
            action="campaign.settle",
            space=item.post.space.slug,
            detail={
                "campaign": item.campaign_id,
                "post": item.post_id,
                "state": item.state,
                "note": item.note,
            },
        )
        for item in changed
    )


def _settle(item: CampaignItem, version: str | None) -> bool:
    """Whether its state changes with `version` of the library: "" is not known, None is no more used."""
    campaign = item.campaign
    is_left = version is not None and versions.is_left(campaign.affected, campaign.target, version)
    if is_left == (item.state == State.OPEN):
        return False
    revision = item.post.published_revision
    number = revision.number if revision else 0
    if is_left:
        item.state, item.at = State.OPEN, None
        item.note = f"Revision {number} uses {version or item.campaign.library} again."
    else:
        item.state, item.at = State.DONE, timezone.now()
        item.note = f"Revision {number} uses {version}." if version else f"Revision {number} uses it no more."
    return True


def _ask_owners(items: Sequence[CampaignItem]) -> None:
    """Who came to own one of these posts since is asked, too, and told. One query where nobody did."""
    if not items:
        return
    through = CampaignItem.owners.through
    asked = set(through.objects.filter(campaignitem__in=items).values_list("campaignitem_id", "user_id"))
    new = [item for item in items if (item.pk, item.post.owner_id) not in asked]
    if not new:
        return
    owners = owners_of([item.post for item in new])
    rows = [(item.pk, user) for item in new for user in owners[item.post_id]]
    through.objects.bulk_create(
        (through(campaignitem_id=pk, user_id=user) for pk, user in rows), ignore_conflicts=True
    )
    for campaign in {item.campaign_id: item.campaign for item in new}.values():
        theirs = [item for item in new if item.campaign_id == campaign.pk]
        _tell_opened(campaign, theirs, owners, by=campaign.opened_by)


def owners_of(posts: Sequence[Post]) -> dict[int, list[int]]:
    """Who is asked for each: its owner, else its authors, else the maintainers of its space; if they see it.

    Posts come with their spaces. Six queries, however many.
    """
    wrote: dict[int, list[int]] = {}
    signed = Authorship.objects.filter(post__in=posts, user__isnull=False).order_by("position")
    for written, user in signed.values_list("post", "user"):
        wrote.setdefault(written, []).append(user)
    spaces = {post.space_id for post in posts}
    keeping: dict[int, list[int]] = {}
    maintainers = Membership.objects.filter(space__in=spaces, role=Role.MAINTAINER).order_by("user")
    for space, user in maintainers.values_list("space", "user"):
        keeping.setdefault(space, []).append(user)
    people = {user for users in (*wrote.values(), *keeping.values()) for user in users}
    readers = Readers.of(people | {post.owner_id for post in posts if post.owner_id}, spaces)
    found = {}
    for post in posts:
        owner = [post.owner_id] if post.owner_id else []
        asked = (owner, wrote.get(post.pk, []), keeping.get(post.space_id, []))
        seeing = ([user for user in dict.fromkeys(users) if readers.sees(user, post)] for users in asked)
        found[post.pk] = next(filter(None, seeing), [])
    return found


def _tell_opened(
    campaign: Campaign, items: Iterable[CampaignItem], owners: Mapping[int, list[int]], *, by: User | None
) -> None:
    """Each of them once, with the posts that they are asked for."""
    theirs: dict[int, list[str]] = {}
    for item in items:
        for user in owners[item.post_id]:
            theirs.setdefault(user, []).append(item.post.title)
    url = f"{campaign.get_absolute_url()}?whose=mine"
    tell_all(
        [
            News(
                "campaign.opened",
                None,
                by,
                None,
                [_listener(user, campaign)],
                {"title": campaign.title, "url": url, "text": _listed(titles)},
                campaign=campaign,
            )
            for user, titles in theirs.items()
        ]
    )


def _listed(titles: Sequence[str]) -> str:
    more = len(titles) - NAMED
    lines = [title if len(title) <= 55 else f"{title[:54]}…" for title in titles[:NAMED]]
    return "\n".join([*lines, f"and {more} more"] if more > 0 else lines)


def _listener(user: int, campaign: Campaign) -> Listener:
    return Listener(user, "user-of-library", because("user-of-library", campaign.library))


def _running(campaign: Campaign, by: User) -> Campaign:
    """The row under lock; refused to who may not change it, and once it is closed."""
    held = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    check_run(held, by)
    if held.closed_at:
        raise UserError("campaign-closed")
    return held


def _words(title: str, what: str, target: str) -> dict[str, Any]:
    title, what = _line(title)[:200], what.replace("\x00", "").strip()
    if not title:
        raise UserError("campaign-untitled")
    if (size := len(what.encode(errors="replace"))) > LONGEST:
        raise UserError("long-task", size=-(-size // 1000), limit=LONGEST // 1000)
    return {"title": title, "what": what, "target": _line(target)[: versions.LONGEST]}


def _line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


def _record(action: str, campaign: Campaign, by: User, **detail: Any) -> None:
    AuditEvent.objects.record(action, by=by, campaign=campaign.pk, title=campaign.title, **detail)
