"""Making spaces, and changing what they are and who belongs to them."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from knowledge.errors import UserError
from knowledge.git import create_repository
from knowledge.linting import CODES
from knowledge.models import AuditEvent, Membership, Role, Space, User
from knowledge.permissions import check_maintain
from knowledge.pipeline.index import request_index
from knowledge.pipeline.passing import release

RESERVED = {"new"}  # /s/new is the form for a new space


def create_space(
    *,
    by: User,
    slug: str,
    name: str,
    description: str = "",
    visibility: str = Space.Visibility.INTERNAL,
) -> Space:
    """Make a space with an empty repository; `by`, who may be anyone signed in, becomes its maintainer.

    Raises UserError "bad-space-name" or "space-exists".
    """
    check_slug(slug)
    try:
        with transaction.atomic():
            space = Space.objects.create(
                slug=slug,
                name=name or slug,
                description=description,
                visibility=Space.Visibility(visibility),
                created_by=by,
            )
            Membership.objects.create(space=space, user=by, role=Role.MAINTAINER)
            AuditEvent.objects.record("space.create", by=by, space=slug, visibility=str(visibility))
            create_repository(slug)
    except (IntegrityError, FileExistsError) as error:
        raise UserError("space-exists", space=slug) from error
    return space


def change_space(
    *,
    by: User,
    space: Space,
    name: str,
    description: str,
    visibility: str,
    blocking_findings: Collection[str] | None = None,
) -> None:
    """Change what it is; what the new list of blocking findings lets through is published at once.

    Nothing that is published is taken down by a longer list.
    """
    check_maintain(space, by)
    with transaction.atomic():
        locked = Space.objects.select_for_update(no_key=True).get(pk=space.pk)
        before = locked.blocking_findings
        wanted = before if blocking_findings is None else blocking_findings
        space.name, space.description = name, description
        space.visibility = Space.Visibility(visibility)
        space.blocking_findings = [code for code in CODES if code in wanted]
        space.save(update_fields=["name", "description", "visibility", "blocking_findings"])
        said = {"name": name, "visibility": visibility, "blocking_findings": space.blocking_findings}
        AuditEvent.objects.record("space.change", by=by, space=space.slug, **said)
        if set(space.blocking_findings) != set(before):
            release(space)
        if name != locked.name:
            request_index(space.posts.values_list("pk", flat=True))


def set_member(*, by: User, space: Space, username: str, role: str) -> Membership:
    """Make someone a member, or give a member another role.

    Raises UserError "no-such-user" or "last-maintainer".
    """
    with transaction.atomic():
        maintainers = _lock_maintainers(space)
        check_maintain(space, by)
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise UserError("no-such-user", user=username)
        if role != Role.MAINTAINER:
            _check_not_last(maintainers, space, user)
        member, _ = Membership.objects.update_or_create(space=space, user=user, defaults={"role": Role(role)})
        AuditEvent.objects.record("space.member", by=by, space=space.slug, user=username, role=str(role))
    return member


def remove_member(*, by: User, space: Space, username: str) -> None:
    """Members may leave by themselves; a maintainer may send others away.

    Raises UserError "last-maintainer".
    """
    with transaction.atomic():
        maintainers = _lock_maintainers(space)
        if by.username != username:
            check_maintain(space, by)
        member = (
            Membership.objects.filter(space=space, user__username=username).select_related("user").first()
        )
        if member is None:
            return
        _check_not_last(maintainers, space, member.user)
        member.delete()
        AuditEvent.objects.record("space.remove-member", by=by, space=space.slug, user=username)


def check_slug(slug: str) -> None:
    """Raises UserError "bad-space-name"."""
    try:
        Space._meta.get_field("slug").run_validators(slug)
    except ValidationError as error:
        raise UserError("bad-space-name", space=slug) from error
    if slug.split() != [slug] or slug in RESERVED:  # the validator lets a last line break pass
        raise UserError("bad-space-name", space=slug)


def _lock_maintainers(space: Space) -> list[int]:
    """Their ids. Locked, so that two of them can neither leave at once nor send each other away."""
    maintainers = space.memberships.filter(role=Role.MAINTAINER).select_for_update().order_by("pk")
    return [member.user_id for member in maintainers]


def _check_not_last(maintainers: list[int], space: Space, user: User) -> None:
    if maintainers == [user.pk]:
        raise UserError("last-maintainer", user=user.username, space=space.slug)
