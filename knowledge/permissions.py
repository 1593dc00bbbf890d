"""Who may do what: `can_...` answers, `check_...` refuses in words the user sees.

Whether someone may *see* something is a queryset's `visible_to`; what they can't see doesn't exist for them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.errors import UserError
from knowledge.models import (
    Authorship,
    Campaign,
    Collection,
    Comment,
    Contribution,
    Membership,
    Post,
    Revision,
    Role,
    Space,
    Tag,
    Thread,
    User,
)


def role_in(space: Space, user: User) -> Role | None:
    role = Membership.objects.filter(space=space, user=user).values_list("role", flat=True).first()
    return Role(role) if role else None


def can_write(space: Space, user: User) -> bool:
    """Commit to the space: push, upload, submit."""
    return user.is_active and role_in(space, user) in Role.at_least(Role.AUTHOR)


def check_write(space: Space, user: User) -> None:
    if not can_write(space, user):
        raise UserError("not-a-member", space=space.slug, maintainers=maintainers_of(space))


def can_preview(space: Space, user: User) -> bool:
    """See what its branches hold that readers don't see yet: members, whatever their role."""
    return user.is_active and (user.is_superuser or role_in(space, user) is not None)


def can_see_findings(space: Space, user: User) -> bool:
    """What lint says of a revision, and one that it keeps from being published: for who can mend it."""
    return user.is_active and (user.is_superuser or can_write(space, user))


def check_fetch(space: Space, user: User) -> None:
    """Clone a visible space: whole repositories hold private posts too, so then it is for members only."""
    if user.is_superuser or role_in(space, user):
        return
    if space.posts.filter(private=True).exists():
        raise UserError("private-posts", space=space.slug, maintainers=maintainers_of(space))


def can_keep(post: Post, user: User) -> bool:
    """Say that a post still holds, archive it: who wrote or owns it and still writes there; maintainers."""
    if can_maintain(post.space, user):
        return True
    is_theirs = post.owner_id == user.pk or post.authorships.filter(user=user).exists()
    return is_theirs and can_write(post.space, user)


def check_keep(post: Post, user: User) -> None:
    if not can_keep(post, user):
        raise UserError("not-a-keeper", space=post.space.slug, maintainers=maintainers_of(post.space))


def kept_by(user: User, posts: Iterable[Post]) -> set[int]:
    """Of which posts the user can_keep, by id: asked of many at once. Three queries at the most."""
    found = list(posts)
    if not user.is_active or user.is_superuser:
        return {post.pk for post in found if user.is_active}
    roles = dict(Membership.objects.filter(user=user).values_list("space", "role"))
    wrote = set(Authorship.objects.filter(user=user, post__in=found).values_list("post", flat=True))
    writing = {space for space, role in roles.items() if role in Role.at_least(Role.AUTHOR)}
    return {
        post.pk
        for post in found
        if roles.get(post.space_id) == Role.MAINTAINER
        or (post.space_id in writing and (post.owner_id == user.pk or post.pk in wrote))
    }


def can_campaign(user: User) -> bool:
    """Open a campaign: who reviews or maintains some space. Of posts that they see, wherever those lie."""
    reviews = Membership.objects.filter(user=user, role__in=Role.at_least(Role.REVIEWER))
    return user.is_active and (user.is_superuser or reviews.exists())


def check_campaign(user: User) -> None:
    if not can_campaign(user):
        raise UserError("not-a-campaigner")


def can_run(campaign: Campaign, user: User) -> bool:
    """Change and close it: who opened it."""
    return user.is_active and (user.is_superuser or campaign.opened_by_id == user.pk)


def check_run(campaign: Campaign, user: User) -> None:
    if not can_run(campaign, user):
        raise UserError("not-your-campaign", name=campaign.opened_by_name)


def can_see_figures(post: Post, user: User) -> bool:
    """How much a visible post is read: who wrote it or answers for it, and who may write in its space.

    (PostQuerySet.with_figures_for asks it of many.)
    """
    return user.is_active and Post.objects.filter(pk=post.pk).with_figures_for(user).exists()


def check_figures(post: Post, user: User) -> None:
    if not can_see_figures(post, user):
        raise UserError("not-your-figures", space=post.space.slug, maintainers=maintainers_of(post.space))


