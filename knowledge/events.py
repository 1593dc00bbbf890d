"""What people can be told of, why, and by which channel unless they choose another: tables and words."""

from dataclasses import dataclass

# Each includes the page, except for "off".
CHANNELS = {
    "off": "Not at all",
    "page": "In the portal",
    "mail_now": "Mail at once",
    "mail_daily": "Daily mail",
    "mail_weekly": "Weekly mail",
}
DIGESTS = {"mail_daily": "daily", "mail_weekly": "weekly"}


@dataclass(frozen=True, slots=True)
class Group:
    """A row of everybody's settings; `channel` is what counts until a person chooses."""

    label: str
    text: str
    channel: str


GROUPS = {
    "review": Group(
        "Reviews asked of you",
        "Somebody asks for your review, or a post that you review has a new revision.",
        "mail_now",
    ),
    "verdict": Group(
        "Reviews of your posts", "Approved, changes asked for, or a comment in the review.", "mail_now"
    ),
    "question": Group("Questions and mentions", "Somebody asks you, or names you in a comment.", "mail_now"),
    "used": Group(
        "Numbers you used",
        "One moved or is no longer said, and you wrote down what you used it for.",
        "mail_now",
    ),
    "talk": Group(
        "Comments",
        "On your posts, in conversations you took part in, and on posts you follow.",
        "mail_daily",
    ),
    "upkeep": Group("Care of your posts", "One is due for another look, or was archived.", "mail_now"),
    "published": Group(
        "New posts", "By a person, with a tag, in a space or a collection that you follow.", "mail_daily"
    ),
    "updated": Group(
        "New revisions", "Of posts, people, tags, spaces and collections that you follow.", "mail_weekly"
    ),
    "number": Group(
        "New values", "Of insights that you follow; or one is said no more, or again.", "mail_daily"
    ),
    "limits": Group(
        "Numbers to look into",
        "An insight of yours or one that you follow is out of limits; another space disputes yours.",
        "mail_now",
    ),
    "demand": Group(
        "Open questions",
        "Yours is taken or answered; one that you took, voted for or answered moves on.",
        "mail_now",
    ),
    "asked": Group("New open questions", "Asked of a space that you follow.", "mail_daily"),
    "campaign": Group(
        "Campaigns", "Posts of yours use a library that is to be upgraded; such a campaign ends.", "mail_now"
    ),
    "data": Group(
        "Suspect data",
        "Data turned out bad, or good again, that a number rests on which you used or follow, or a post that "
        "you wrote, follow or read lately; data of yours is late.",
        "mail_now",
    ),
    "webhook": Group("Your webhooks", "One failed so often that it was turned off.", "mail_now"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """`words` is a sentence with {actor} and {title}.

    `about` names what of the details tells one from another: about the same, nobody is told twice. Without
    any it is the post. `asks`: it waits for the person who is told.
    """

    group: str
    words: str
    about: tuple[str, ...] = ()
    asks: bool = False


EVENTS = {
    "review.requested": Event(
        "review", "{actor} asks for your review of {title}", ("review", "revision"), asks=True
    ),
    "revision.proposed": Event("review", "{actor} proposed a new revision of {title}", ("revision",), True),
    "review.approved": Event("verdict", "{actor} approved {title}", ("verdict", "revision")),
    "review.changes_requested": Event(
        "verdict", "{actor} asks for changes to {title}", ("verdict", "revision"), asks=True
    ),
    "review.commented": Event("verdict", "{actor} reviewed {title}", ("verdict", "revision")),
    "review.discussed": Event("verdict", "{actor} wrote in the review of {title}", ("comment",)),
    "question.asked": Event("question", "{actor} has a question about {title}", ("comment",), asks=True),
    "comment.mentioned": Event("question", "{actor} mentioned you on {title}", ("comment",)),
    "comment.replied": Event("talk", "{actor} replied on {title}", ("comment",)),
    "comment.created": Event("talk", "{actor} commented on {title}", ("comment",)),
    "thread.resolved": Event("talk", "{actor} settled a conversation on {title}", ("thread", "time")),
    "post.stale": Event("upkeep", "{title} is due for another look", ("due",), asks=True),
    "post.archived": Event("upkeep", "{actor} archived {title}", ("time",)),
    "post.published": Event("published", "{actor} published {title}"),
    "post.updated": Event("updated", "{actor} updated {title}", ("revision",)),
    "post.collected": Event("published", "{title} was added to a collection", ("collection", "post")),
    "openquestion.asked": Event("asked", "{actor} asks: {title}", ("question",)),
    "openquestion.taken": Event("demand", "{actor} took your question: {title}", ("question", "time")),
    "openquestion.changed": Event("demand", "{actor} changed the question {title}", ("question", "day")),
    "openquestion.answered": Event(
        "demand", "{actor} published an answer to {title}", ("question", "revision"), asks=True
    ),
    "openquestion.accepted": Event("demand", "{actor} accepted an answer to {title}", ("question", "time")),
    "openquestion.declined": Event(
        "demand", "{actor} says that your post is no answer to {title}", ("question", "revision", "time")
    ),
    "openquestion.withdrawn": Event("demand", "{actor} withdrew the question {title}", ("question", "time")),
    "openquestion.closed": Event("demand", "{actor} closed the question {title}", ("question", "time")),
    "campaign.opened": Event("campaign", "{actor} asks you to look at posts: {title}", ("campaign",), True),
    "campaign.closed": Event("campaign", "{actor} closed the campaign {title}", ("campaign",)),
    "insight.moved": Event(
        "used", "There is news of {title}, which you used", ("insight", "revision", "time")
    ),
    "dataset.suspect": Event("data", "Be careful with {title}: its data is suspect", ("investigation",)),
    "dataset.cleared": Event("data", "{title} was looked into", ("investigation",)),
    "dataset.late": Event("data", "{title} was not checked for longer than expected", ("dataset", "late")),
    "insight.changed": Event("number", "{title} has a new value", ("reading",)),
    "insight.status": Event("number", "The status of {title} changed", ("insight", "revision", "time")),
    "insight.out-of-limits": Event("limits", "{title} is out of its limits", ("reading",), asks=True),
    "insight.contradicted": Event(
        "limits", "Another space says otherwise than {title}", ("reading", "other"), asks=True
    ),
    "webhook.disabled": Event("webhook", "The webhook to {title} was turned off", ("webhook", "time")),
}
# What a webhook can be called for: whatever happens to posts.
CALLABLE = [event for event in EVENTS if not event.startswith("webhook.")]
# What is told of collections, which not everyone sees who sees the post: webhooks of spaces don't hear of it.
OF_FOLLOWERS = {"post.collected"}

# Why somebody is told, the strongest reason first; {target} is what they follow, or the space.
REASONS = {
    "used": "you used it: {target}",
    "asked": "you were asked",
    "mentioned": "you were mentioned",
    "reviewer": "you review this post",
    "asker": "you asked this question",
    "answerer": "you wrote the post that answers",
    "taker": "you took this question",
    "voter": "you voted for this question",
    "author": "you wrote this post",
    "owner": "this is yours to look after",
    "user-of-library": "you answer for posts that use {target}",
    "data-owner": "this dataset is yours to look into",
    "data-author": "you wrote a post that rests on it, or look after one",
    "data-follower": "you follow a post that rests on it",
    "data-reader": "you read a post lately that rests on it",
    "participant": "you took part in this conversation",
    "maintainer": "you maintain {target}",
    "subscribed-post": "you follow this post",
    "subscribed-insight": "you follow the insight {target}",
    "subscribed-collection": "you follow the collection {target}",
    "subscribed-dataset": "you follow the dataset {target}",
    "subscribed-author": "you follow {target}",
    "subscribed-tag": "you follow the tag {target}",
    "subscribed-space": "you follow the space {target}",
    "subscribed-search": "you saved the search {target}",
}
STRENGTH = {reason: place for place, reason in enumerate(REASONS)}


def because(reason: str, target: str = "") -> str:
    """Goes on from "You get this because "."""
    return REASONS[reason].format(target=target)


def sentence(event: str, *, actor: str, title: str) -> str:
    return EVENTS[event].words.format(actor=actor or "Someone", title=title)


def default_channel(event: str) -> str:
    return GROUPS[EVENTS[event].group].channel
