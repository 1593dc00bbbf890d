"""A space's review policy: for everyone who sees the space; changing it, for its maintainers."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from knowledge.permissions import can_maintain
from knowledge.pipeline.policies import change_policy
from knowledge.review_table import TABLE
from portal.requests import SignedInRequest, sent
from portal.review_forms import PolicyForm
from portal.views.spaces import visible_space


@require_http_methods(["GET", "POST"])
def show(request: SignedInRequest, space: str) -> HttpResponse:
    found = visible_space(request.user, space)
    may_maintain = can_maintain(found, request.user)
    if request.method == "POST" and not may_maintain:
        raise PermissionDenied("The review policy of a space is for its maintainers to change.")
    form = PolicyForm(sent(request), instance=found)
    if request.method == "POST" and form.is_valid():
        freed = change_policy(by=request.user, space=found, **form.cleaned_data)
        words = (
            f" {freed} that waited for approval need{'s' if freed == 1 else ''} none now." if freed else ""
        )
        messages.success(request, f"The review policy is saved.{words}")
        return redirect("space-review", found.slug)
    context = {
        "section": "spaces",
        "space": found,
        "form": form,
        "table": TABLE.values(),
        "may_maintain": may_maintain,
    }
    status = 400 if request.method == "POST" else 200
    return render(request, "spaces/policy.html", context, status=status)
