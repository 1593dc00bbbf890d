"""People: what someone wrote. Whom an import knew under another name is found under both."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from knowledge.models import Post, Space, User
from portal.follows import follow_of
from portal.paging import page_of
from portal.requests import SignedInRequest


@require_safe
def show(request: SignedInRequest, username: str) -> HttpResponse:
    person = get_object_or_404(User.objects.select_related("claimed_by"), username=username)
    if person.claimed_by:
        return redirect(person.claimed_by)
    visible = Post.objects.visible_to(request.user).published()
    context = {
        "section": "posts",
        "person": person,
        "spaces": Space.objects.visible_to(request.user).writable_by(person),
        "follow": follow_of(request.user, "author", person),
        "page": page_of(visible.by_author(username), request.GET.get("before", "")),
    }
    return render(request, "people/show.html", context)
