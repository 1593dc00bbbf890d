"""The forms that ask an open question and change one. The verbs check again what is asked for."""

from typing import Any

from django import forms
from django.utils import timezone

from knowledge.models import Space, User
from portal.forms import SpaceField


class WordingForm(forms.Form):
    title = forms.CharField(
        label="What do you want to know?",
        max_length=200,
        help_text="One question, as you would ask a colleague.",
        error_messages={"required": "Write the question."},
    )
    why = forms.CharField(
        label="Why does it matter?",
        max_length=2_000,
        widget=forms.Textarea({"rows": 4}),
        help_text="What you will do once you know: it tells others whether to vote for it, and how exact "
        "an answer has to be.",
        error_messages={"required": "Say in a sentence what depends on it."},
    )
    needed_by = forms.DateField(
        label="Needed by", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    team = forms.CharField(
        label="Team",
        max_length=100,
        required=False,
        help_text="Who needs the answer: Purchasing, the Lyon warehouse.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["needed_by"].narrow = True  # type: ignore[attr-defined]  # see templates/forms/field.html

    def clean_needed_by(self) -> Any:
        """A day that has passed stays, so that the rest of a question can change."""
        day = self.cleaned_data["needed_by"]
        if day and day < timezone.localdate() and day != self.initial.get("needed_by"):
            raise forms.ValidationError("Choose a day that is still to come.")
        return day


class QuestionForm(WordingForm):
    tags = forms.CharField(
        max_length=300, required=False, help_text="What it is about, with commas: pricing, delivery."
    )

    field_order = ["title", "why", "needed_by", "team", "space", "tags"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["space"] = SpaceField(
            Space.objects.visible_to(user),
            to_field_name="slug",
            required=False,
            empty_label="Everybody",
            label="Whom do you ask?",
            help_text="Whoever sees the space sees the question, and who follows it is told.",
        )
        self.fields["team"].label = "Your team"
        self.order_fields(self.field_order)

    def clean_tags(self) -> list[str]:
        return [tag.strip() for tag in self.cleaned_data["tags"].split(",") if tag.strip()]
