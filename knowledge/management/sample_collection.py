"""What `load_samples` says of tags, and the collection with which a sample space begins."""

from knowledge.models import Collection, Post, Space, User
from knowledge.pipeline.curating import add_post, choose_front, make_collection
from knowledge.pipeline.tagging import describe, merge

TITLE = "What an order costs us, from the shelf to the second order"
INTRODUCTION = (
    "For your first week, whichever team you are in. These posts follow one order through the company:"
    " **picked, loaded, delivered, paid**, and perhaps followed by another. None needs the one before it, but"
    " each answers a question that the one before leaves open.\n\n"
    "Read the summaries first. What you disagree with, ask about under the post."
)
# (space, path) -> why to read it
COLLECTED = {
    ("supply", "warehouse/picking-time.ipynb"): "Where an order begins to cost: two aisles, half a minute.",
    ("supply", "cold-chain/dock-wait.md"): "Why a full van is sometimes the expensive one.",
    ("finance", "unit-economics/contribution-per-order.md"): "What is left of a basket. The number to quote.",
    (
        "growth",
        "retention/free-delivery.ipynb",
    ): "What we give away to see somebody again, and when that works.",
    ("growth", "pricing/price-elasticity.ipynb"): "What a change of price does to all of the above.",
}
MEANINGS = {
    "pricing": "What we charge for goods and for bringing them, and what a change of it does.",
    "retention": "Whether people order again, how soon, and what makes them.",
    "method": "How we found out: read these before you do the same elsewhere.",
}


def load(by: User) -> Collection:
    """Of Growth, from the posts of all sample spaces."""
    growth = Space.objects.get(slug="growth")
    made = make_collection(by=by, space=growth, title=TITLE, introduction=INTRODUCTION)
    for (space, path), note in COLLECTED.items():
        add_post(by=by, collection=made, post=Post.objects.at(space, path).get(), note=note)
    choose_front(by=by, space=growth, collection=made)
    return made


def explain_tags(by: User) -> None:
    for tag, meaning in MEANINGS.items():
        describe(by=by, tag=tag, description=meaning)
    merge(by=by, tag="prices", into="pricing")
