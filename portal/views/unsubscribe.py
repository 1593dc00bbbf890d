"""The way out of mails that stands in each of them: without signing in, by one click (RFC 8058)."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from knowledge import events
from knowledge.models import Subscription, User
from knowledge.pipeline.inbox import read_stop_token, stop


@csrf_exempt  # mail programs send the form, and know no token but the address
@login_not_required  # the signed address is the key
@never_cache
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest, token: str) -> HttpResponse:
    """A GET only asks, since programs that check links follow them; the POST does it, however often."""
    read = read_stop_token(token)
    if read is None:
        raise Http404
    user, what = read
    is_done = request.method == "POST"
    name = _name(user, what)
    if is_done:
        stop(user=user, what=what)
    context = {
        "name": name,
        "is_done": is_done,
        "follows": what.startswith("follow:"),
        "username": user.username,
    }
    return render(request, "notifications/unsubscribe.html", context)


def _name(user: User, what: str) -> str:
    """What would end, in words."""
    kind, _, key = what.partition(":")
    if kind == "digest":
        return f"{key} mails"
    if kind == "group" and key in events.GROUPS:
        return f"mails about: {events.GROUPS[key].label}"
    seen = Subscription.objects.filter(user=user).visible_to(user).for_lists()
    found = seen.filter(pk=int(key)).first()
    return f"mails about {found.label}" if found else "these mails"
