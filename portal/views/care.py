"""Looking after a post: when to look at it again, saying that it holds, what took its place, the archive."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from knowledge.documents.header import header_of
from knowledge.errors import UserError
from knowledge.models import Post
from knowledge.permissions import can_keep
from knowledge.pipeline import keeping, superseding
from knowledge.pipeline.keepers import keepers
from portal.care_forms import ArchiveForm, CareForm, ConfirmForm, LookAgainForm, SupersedeForm, UnarchiveForm
from portal.requests import SignedInRequest

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Deed:
    """What can be done: its form's fields are those of the verb. `done` is what the page says afterwards."""

    form: type[CareForm]
    verb: Callable[..., object]
    done: str


DEEDS = {
    "confirm": Deed(ConfirmForm, keeping.still_true, "It is written down that the post still holds."),
    "look_again": Deed(LookAgainForm, keeping.look_again, "The day is set."),
    "supersede": Deed(SupersedeForm, superseding.supersede, "It is written down."),
    "archive": Deed(
        ArchiveForm, keeping.archive, "The post is archived. Whoever has its address still reads it."
    ),
    "unarchive": Deed(UnarchiveForm, keeping.unarchive, "The post is in feeds and lists again."),
}


@require_http_methods(["GET", "POST"])
def show(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is known of its life, for everyone who sees it; what can be done, for those who answer for it."""
    post = get_object_or_404(_posts(request), pk=pk)
    forms = {name: deed.form(prefix=name, post=post) for name, deed in DEEDS.items()}
    status, refusal = 200, None
    if request.method == "POST":
        name = request.POST.get("do", "")
        if name not in DEEDS:
            return redirect("post-care", pk)
        deed = DEEDS[name]
        form = forms[name] = deed.form(request.POST, prefix=name, post=post)
        try:
            if form.is_valid():
                deed.verb(by=request.user, post=post, **form.cleaned_data)
                messages.success(request, deed.done)
                return redirect("post-care", pk)
        except UserError as error:
            form.add_error(None, f"{error.message} {error.hint}")
            status, refusal = error.status, error
        status = 400 if status == 200 else status
    context = _context(request, post, forms) | {"refusal": refusal}
    return render(request, "posts/care.html", context, status=status)


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """Posts past their day that the reader answers for."""
    visible = Post.objects.visible_to(request.user).asked_of(request.user).for_cards()
    posts = visible.order_by("attention_since", "pk")[:SHOWN]
    return render(request, "posts/attention.html", {"section": "reviews", "posts": posts})


def _posts(request: SignedInRequest) -> QuerySet[Post]:
    related = ("space", "archived_by", "superseded_by__space", "published_revision", "owner")
    return Post.objects.visible_to(request.user).live().select_related(*related)


def _context(request: SignedInRequest, post: Post, forms: dict[str, CareForm]) -> dict[str, object]:
    published = post.published_revision
    return {
        "section": "posts",
        "post": post,
        "may_keep": can_keep(post, request.user),
        "forms": forms,
        "keepers": keepers(post),
        "confirmations": post.confirmations.select_related("by", "revision")[:SHOWN],
        "header_says": bool(published and keeping.says_when(header_of(published.header))),
        "supersedes": superseding.superseded(post, request.user),
    }
