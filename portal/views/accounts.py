"""One's own account: profile and personal access tokens."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from knowledge.models import AccessToken, Membership
from knowledge.pipeline.tokens import issue_token
from knowledge.pipeline.tokens import revoke_token as revoke
from portal.forms import ProfileForm, TokenForm
from portal.requests import SignedInRequest, sent


@require_http_methods(["GET", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    form = ProfileForm(sent(request), instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Your profile is saved.")
        return redirect("profile")
    memberships = Membership.objects.filter(user=request.user).select_related("space").order_by("space__name")
    return render(request, "account/profile.html", {"form": form, "memberships": memberships})


@never_cache  # the secret of a new token is on this page, once
@require_http_methods(["GET", "POST"])
def tokens(request: SignedInRequest) -> HttpResponse:
    form, secret = TokenForm(sent(request)), ""
    if request.method == "POST" and form.is_valid():
        _, secret = issue_token(by=request.user, **form.cleaned_data)
        form = TokenForm()
    current = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    mine = AccessToken.objects.filter(user=request.user, revoked_at=None).annotate(is_current=current)
    return render(request, "account/tokens.html", {"form": form, "secret": secret, "tokens": mine})


@require_POST
def revoke_token(request: SignedInRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(AccessToken, pk=pk, user=request.user)
    revoke(by=request.user, token=token)
    messages.success(request, f"{token.name} is revoked. Whatever used it is shut out from now on.")
    return redirect("tokens")
