"""The forms on the page of a post's life: each has the fields of one verb."""

from typing import Any

from django import forms
from django.utils import timezone

from knowledge.models import Post


class CareForm(forms.Form):
    """Several are on the page, so `prefix` tells their fields apart; `post` is what they are about."""

    def __init__(self, data: Any = None, *, prefix: str, post: Post) -> None:
        super().__init__(data, prefix=prefix, initial=self.now(post))

    def now(self, post: Post) -> dict[str, Any]:
        """What the fields hold at first."""
        return {}


class ConfirmForm(CareForm):
    note = forms.CharField(
        label="What did you look at?",
        max_length=500,
        required=False,
        help_text="Readers see it on this page.",
    )


class LookAgainForm(CareForm):
    review_by = forms.DateField(
        label="Look at it again by",
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    refresh_days = forms.IntegerField(
        label="Or every so many days", required=False, min_value=1, max_value=3_650
    )

    def now(self, post: Post) -> dict[str, Any]:
        return {"review_by": post.review_by, "refresh_days": post.refresh_days}

    def clean_review_by(self) -> Any:
        day = self.cleaned_data["review_by"]
        if day and day <= timezone.localdate():
            raise forms.ValidationError("Choose a day that is still to come.")
        return day


class SupersedeForm(CareForm):
    name = forms.CharField(
        label="Which post takes its place?",
        max_length=1_000,
        required=False,
        help_text="Its path in this space, or its address. Empty: none.",
    )

    def now(self, post: Post) -> dict[str, Any]:
        return {"name": post.superseded_by.path if post.superseded_by else ""}


class ArchiveForm(CareForm):
    why = forms.CharField(label="Why?", max_length=500, help_text="Readers see it above the post.")


class UnarchiveForm(CareForm):
    pass
