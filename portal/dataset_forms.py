"""The forms that tend a dataset and end an investigation. The verbs check again what is asked for."""

from typing import Any

from django import forms
from django.utils.timezone import get_current_timezone_name

from knowledge.models import Investigation, User
from knowledge.observing import hours_of


class TendForm(forms.Form):
    title = forms.CharField(max_length=200, required=False, help_text="What people call it.")
    description = forms.CharField(
        max_length=2_000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="What is in it, and from where.",
    )
    owner = forms.CharField(
        max_length=150,
        required=False,
        help_text="A user name. Who looks after it is told when it fails, and looks into it.",
    )
    every = forms.CharField(
        label="Checked every",
        max_length=20,
        required=False,
        help_text="As 1h, 1d, 2w or 1mo. The owner is told once nothing was observed for longer.",
    )

    def clean_owner(self) -> User | None:
        name = self.cleaned_data["owner"].strip()
        found = User.objects.filter(username=name, is_active=True).first() if name else None
        if name and found is None:
            raise forms.ValidationError("There is nobody of that name here.")
        return found

    def clean_every(self) -> int | None:
        every = self.cleaned_data["every"].strip()
        hours = hours_of(every)
        if every and hours is None:
            raise forms.ValidationError("Write it as 1h, 1d, 2w or 1mo, up to a year.")
        return hours

    def values(self) -> dict[str, Any]:
        """For watching.tend."""
        fields = dict(self.cleaned_data)
        return fields | {"every_hours": fields.pop("every")}


class CloseForm(forms.Form):
    note = forms.CharField(
        label="What came out",
        max_length=2_000,
        widget=forms.Textarea({"rows": 4}),
        help_text="Everybody who was warned reads it.",
        error_messages={"required": "Say in a few words what it was."},
    )
    holds = forms.ChoiceField(
        label="Do the numbers hold?",
        choices=[*Investigation.Holds.choices, ("", "I don’t know")],
        required=False,
        widget=forms.RadioSelect,
        initial="",
    )
    wrong_from = forms.DateTimeField(
        label="The data was wrong from",
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="If it was, and you know it.",
    )
    wrong_until = forms.DateTimeField(
        label="The data was wrong until",
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("wrong_from", "wrong_until"):
            self.fields[name].narrow = True  # type: ignore[attr-defined]  # see templates/forms/field.html
            words = f"{self.fields[name].help_text} By the clock of {get_current_timezone_name()}."
            self.fields[name].help_text = words.strip()
