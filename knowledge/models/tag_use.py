"""How many published posts have a tag, space by space: kept by a trigger on posts (migration 0019).

Rows are what was added and taken away, so that writers never wait for each other. Their sum is the count, at
every moment. Every minute they are folded together, and what everybody sees is summed up in one row.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Q, Sum

from knowledge.models import prepared
from knowledge.models.for_readers import ForReader
from knowledge.models.post import Post
from knowledge.models.space import Membership, Space
from knowledge.models.tag import TagSynonym, clean_tag
from knowledge.models.user import User

# TagUseQuerySet.visible_to and counts, by way of the totals where they hold: as long as the same spaces are
# open to everyone. One statement, so that a fold at this moment is seen as a whole or not at all.
_EVERYWHERE = """
WITH today AS (
  SELECT coalesce(array_agg(id ORDER BY id), '{}') AS ids FROM knowledge_space WHERE visibility = 'internal'
), totals AS (
  SELECT counts FROM knowledge_tagtotals, today WHERE spaces = ids
), seen AS (
  SELECT id, private, visibility = 'internal' AND NOT private AND EXISTS (SELECT FROM totals) AS in_totals
  FROM knowledge_space, (VALUES (true), (false)) AS each (private)
  WHERE %(sees_all)s OR (visibility = 'internal' AND NOT private)
    OR id IN (SELECT space_id FROM knowledge_membership WHERE user_id = %(user)s)
)
SELECT tag, sum(posts)::int FROM (
  SELECT key AS tag, value::int AS posts FROM totals, jsonb_each_text(counts)
  UNION ALL
  SELECT tag, posts FROM seen, knowledge_taguse AS use
  WHERE space_id = seen.id AND use.private = seen.private AND NOT in_totals
  UNION ALL
  SELECT tag, posts FROM seen, knowledge_taguse AS use
  WHERE space_id = seen.id AND use.private = seen.private AND in_totals AND NOT folded
) AS every GROUP BY tag HAVING sum(posts) > 0
"""
_FOLD = """
WITH changed AS (
  SELECT DISTINCT space_id, tag, private FROM knowledge_taguse WHERE NOT folded
), gone AS (
  DELETE FROM knowledge_taguse AS use USING changed
  WHERE (use.space_id, use.tag, use.private) = (changed.space_id, changed.tag, changed.private)
  RETURNING use.space_id, use.tag, use.private, use.posts
)
INSERT INTO knowledge_taguse (space_id, tag, private, posts, folded)
SELECT space_id, tag, private, sum(posts), true FROM gone GROUP BY 1, 2, 3 HAVING sum(posts) <> 0
"""
_TOTAL = """
WITH open AS (SELECT id FROM knowledge_space WHERE visibility = 'internal'),
summed AS (
  SELECT tag, sum(posts) AS posts FROM knowledge_taguse
  WHERE folded AND NOT private AND space_id IN (SELECT id FROM open) GROUP BY tag
)
INSERT INTO knowledge_tagtotals (id, spaces, counts) SELECT 1,
  (SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM open),
  (SELECT coalesce(jsonb_object_agg(tag, posts), '{}') FROM summed)