@dataclass(frozen=True, slots=True)
class Talker:
    """What somebody who sees a post may do in its conversations; made once for all of its comments."""

    user: int
    wrote: bool
    maintains: bool
    reviews: bool = False
    writes: bool = False

    @property
    def sees_figures(self) -> bool:
        """As can_see_figures has it."""
        return self.wrote or self.writes

    def may_edit(self, comment: Comment) -> bool:
        return comment.author_id == self.user and not comment.is_deleted

    def may_delete(self, comment: Comment) -> bool:
        return not comment.is_deleted and (comment.author_id == self.user or self.maintains)

    def may_settle(self, thread: Thread) -> bool:
        """Resolve it, open it again, say whether it is answered."""
        is_reviewer = self.reviews and thread.review_id is not None
        return thread.started_by_id == self.user or self.wrote or self.maintains or is_reviewer


def talker(post: Post, user: User) -> Talker:
    """Three queries at the most. Who wrote what is only proposed yet counts as who wrote the post."""
    if not user.is_active:
        return Talker(0, False, False)
    proposed = Contribution.objects.filter(review__post=post, user=user).values("pk")
    wrote = post.owner_id == user.pk or post.authorships.filter(user=user).exists() or proposed.exists()
    role = Role.MAINTAINER if user.is_superuser else role_in(post.space, user)
    reviews, writes = (role in Role.at_least(least) for least in (Role.REVIEWER, Role.AUTHOR))
    return Talker(user.pk, wrote, role == Role.MAINTAINER, reviews, writes)


def check_talk(post: Post, user: User) -> None:
    """Whoever sees a post may comment on it, as long as it is there."""
    if not user.is_active or not Post.objects.visible_to(user).filter(pk=post.pk).exists():
        raise UserError("no-such-post")
    if post.status == Post.Status.DELETED:
        raise UserError("post-is-gone", title=post.title)


def check_quotable(revision: Revision) -> None:
    """What readers say quotes what they read, so it is said of nothing that is kept back."""
    if revision.is_held or revision.blocked_by:
        raise UserError("not-published-yet", number=revision.number)


def check_edit(comment: Comment, user: User) -> None:
    if comment.is_deleted:
        raise UserError("comment-deleted")
    if comment.author_id != user.pk or not user.is_active:
        raise UserError("not-your-comment")


def check_delete(comment: Comment, post: Post, user: User) -> None:
    if comment.is_deleted:
        raise UserError("comment-deleted")
    if not talker(post, user).may_delete(comment):
        raise UserError("not-yours-to-delete", maintainers=maintainers_of(post.space))


def check_settle(thread: Thread, user: User) -> None:
    if not talker(thread.post, user).may_settle(thread):
        raise UserError("not-yours-to-settle", maintainers=maintainers_of(thread.post.space))


def can_maintain(space: Space, user: User) -> bool:
    """Change the space's settings and members."""
    return user.is_active and (user.is_superuser or role_in(space, user) == Role.MAINTAINER)


def check_maintain(space: Space, user: User) -> None:
    if not can_maintain(space, user):
        raise UserError("not-a-maintainer", space=space.slug, maintainers=maintainers_of(space))


def can_see_demand(user: User) -> bool:
    """What was searched for in vain: who maintains a space, or runs the portal."""
    maintains = Membership.objects.filter(user=user, role=Role.MAINTAINER)
    return user.is_active and (user.is_superuser or maintains.exists())


def can_name_tags(user: User) -> bool:
    """Rename and merge tags: those who see all posts, for it changes lists in spaces that others don't see.

    Whether others may could only follow from what they may not know: see docs/tags-and-collections.md.
    """
    return user.is_active and user.is_superuser


def check_name_tags(user: User) -> None:
    if not can_name_tags(user):
        raise UserError("not-yours-to-name")


def can_describe(tag: Tag | None, user: User) -> bool:
    """Say what it means: its keeper, and those who run the portal."""
    return user.is_active and (user.is_superuser or (tag is not None and tag.keeper_id == user.pk))


def check_describe(tag: Tag | None, user: User) -> None:
    if not can_describe(tag, user):
        raise UserError("not-the-keeper")


def can_curate(space: Space | None, user: User) -> bool:
    """Make and change collections of `space`: its authors. Without one they are the portal's."""
    return user.is_active and (user.is_superuser or (space is not None and can_write(space, user)))


def check_curate(collection: Collection, user: User) -> None:
    if not can_curate(collection.space, user):
        where = collection.space.name if collection.space else "the portal"
        by = maintainers_of(collection.space) if collection.space else "the people who run this portal"
        raise UserError("not-a-curator", where=where, maintainers=by)


def maintainers_of(space: Space) -> str:
    names = space.memberships.filter(role=Role.MAINTAINER).values_list("user__username", flat=True)
    return ", ".join(names[:5]) or "the people who run this portal"
