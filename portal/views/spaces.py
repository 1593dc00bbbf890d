"""Spaces: their index, making one, and setting it up. Their front page is in space.py."""

from urllib.parse import quote, urlsplit

from django.conf import settings as site
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from knowledge.errors import UserError
from knowledge.models import Embed, Membership, Post, Role, Scope, Space, User
from knowledge.permissions import can_maintain, can_write, check_maintain
from knowledge.pipeline.curating import choose_front
from knowledge.pipeline.spaces import change_space, create_space, remove_member, set_member
from knowledge.pipeline.tokens import issue_token
from portal.forms import MemberForm, NewSpaceForm, RemoveForm, RoleForm, SpaceSettingsForm
from portal.requests import SignedInRequest, sent

TOKEN_DAYS = 365
STILL_OPEN = "Only members read this space now. These addresses still show something of it to everybody."


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    visible = Post.objects.visible_to(request.user).published()
    role = Membership.objects.filter(space=OuterRef("pk"), user=request.user).values("role")
    spaces = Space.objects.visible_to(request.user).annotate(
        posts_seen=visible.per_space(), role=Subquery(role)
    )
    context = {"section": "spaces", "spaces": spaces, "roles": dict(Role.choices)}
    return render(request, "spaces/index.html", context)


@require_http_methods(["GET", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    form = NewSpaceForm(sent(request), initial={"visibility": Space.Visibility.INTERNAL})
    if request.method == "POST" and form.is_valid():
        try:
            space = create_space(by=request.user, **form.cleaned_data)
        except UserError as error:
            form.add_error("slug", f"{error.message} {error.hint}")
        else:
            return redirect("space-setup", space.slug)
    return render(request, "spaces/new.html", {"section": "spaces", "form": form})


@never_cache  # the secret of a new token is on this page, once
@require_http_methods(["GET", "POST"])
def setup(request: SignedInRequest, space: str) -> HttpResponse:
    found = visible_space(request.user, space)
    secret = ""
    may_write = can_write(found, request.user)
    if request.method == "POST":
        if not may_write:
            raise PermissionDenied("A token to push with is for the authors of a space.")
        name = f"git push to {found.slug}"
        _, secret = issue_token(by=request.user, name=name, scope=Scope.WRITE, days=TOKEN_DAYS)
    context = {
        "section": "spaces",
        "space": found,
        "secret": secret,
        "remote": remote_address(request.user, found, secret),
        "clone": f"{site.SITE_URL}/git/{found.slug}.git",
        "may_write": may_write,
        "may_maintain": can_maintain(found, request.user),
    }
    return render(request, "spaces/setup.html", context)


@require_http_methods(["GET", "POST"])
def settings(request: SignedInRequest, space: str) -> HttpResponse:
    found = maintained_space(request.user, space)
    form = SpaceSettingsForm(sent(request), instance=found)
    if request.method == "POST" and form.is_valid():
        front, was_open = form.cleaned_data.pop("front"), form.initial["visibility"] == "internal"
        change_space(by=request.user, space=found, **form.cleaned_data)
        choose_front(by=request.user, space=found, collection=front)
        messages.success(request, "The settings are saved.")
        still_open = Embed.objects.in_space(found).open().count()
        if was_open and found.is_restricted and still_open:
            messages.warning(request, STILL_OPEN)
            return redirect("space-embeds", found.slug)
        return redirect("space-settings", found.slug)
    context = {"section": "spaces", "space": found, "form": form, "may_maintain": True}
    return render(request, "spaces/settings.html", context)


@require_http_methods(["GET", "POST"])
def members(request: SignedInRequest, space: str) -> HttpResponse:
    """Who is a member: for everyone who sees the space. Changing it: for its maintainers."""
    found = visible_space(request.user, space)
    form = MemberForm()
    if request.method == "POST":
        found = maintained_space(request.user, space)
        form = MemberForm(request.POST)
        if _change_member(request, found, form):
            return redirect("space-members", found.slug)
    may_maintain = can_maintain(found, request.user)
    listed = found.memberships.select_related("user").order_by("user__username")
    rows = [(member, RoleForm(member=member) if may_maintain else None) for member in listed]
    context = {
        "section": "spaces",
        "space": found,
        "form": form,
        "rows": rows,
        "may_maintain": may_maintain,
    }
    return render(request, "spaces/members.html", context)


def visible_space(user: User, slug: str) -> Space:
    """Or 404: what someone may not see doesn't exist for them."""
    return get_object_or_404(Space.objects.visible_to(user), slug=slug)


def remote_address(user: User, space: Space, secret: str) -> str:
    """The address for `git remote add`, with the token in it or a word in its place."""
    site_url = urlsplit(site.SITE_URL)
    name = quote(user.username, safe="")
    return f"{site_url.scheme}://{name}:{secret or 'TOKEN'}@{site_url.netloc}/git/{space.slug}.git"


def maintained_space(user: User, slug: str) -> Space:
    """Or 404 where it isn't visible, 403 for those who don't maintain it."""
    space = visible_space(user, slug)
    try:
        check_maintain(space, user)
    except UserError as error:
        raise PermissionDenied(str(error)) from error
    return space


def _change_member(request: SignedInRequest, space: Space, form: MemberForm) -> bool:
    """Do what the button says to the member named; where that can't be, the form says why."""
    leaving = RemoveForm(request.POST)
    try:
        if leaving.is_valid():
            username = leaving.cleaned_data["remove"]
            remove_member(by=request.user, space=space, username=username)
            messages.success(request, f"{username} is no longer a member.")
        elif form.is_valid():
            member = set_member(by=request.user, space=space, **form.cleaned_data)
            messages.success(request, f"{member.user.username} is now {member.get_role_display().lower()}.")
        else:
            return False
    except UserError as error:
        form.add_error(None if leaving.is_valid() else "username", f"{error.message} {error.hint}")
        return False
    return True
