"""The nouns of the domain: data, invariants and visibility. They start nothing and write nowhere else."""

from knowledge.models.audit import AuditEvent
from knowledge.models.authorship import Authorship, Confirmation, FormerPath
from knowledge.models.campaign import Campaign, CampaignItem
from knowledge.models.collection import Collection, CollectionItem
from knowledge.models.comment import Comment, CommentVersion, Reaction
from knowledge.models.comparison import Comparison
from knowledge.models.dataset import Dataset, DatasetUse
from knowledge.models.decision import Decision
from knowledge.models.delivery import Delivery, Webhook
from knowledge.models.embed import Embed
from knowledge.models.feed_key import FeedKey
from knowledge.models.imported import OldAddress
from knowledge.models.insight import Insight, Reading
from knowledge.models.insight_shift import Shift
from knowledge.models.kept_answer import KeptAnswer
from knowledge.models.library_sum import LibrarySum
from knowledge.models.library_use import LibraryUse
from knowledge.models.liking import Bookmark, Like
from knowledge.models.notification import Notification, Preference
from knowledge.models.observation import Investigation, Observation
from knowledge.models.open_question import OpenQuestion, QuestionTaking, QuestionVote
from knowledge.models.popularity import AlsoRead, Popularity
from knowledge.models.post import Post
from knowledge.models.preview import Branch, Preview
from knowledge.models.proposed_answer import ProposedAnswer
from knowledge.models.push import Push
from knowledge.models.readers import Readers
from knowledge.models.reads import DailyReads, LeadingSearch, Read
from knowledge.models.related import Citation, Related, Relating
from knowledge.models.rendering import Rendering, RenderingPart
from knowledge.models.review import Contribution, Review, ReviewRequest, Verdict
from knowledge.models.revision import Revision
from knowledge.models.search_entry import (
    SearchBody,
    SearchEntry,
    SearchHead,
    SearchLanguage,
    SearchPassages,
    SearchWord,
)
from knowledge.models.search_miss import SearchMiss
from knowledge.models.space import Membership, Role, Space
from knowledge.models.subscription import Subscription
from knowledge.models.tag import Tag, TagSynonym
from knowledge.models.tag_use import TagTotals, TagUse
from knowledge.models.thread import Thread
from knowledge.models.token import AccessToken, Scope
from knowledge.models.user import User
from knowledge.models.visit import Visit

__all__ = [
    "AccessToken",
    "AlsoRead",
    "AuditEvent",
    "Authorship",
    "Bookmark",
    "Branch",
    "Campaign",
    "CampaignItem",
    "Citation",
    "Collection",
    "CollectionItem",
    "Comment",
    "CommentVersion",
    "Comparison",
    "Confirmation",
    "Contribution",
    "DailyReads",
    "Dataset",
    "DatasetUse",
    "Decision",
    "Delivery",
    "Embed",
    "FeedKey",
    "FormerPath",
    "Insight",
    "Investigation",
    "KeptAnswer",
    "LeadingSearch",
    "LibrarySum",
    "LibraryUse",
    "Like",
    "Membership",
    "Notification",
    "Observation",
    "OldAddress",
    "OpenQuestion",
    "Popularity",
    "Post",
    "Preference",
    "Preview",
    "ProposedAnswer",
    "Push",
    "QuestionTaking",
    "QuestionVote",
    "Reaction",
    "Read",
    "Readers",
    "Reading",
    "Related",
    "Relating",
    "Rendering",
    "RenderingPart",
    "Review",
    "ReviewRequest",
    "Revision",
    "Role",
    "Scope",
    "SearchBody",
    "SearchEntry",
    "SearchHead",
    "SearchLanguage",
    "SearchMiss",
    "SearchPassages",
    "SearchWord",
    "Shift",
    "Space",
    "Subscription",
    "Tag",
    "TagSynonym",
    "TagTotals",
    "TagUse",
    "Thread",
    "User",
    "Verdict",
    "Visit",
    "Webhook",
]
