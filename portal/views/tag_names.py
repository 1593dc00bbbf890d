"""What a tag is called and means: for its keeper, and for those who run the portal."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from knowledge.errors import UserError
from knowledge.models import Tag, TagSynonym, TagUse, User
from knowledge.models.tag import LONGEST, clean_tag, tag_address
from knowledge.models.tag_use import current_tag
from knowledge.permissions import can_describe, can_name_tags
from knowledge.pipeline import tagging
from portal.requests import SignedInRequest


class MeaningForm(forms.Form):
    description = forms.CharField(
        label="What does it mean?",
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="A sentence or two, read by whoever sees a post with this tag.",
    )
    keeper = forms.CharField(
        label="Who keeps it?",
        max_length=150,
        required=False,
        widget=forms.TextInput({"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
        help_text="The user name of who may write what it means, beside those who run the portal.",
    )

    def clean_keeper(self) -> User | None:
        if not (name := self.cleaned_data["keeper"]):
            return None
        if user := User.objects.filter(username=name, is_active=True).first():
            return user
        raise forms.ValidationError(f"There is nobody named {name} here.", "no-such-user")


@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest) -> HttpResponse:
    """`?tag=`: what it means and is called. POST `do`: describe, rename, merge, add or remove a synonym."""
    name = current_tag(request.user, request.GET.get("tag", ""))
    described = Tag.objects.filter(name=name).select_related("keeper").first()
    if not TagUse.objects.seen_by(request.user, tag=name)[name]:
        raise Http404
    if not can_describe(described, request.user):
        raise PermissionDenied("What a tag means is written by its keeper, and by those who run this portal.")
    keeper = described.keeper if described else None
    known = {"description": described.description if described else "", "keeper": keeper}
    form = MeaningForm(initial=known | {"keeper": keeper.username if keeper else ""})
    may_name = can_name_tags(request.user)
    if request.method == "POST" and request.POST.get("do") == "describe":
        form = MeaningForm(request.POST)
    if not may_name:
        del form.fields["keeper"]
    if request.method == "POST" and (answer := _done(request, name, form)):
        return answer
    context = {
        "section": "tags",
        "tag": name,
        "form": form,
        "synonyms": TagSynonym.objects.of([name]).get(name, []),
        "may_name": may_name,
        "ask": _asked(request, name) if may_name else None,
        "longest": LONGEST,
    }
    return render(request, "tags/edit.html", context)


def _done(request: SignedInRequest, name: str, form: MeaningForm) -> HttpResponse | None:
    """Do what the button says, once it was confirmed; None where the page is to be shown again."""
    do, other = request.POST.get("do", ""), request.POST.get("name", "")
    here = f"{reverse('tag-edit')}?{urlencode({'tag': name})}"
    try:
        if do == "describe":
            if not form.is_valid():
                return None
            tagging.describe(by=request.user, tag=name, **form.cleaned_data)
            messages.success(request, "What it means is saved.")
            return redirect(tag_address(name))
        if do == "remove":
            tagging.remove_synonym(by=request.user, name=other)
            messages.success(
                request, f"{other} is no other name of {name} any more. Posts follow in a minute."
            )
            return redirect(here)
        if do in {"rename", "merge", "add"} and request.POST.get("sure"):
            return _move(request, name, do, other)
    except UserError as error:
        messages.error(request, str(error))
        return redirect(here)
    return None


def _move(request: SignedInRequest, name: str, do: str, other: str) -> HttpResponse:
    if do == "rename":
        moved, now = tagging.rename(by=request.user, tag=name, to=other), clean_tag(other)
    elif do == "merge":
        moved, now = tagging.merge(by=request.user, tag=name, into=other), current_tag(request.user, other)
    else:
        moved, now = tagging.merge(by=request.user, tag=other, into=name), name
    posts = "1 post" if moved.posts == 1 else f"{moved.posts} posts"
    followers = "1 follower" if moved.followers == 1 else f"{moved.followers} followers"
    messages.success(request, f"{posts} and {followers} moved to {now}.")
    return redirect(tag_address(now))


def _asked(request: SignedInRequest, name: str) -> dict[str, object] | None:
    """What is to be confirmed, with how much it moves; for those alone who see all posts."""
    do, other = request.POST.get("do", ""), clean_tag(request.POST.get("name", ""))
    if request.method != "POST" or do not in {"rename", "merge", "add"} or not other:
        return None
    current = TagSynonym.objects.current([other])[other]
    moved = tagging.moving(current if do == "add" else name)
    return {"do": do, "name": other, "moved": moved, "in_use": bool(tagging.moving(current).posts)}
