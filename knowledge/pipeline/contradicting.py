"""Two spaces that say different things under one name, as of the same day: the people of both posts are told.

Each of them only if they see the other's post.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import prefetch_related_objects

from knowledge.models import Insight, Reading
from knowledge.pipeline.insight_news import Listeners, Noted, Was, keepers_of, news_of, spoken_apart
from knowledge.pipeline.notify import Listener, News, tell_all
from knowledge.watching import contradict, is_repeated

OTHERS = 100  # insights that are compared, those changed last first


def tell(said: Mapping[Noted, Was | None]) -> None:
    """Of what was just said, and is their insights' newest; but not of what they said before, too.

    One query where no other space has such names.
    """
    dated = [
        it for it, was in said.items() if it.reading.as_of and not (was and is_repeated(it.reading, was))
    ]
    pairs = [(one, other) for other in _others(dated) for one in dated if _disagree(one, other)]
    if not pairs:
        return
    posts = {it.revision.post_id: it.revision.post for pair in pairs for it in pair}
    prefetch_related_objects(list(posts.values()), "space")
    keepers = keepers_of(posts.values())
    tell_all([news for one, other in pairs for news in _both(one, other, keepers)])


def _others(dated: Sequence[Noted]) -> list[Noted]:
    """What other spaces say last under the same names."""
    if not dated:
        return []
    named = Insight.objects.filter(name__in={it.insight.name for it in dated}, withdrawn_at=None)
    elsewhere = named.exclude(post=None).exclude(space__in={it.insight.space_id for it in dated})
    if not elsewhere.exists():  # as nearly always, and quickly asked
        return []
    there = elsewhere.still_said().order_by("-changed_at", "-pk")
    shared = Reading.objects.shared().newest_first().values("pk")
    last = there.values_list(ArraySubquery(shared[:1]), flat=True)
    readings = Reading.objects.filter(pk__in=[pk for newest in last[:OTHERS] for pk in newest])
    related = ("insight__space", "revision__post__space")
    return [
        Noted(it.insight, it, it.revision)
        for it in readings.select_related(*related).order_by("pk")
        if it.revision and it.post_id == it.insight.post_id
    ]


def _disagree(one: Noted, other: Noted) -> bool:
    return one.insight.name == other.insight.name and contradict(one.reading, other.reading)


def _both(one: Noted, other: Noted, keepers: Listeners) -> tuple[News, News]:
    """To the people of both posts; who answers for both is told once, of the one that was just published."""
    first, second = keepers[one.revision.post_id], keepers[other.revision.post_id]
    told = {each.user for each in first}
    rest = [each for each in second if each.user not in told]
    return _news(one, other, first), _news(other, one, rest)


def _news(mine: Noted, other: Noted, listeners: Sequence[Listener]) -> News:
    """To the people of `mine`."""
    post = other.revision.post
    here, there = spoken_apart(mine.reading, other.reading)
    text = f"{post.space.name} says {there}, and it is {here} here, both as of {mine.reading.as_of}."
    news = news_of("contradicted", mine, listeners, text, other=other.reading.pk, also=post.pk)
    return replace(news, also=post)
