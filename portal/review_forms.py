"""The forms of a review."""

from typing import TYPE_CHECKING, Any

from django import forms

from knowledge.models import Review, Space, Thread, Verdict
from knowledge.policy import fault_in
from portal.talk_forms import HINT

if TYPE_CHECKING:
    SpaceModelForm = forms.ModelForm[Space]
else:
    SpaceModelForm = forms.ModelForm

LONGEST = 20_000


class VerdictForm(forms.Form):
    """`revision` is the one that was looked at: if another came meanwhile, the verdict isn't taken for it."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    summary = forms.CharField(
        label="What do you say to its authors?",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 4}),
    )
    kind = forms.ChoiceField(choices=Verdict.Kind.choices)

    def __init__(self, data: Any = None, *, review: Review, drafts: int = 0) -> None:
        super().__init__(data, initial={"revision": review.revision_id})
        self.drafts = drafts
        checklist = review.post.space.checklist
        self.fields["checked"] = forms.MultipleChoiceField(
            label="What did you look at?",
            required=False,
            widget=forms.CheckboxSelectMultiple,
            choices=[(point, point) for point in checklist],
        )

    def clean_kind(self) -> Verdict.Kind:
        return Verdict.Kind(self.cleaned_data["kind"])

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or self.cleaned_data
        is_silent = not fields.get("summary", "").strip() and not self.drafts
        if fields.get("kind") == Verdict.Kind.REQUEST_CHANGES and is_silent:
            self.add_error("summary", "Say what should change, so that the authors know what to do.")
        return fields


class DraftForm(forms.Form):
    """A comment on a place of what is reviewed: `of` is the number of the revision that `side` shows."""

    body = forms.CharField(
        label="Your comment",
        max_length=LONGEST,
        help_text=HINT,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Write what you want to say."},
    )
    of = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    side = forms.ChoiceField(choices=Thread.Side.choices, widget=forms.HiddenInput)
    cell = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=100_000)
    line = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=1_000_000)
    output = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=100_000)


class AskForm(forms.Form):
    reviewers = forms.CharField(max_length=1_000)

    def clean_reviewers(self) -> list[str]:
        return [name for name in self.cleaned_data["reviewers"].replace(",", " ").split() if name][:20]


class PolicyForm(SpaceModelForm):
    """Whether revisions need approval in a space, of how many, and what reviewers are asked."""

    checklist = forms.CharField(
        label="What reviewers are asked to look at",
        required=False,
        max_length=3_000,
        widget=forms.Textarea({"rows": 6}),
        help_text="One line each. Left empty, they are asked nothing.",
    )

    class Meta:
        model = Space
        fields = ["review_policy", "approvals", "review_rules", "stuck_after_days", "checklist"]
        labels = {
            "review_policy": "Are revisions reviewed before readers see them?",
            "approvals": "How many have to approve?",
            "review_rules": "Other rules for some paths",
            "stuck_after_days": "After how many days without a word is a review stuck?",
        }
        help_texts = {
            "approvals": "Reviewers who wrote none of it.",
            "review_rules": "One line each: a pattern as in .gitignore, then <code>required</code>, "
            "<code>required 2</code> or <code>optional</code>. The last that fits counts.",
        }
        widgets = {"review_policy": forms.RadioSelect, "review_rules": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["checklist"] = "\n".join(self.instance.checklist)

    def clean_review_rules(self) -> str:
        rules = str(self.cleaned_data["review_rules"])
        if fault := fault_in(rules):
            raise forms.ValidationError(fault)
        return rules

    def clean_checklist(self) -> list[str]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["checklist"].splitlines()]
        points = list(dict.fromkeys(line for line in lines if line))
        if len(points) > 12 or any(len(point) > 300 for point in points):
            raise forms.ValidationError("At most twelve lines, of at most 300 characters each.")
        return points
