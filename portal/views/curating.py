"""Making and changing collections. Each button is a form of its own, so all of it works without scripts."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from knowledge.errors import UserError
from knowledge.models import Collection, Space, User
from knowledge.models.collection import lines_of
from knowledge.permissions import check_curate
from knowledge.pipeline import curating
from knowledge.rendering.remarks import LONGEST
from portal.forms import SpaceField
from portal.picking import picked, suggested
from portal.requests import SignedInRequest, sent
from portal.views.collections import visible_collection

OF_THE_PORTAL = "The portal: everyone signed in"


class CollectionForm(forms.Form):
    title = forms.CharField(max_length=200, help_text="What somebody will know who has read all of it.")
    introduction = forms.CharField(
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 6}),
        help_text="Whom it is for, and why in this order. Markdown, as in comments.",
    )


class NewCollectionForm(CollectionForm):
    field_order = ["title", "space", "introduction"]

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Form's own, passed on
        spaces = Space.objects.all() if user.is_superuser else Space.objects.writable_by(user)
        self.fields["space"] = SpaceField(
            spaces,
            label="Whose is it?",
            to_field_name="slug",
            required=not user.is_superuser,
            empty_label=OF_THE_PORTAL if user.is_superuser else None,
            help_text="Who sees the space sees the collection, and who writes there may change it.",
        )
        self.order_fields(self.field_order)


@require_http_methods(["GET", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    form = NewCollectionForm(
        sent(request), user=request.user, initial={"space": request.GET.get("space", "")}
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = curating.make_collection(by=request.user, **form.cleaned_data)
        except UserError as error:
            form.add_error(None, str(error))
        else:
            return redirect("collection-edit", made.pk)
    return render(request, "collections/new.html", {"section": "collections", "form": form})


@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Its words, and its posts; `?q=` lists what could be added."""
    found = curated_collection(request.user, pk)
    form = CollectionForm(sent(request), initial={"title": found.title, "introduction": found.introduction})
    if request.method == "POST" and form.is_valid():
        try:
            curating.change_collection(by=request.user, collection=found, **form.cleaned_data)
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The collection is saved.")
            return redirect("collection-edit", pk)
    q = request.GET.get("q", "")
    context = {
        "section": "collections",
        "collection": found,
        "form": form,
        "lines": lines_of([pk], request.user)[pk],
        "q": q,
        "suggested": suggested(request.user, q, found),
    }
    return render(request, "collections/edit.html", context)


@require_safe
def find(request: SignedInRequest, pk: int) -> HttpResponse:
    """What could be added, by words of its title: the list alone, for scripts."""
    found = curated_collection(request.user, pk)
    q = request.GET.get("q", "")
    context = {"collection": found, "q": q, "suggested": suggested(request.user, q, found)}
    return render(request, "collections/_suggested.html", context)


@require_POST
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """`do`: add, remove, note, up, down or order. The answer is the page that the button is on."""
    found = curated_collection(request.user, pk)
    do, place = request.POST.get("do", ""), ""
    try:
        if do == "add":
            return _add(request, found)
        if do == "delete":
            curating.delete_collection(by=request.user, collection=found)
            messages.success(request, f"“{found.title}” is deleted. The posts are where they were.")
            return redirect("collections")
        post = _number(request.POST.get("post", ""))
        place = f"#item-{post}"
        if do == "remove":
            curating.remove_post(by=request.user, collection=found, post=post)
            place = "#posts"
        elif do == "note":
            note = request.POST.get("note", "")
            curating.note_post(by=request.user, collection=found, post=post, note=note)
        elif do in {"up", "down", "order"}:
            curating.arrange(by=request.user, collection=found, order=_order(request, found, do, post))
    except UserError as error:
        messages.error(request, str(error))
    if request.htmx:
        return HttpResponse(status=204)
    return redirect(f"{reverse('collection-edit', args=[pk])}{place}")


def curated_collection(user: User, pk: int) -> Collection:
    """Or 404 where it isn't visible, 403 for those who may not change it."""
    found = visible_collection(user, pk)
    try:
        check_curate(found, user)
    except UserError as error:
        raise PermissionDenied(str(error)) from error
    return found


def _add(request: SignedInRequest, collection: Collection) -> HttpResponse:
    """The post that is meant; where that isn't sure, the page again with what it could be."""
    text = request.POST.get("post", "").strip()
    here = reverse("collection-edit", args=[collection.pk])
    post = picked(request.user, text, collection)
    if post is None:
        close = suggested(request.user, text, collection)
        post = close[0] if len(close) == 1 and close[0].title.lower() == text.lower() else None
    if post is None:
        return redirect(f"{here}?{urlencode({'q': text[:200]})}#add")
    curating.add_post(by=request.user, collection=collection, post=post, note=request.POST.get("note", ""))
    return redirect(f"{here}#item-{post.pk}")


def _order(request: SignedInRequest, collection: Collection, do: str, post: int) -> list[int]:
    """The posts as they are to stand: as a script sends them, or with one a place further up or down."""
    if do == "order":
        return [_number(each) for each in request.POST.get("order", "").split(",")[:1000]]
    order = [line.added.pk for line in lines_of([collection.pk], request.user)[collection.pk]]
    if post in order:
        place = order.index(post)
        other = place + (-1 if do == "up" else 1)
        if 0 <= other < len(order):
            order[place], order[other] = order[other], order[place]
    return order


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
