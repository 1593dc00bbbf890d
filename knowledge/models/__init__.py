"""The nouns of the domain: data, invariants and visibility. They start nothing and write nowhere else."""

from knowledge.models.audit import AuditEvent
from knowledge.models.comparison import Comparison
from knowledge.models.imported import OldAddress
from knowledge.models.post import Authorship, FormerPath, Post
from knowledge.models.push import Push
from knowledge.models.rendering import Rendering, RenderingPart
from knowledge.models.revision import Revision
from knowledge.models.space import Membership, Role, Space
from knowledge.models.token import AccessToken, Scope
from knowledge.models.user import User

__all__ = [
    "AccessToken",
    "AuditEvent",
    "Authorship",
    "Comparison",
    "FormerPath",
    "Membership",
    "OldAddress",
    "Post",
    "Push",
    "Rendering",
    "RenderingPart",
    "Revision",
    "Role",
    "Scope",
    "Space",
    "User",
]
