"""Following: the button, and the list of what one follows."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from knowledge.errors import UserError
from knowledge.models import Collection, Dataset, Insight, Post, Space, User
from knowledge.models.subscription import Target
from knowledge.models.tag import tag_address
from knowledge.pipeline.following import follow, unfollow
from portal import search
from portal.follows import Follow, follow_of, found, key_of
from portal.requests import SignedInRequest


@never_cache
@require_http_methods(["GET", "POST"])
def button(request: SignedInRequest, kind: str, target: str = "") -> HttpResponse:
    """The button alone for htmx, a page around it for browsers without scripts. A POST presses it.

    `?target=` names what no path can.
    """
    what = found(request.user, kind, target or request.GET.get("target", ""))
    if request.method == "POST":
        is_on = request.POST.get("follow") != "no"
        try:
            (follow if is_on else unfollow)(by=request.user, kind=kind, target=what)
        except UserError as error:
            messages.error(request, str(error))
            return redirect("following")
        if not request.htmx:
            return redirect((request.POST.get("back") == "list" and "following") or address_of(what, kind))
        return render(request, "follows/_button.html", {"follow": Follow(kind, key_of(what), is_on)})
    context = {
        "follow": follow_of(request.user, kind, what),
        "name": name_of(what),
        "address": address_of(what, kind),
    }
    return render(request, "follows/_button.html" if request.htmx else "follows/show.html", context)


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """What one follows, by kind; what one can't see any more is left out."""
    listed = request.user.subscriptions.all().visible_to(request.user).for_lists()
    rows = [
        (each, Follow(each.kind, key_of(each.target), True), address_of(each.target, each.kind))
        for each in listed
    ]
    return render(request, "follows/index.html", {"rows": rows})


def address_of(target: Target, kind: str) -> str:
    if isinstance(target, (User, Space, Post, Collection, Dataset, Insight)):
        return target.get_absolute_url()
    return search.address(target) if kind == "search" else tag_address(target)


def name_of(target: Target) -> str:
    if isinstance(target, User):
        return target.get_full_name()
    if isinstance(target, Space):
        return target.name
    if isinstance(target, Dataset):
        return target.label
    if isinstance(target, Insight):
        return target.address
    return target.title if isinstance(target, (Post, Collection)) else target
