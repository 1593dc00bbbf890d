"""The forms on the page of a post's life. Each carries out one verb."""

from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from knowledge.models import Post, User
from knowledge.pipeline import keeping, superseding


class CareForm(forms.Form):
    """`done` is what the page says afterwards."""

    done: ClassVar[str]

    def __init__(self, data: Any = None, *, prefix: str, post: Post) -> None:
        super().__init__(data, prefix=prefix)
        self.post = post

    def carry_out(self, *, by: User) -> None:
        raise NotImplementedError


class ConfirmForm(CareForm):
    done = "It is written down that the post still holds."
    note = forms.CharField(
        label="What did you look at?",
        max_length=500,
        required=False,
        help_text="Readers see it on this page.",
    )

    def carry_out(self, *, by: User) -> None:
        keeping.still_true(by=by, post=self.post, note=self.cleaned_data["note"])


class LookAgainForm(CareForm):
    done = "The day is set."
    review_by = forms.DateField(
        label="Look at it again by",
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    refresh_days = forms.IntegerField(
        label="Or every so many days", required=False, min_value=1, max_value=3_650
    )

    def __init__(self, data: Any = None, *, prefix: str, post: Post) -> None:
        super().__init__(data, prefix=prefix, post=post)
        self.initial = {"review_by": post.review_by, "refresh_days": post.refresh_days}

    def clean_review_by(self) -> Any:
        day = self.cleaned_data["review_by"]
        if day and day <= timezone.localdate():
            raise forms.ValidationError("Choose a day that is still to come.")
        return day

    def carry_out(self, *, by: User) -> None:
        keeping.look_again(by=by, post=self.post, **self.cleaned_data)


class SupersedeForm(CareForm):
    done = "It is written down."
    name = forms.CharField(
        label="Which post takes its place?",
        max_length=1_000,
        required=False,
        help_text="Its path in this space, or its address. Empty: none.",
    )

    def __init__(self, data: Any = None, *, prefix: str, post: Post) -> None:
        super().__init__(data, prefix=prefix, post=post)
        self.initial = {"name": post.superseded_by.path if post.superseded_by else ""}

    def carry_out(self, *, by: User) -> None:
        superseding.supersede(by=by, post=self.post, name=self.cleaned_data["name"])


class ArchiveForm(CareForm):
    done = "The post is archived. Whoever has its address still reads it."
    why = forms.CharField(label="Why?", max_length=500, help_text="Readers see it above the post.")

    def carry_out(self, *, by: User) -> None:
        keeping.archive(by=by, post=self.post, why=self.cleaned_data["why"])


class UnarchiveForm(CareForm):
    done = "The post is in feeds and lists again."

    def carry_out(self, *, by: User) -> None:
        keeping.unarchive(by=by, post=self.post)
