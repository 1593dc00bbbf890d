"""The forms of a conversation; what they may hold is checked again by the verbs."""

from typing import Any

from django import forms

HINT = "Markdown works, and <code>@name</code> tells that person."


class CommentForm(forms.Form):
    body = forms.CharField(
        label="Your comment",
        max_length=20_000,
        help_text=HINT,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": "Write what you want to say."},
    )
    place = forms.CharField(required=False, max_length=160, widget=forms.HiddenInput)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    is_question = forms.BooleanField(
        label="Ask the author",
        required=False,
        help_text="Your question is listed for the authors until somebody answers it.",
    )


class ReplyForm(forms.Form):
    body = forms.CharField(
        label="Your reply",
        max_length=20_000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Write what you want to say."},
    )

    def __init__(self, *args: Any, thread: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": f"reply-{thread}-%s"})


class EditForm(forms.Form):
    body = forms.CharField(
        label="Your comment",
        max_length=20_000,
        help_text=HINT,
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": "Write what you want to say, or delete the comment."},
    )

    def __init__(self, *args: Any, comment: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": f"edit-{comment}-%s"})