ON CONFLICT (id) DO UPDATE SET spaces = excluded.spaces, counts = excluded.counts
"""


class TagUseQuerySet(models.QuerySet["TagUse"]):
    def visible_to(self, user: User) -> Self:
        """Of posts that PostQuerySet.visible_to shows, without the private ones that name a group."""
        if user.is_superuser:
            return self
        mine = Membership.objects.filter(user=user).values("space")
        internal = Space.objects.filter(visibility=Space.Visibility.INTERNAL).values("pk")
        return self.filter(Q(space__in=mine) | Q(space__in=internal, private=False))

    def counts(self) -> "models.QuerySet[TagUse, tuple[str, int]]":
        """(tag, how many posts have it)."""
        summed = self.order_by().values_list("tag").annotate(number=Sum("posts"))
        return summed.filter(number__gt=0)

    def seen_by(self, user: User, *, space: Space | None = None, tag: str = "") -> Counter[str]:
        """Tag -> how many published posts that `user` sees have it. Two queries, however many posts."""
        if tag and not space:
            return _of_tag(user, tag)
        if not (space or tag):
            found = _everywhere(user)
            for (tags,) in _ALL_BY_GROUP(user):
                found.update(tags)
            return found
        uses, by_group = self.visible_to(user), _open_by_group(user)
        if space:
            uses, by_group = uses.filter(space=space), by_group.filter(space=space)
        if tag:
            uses, by_group = uses.filter(tag=tag), by_group.filter(tags__contains=[tag])
        found = Counter(dict(uses.counts()))
        for tags in by_group.values_list("tags", flat=True):
            found.update(tags)
        return found


class TagUse(models.Model):
    # Without a constraint: the trigger still writes of posts that go with their space.
    space = models.ForeignKey(Space, models.DO_NOTHING, related_name="+", db_constraint=False)
    tag = models.CharField(max_length=100)
    private = models.BooleanField()
    posts = models.IntegerField(help_text="So many more; fewer, if negative.")
    folded = models.BooleanField(default=False, db_default=False, help_text="A sum, and in the totals.")

    objects = TagUseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["space", "private", "tag"], include=["posts"], name="tag_use_space"),
            models.Index(fields=["tag", "space"], name="tag_use_tag"),
            models.Index(fields=["space"], condition=Q(folded=False), name="tag_use_news"),
        ]

    def __str__(self) -> str:
        return f"{self.space_id}: {self.tag} {self.posts:+}"


class TagTotals(models.Model):
    """One row: how many posts that everybody sees have each tag, in the spaces that are open to everyone."""

    spaces = ArrayField(models.BigIntegerField(), default=list)
    counts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{len(self.counts)} tags of {len(self.spaces)} spaces"


def fold() -> None:
    """Within a transaction. Sum up what was added since, or what everybody sees now; one at a time."""
    spaces = Space.objects.filter(visibility=Space.Visibility.INTERNAL).order_by("pk")
    is_current = TagTotals.objects.filter(spaces=list(spaces.values_list("pk", flat=True))).exists()
    if is_current and not TagUse.objects.filter(folded=False).exists():
        return
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE knowledge_tagtotals IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(_FOLD)
        cursor.execute(_TOTAL)


def current_tag(user: User, name: str) -> str:
    """What `name` is called now, if `user` sees a post under that; else the name as posts would carry it."""
    name = clean_tag(name)
    current = next((tag for (tag,) in _CURRENT(user, name=name)), name)
    is_there = current == name or TagUse.objects.seen_by(user, tag=current)[current] > 0
    return current if is_there else name


def known_as(user: User, name: str) -> tuple[str, int]:
    """current_tag, and how many published posts that `user` sees have it. One query, two for a synonym."""
    name = clean_tag(name)
    current, *found = prepared.several(_CURRENT.filled(user, name=name), *_asked_of(user, name))
    posts = _summed(*found)[name]
    for (other,) in current:
        if number := _of_tag(user, other)[other]:
            return other, number
    return name, posts


def ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    """The most used first."""
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))


def _of_tag(user: User, tag: str) -> Counter[str]:
    return _summed(*prepared.several(*_asked_of(user, tag)))


def _asked_of(user: User, tag: str) -> Sequence[tuple[str, list[Any]]]:
    return _USES.filled(user, tag=tag), _BY_GROUP.filled(user, tags=[tag])


def _summed(uses: Sequence[Any], by_group: Sequence[Any]) -> Counter[str]:
    found = Counter({name: int(number) for name, number in uses})
    for (tags,) in by_group:
        found.update(tags)
    return found


def _everywhere(user: User) -> Counter[str]:
    with connection.cursor() as cursor:
        cursor.execute(_EVERYWHERE, {"user": user.pk, "sees_all": user.is_superuser})
        return Counter(dict(cursor.fetchall()))


def _open_by_group(user: User) -> "models.QuerySet[Post]":
    """Private posts of internal spaces that are open to `user` by a group alone; few, and indexed."""
    members = Membership.objects.filter(user=user).values("space")
    if user.is_superuser:
        return Post.objects.none()
    named = Post.objects.published().filter(
        private=True,
        space__visibility=Space.Visibility.INTERNAL,
        is_held=False,
        allowed_groups__overlap=user.groups.values("name"),
    )
    return named.exclude(space__in=members).order_by()


_NAME = models.CharField(max_length=100)
_CURRENT = ForReader(
    lambda _, name: TagSynonym.objects.in_force().filter(name=name).values_list("tag__name"), name=_NAME
)
_USES = ForReader(lambda reader, tag: TagUse.objects.visible_to(reader).filter(tag=tag).counts(), tag=_NAME)
_ALL_BY_GROUP = ForReader(lambda reader: _open_by_group(reader).values_list("tags"))
_BY_GROUP = ForReader(
    lambda reader, tags: _open_by_group(reader).filter(tags__contains=tags).values_list("tags"),
    tags=ArrayField(_NAME),
)
