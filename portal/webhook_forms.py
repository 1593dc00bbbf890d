"""The form that adds a webhook."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget

from knowledge import events
from knowledge.models import Webhook

# What an event is about, by how its name begins, and what stands for its title.
TOPICS = {
    "Posts": (("post",), "a post"),
    "Reviews": (("review", "revision"), "a post"),
    "Comments": (("comment", "question", "thread"), "a post"),
    "Numbers": (("insight",), "a number"),
    "Data": (("dataset",), "a dataset"),
    "Open questions": (("openquestion",), "…"),
    "Campaigns": (("campaign",), "…"),
}


def _by_topic() -> list[tuple[str, list[tuple[str, str]]]]:
    """The events of each topic, with a sentence."""
    return [
        (label, [(event, _words(event, title)) for event in events.CALLABLE if event.split(".")[0] in begins])
        for label, (begins, title) in TOPICS.items()
    ]


def _words(event: str, title: str) -> str:
    said = events.sentence(event, actor="Somebody", title=title)
    return said[0].upper() + said[1:]


class EventsField(forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def get_bound_field(self, form: Any, field_name: str) -> "BoundEvents":
        return BoundEvents(form, self, field_name)


class BoundEvents(forms.BoundField):
    template_name = "forms/events.html"

    def topics(self) -> list[tuple[str, list[BoundWidget]]]:
        """The boxes to tick, topic by topic."""
        boxes = {box.data["value"]: box for box in self.subwidgets}
        return [(label, [boxes[event] for event, _ in listed]) for label, listed in _by_topic()]


class WebhookForm(forms.Form):
    url = forms.CharField(
        label="Address",
        max_length=1000,
        help_text="As the other program names it, beginning with <code>https://</code>.",
        widget=forms.URLInput({"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label="What is sent?",
        choices=Webhook.Kind.choices,
        initial=Webhook.Kind.SLACK,
        widget=forms.RadioSelect,
    )
    events = EventsField(
        label="For which events?",
        choices=_by_topic(),
        required=False,
        help_text="None chosen: for all of them.",
    )
