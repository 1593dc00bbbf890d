"""The form that adds a webhook."""

from django import forms

from knowledge import events
from knowledge.models import Webhook


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
    events = forms.MultipleChoiceField(
        label="For which events?",
        choices=[(event, event) for event in events.CALLABLE],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: for all of them.",
    )
