"""The key of somebody's feeds: feed readers sign in nowhere, so the address itself says whose it is."""

from django.core.signing import BadSignature, Signer
from django.db import models
from django.utils.crypto import get_random_string

from knowledge.models.user import User

_SIGNER = Signer(salt="almanac.feeds", sep=".")
LENGTH = 22


def _nonce() -> str:
    return get_random_string(LENGTH)


class FeedKeyQuerySet(models.QuerySet["FeedKey"]):
    def find(self, token: str) -> "FeedKey | None":
        """Whose `token` it is; None for one that is forged, was revoked, or is of a closed account."""
        try:
            user, _, nonce = _SIGNER.unsign(token).partition("-")
        except BadSignature:
            return None
        found = self.select_related("user").filter(user=int(user), nonce=nonce, user__is_active=True)
        return found.first()


class FeedKey(models.Model):
    """Addresses are signed, so that nobody can make them from the database alone. A new nonce ends them."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="feed_key")
    nonce = models.CharField(max_length=LENGTH, default=_nonce)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FeedKeyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"feeds of {self.user_id}"

    @property
    def token(self) -> str:
        return _SIGNER.sign(f"{self.user_id}-{self.nonce}")
