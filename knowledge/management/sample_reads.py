"""How the sample posts were read: made up, and the same each time, for reading figures to show something.

The longer a post is there, the fewer people come; some come back, some come by a search, few on a weekend.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import blake2b

from django.db.models import Exists, OuterRef
from django.utils import timezone

from knowledge.models import Authorship, LeadingSearch, Like, Post, Read, User
from knowledge.models.readers import Readers
from knowledge.pipeline.tallying import add_up, first_kept, tally_night

REACHES = (100, 100, 100, 75, 75, 50, 25, 0)  # as often as they stand here
LIKED = 0.15
WEEKEND = 0.25


def load_reads(people: list[User], spaces: list[str]) -> None:
    """Of the posts of these spaces that nobody read yet."""
    unread = ~Exists(Read.objects.filter(post=OuterRef("pk")))
    posts = list(
        Post.objects.live()
        .posts()
        .filter(unread, space__slug__in=spaces)
        .select_related("space")
        .order_by("pk")
    )
    today = timezone.localdate()
    readers = Readers.of([user.pk for user in people], [post.space_id for post in posts])
    for post in posts:
        wrote = set(Authorship.objects.filter(post=post).values_list("user", flat=True))
        _load(post, [user for user in people if user.pk not in wrote and readers.sees(user.pk, post)], today)
    add_up(date.min, today)
    tally_night()


def _load(post: Post, people: list[User], today: date) -> None:
    published = max(timezone.localdate(post.created_at), first_kept(today))
    days = [published + timedelta(days=place) for place in range((today - published).days + 1)]
    reads = [
        _read(post, user, day)
        for day in days
        for user in people
        if chance(post.path, user.username, day) < _likely(post, day, today)
    ]
    Read.objects.bulk_create(reads)
    LeadingSearch.objects.bulk_create(_searches(post, reads))
    fans = [user for user in people if chance(post.path, user.username, "like") < LIKED]
    Like.objects.bulk_create([Like(post=post, user=user) for user in fans], ignore_conflicts=True)


def _likely(post: Post, day: date, today: date) -> float:
    """How likely it is that somebody reads the post on the day: less each week, and more for a good title."""
    age = (day - max(timezone.localdate(post.created_at), first_kept(today))).days
    worth = 0.25 + 0.75 * chance(post.path, "worth")
    quiet = WEEKEND if day.weekday() >= 5 else 1.0
    return worth * quiet * (0.12 + 0.55 * float(0.5 ** (age / 12)))


def _read(post: Post, user: User, day: date) -> Read:
    reach = REACHES[int(chance(post.path, user.username, day, "reach") * len(REACHES))]
    seconds = int(20 + 400 * chance(post.path, user.username, day, "stay") * max(reach, 10) / 100)
    return Read(
        post=post,
        user=user,
        day=day,
        views=1 + int(3 * chance(post.path, user.username, day, "again") ** 2),
        seen_at=timezone.now() - timedelta(days=(timezone.localdate() - day).days),
        reach=reach,
        seconds=seconds,
        is_finished=reach == 100 and seconds > 120,
    )


def _searches(post: Post, reads: list[Read]) -> Iterator[LeadingSearch]:
    """Every fifth read or so came by a word or two of the title."""
    words = [word.strip(",.:;?").lower() for word in post.title.split() if len(word) > 3] or ["answer"]
    seen: dict[tuple[date, str], LeadingSearch] = {}
    for read in reads:
        chosen = chance(post.path, read.user.username, read.day, "search")
        if chosen < 0.2:
            first = int(chosen * 5 * min(3, len(words)))
            query = " ".join(words[first : first + 2])
            found = seen.setdefault(
                (read.day, query), LeadingSearch(post=post, day=read.day, query=query, reads=0)
            )
            found.reads += 1
    return iter(seen.values())


def chance(*names: object) -> float:
    """From 0 up to 1; always the same for the same names."""
    digest = blake2b("|".join(map(str, names)).encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") / 2**32
