"""Uploading documents from the browser, and watching what becomes of them."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from knowledge.documents import KNITTED_SUFFIXES, SUFFIXES
from knowledge.errors import UserError
from knowledge.models import Push, Space
from knowledge.permissions import can_maintain
from knowledge.pipeline.progress import COMMIT, PushedDocument, is_awaited, pushed_documents
from portal.findings import box_of
from portal.forms import UploadForm
from portal.requests import SignedInRequest, sent
from portal.uploading import Uploaded, submit_all
from portal.views.spaces import visible_space

PUSHES_SHOWN = 100
WORDS_SHOWN = 5


@require_http_methods(["GET", "POST"])
def index(request: SignedInRequest) -> HttpResponse:
    """A form for several files at once. A script sends them one by one, to show the progress of each."""
    wanted = {name: request.GET[name] for name in ("space", "folder") if name in request.GET}
    form = UploadForm(sent(request), request.FILES or None, user=request.user, initial=wanted)
    uploaded: list[Uploaded] = []
    if request.method == "POST" and form.is_valid():
        uploaded = submit_all(by=request.user, **form.cleaned_data)
    if request.headers.get("Accept") == "application/json":
        return _as_json(form, uploaded)
    if uploaded and not any(one.error for one in uploaded):
        _tell(request, [one.word for one in uploaded if one.word])
        return redirect(_watch(form.cleaned_data["space"], uploaded))
    context = {"form": form, "uploaded": uploaded, "suffixes": SUFFIXES, "knitted": KNITTED_SUFFIXES}
    return render(request, "upload.html", context, status=400 if request.method == "POST" else 200)


@require_safe
def progress(request: SignedInRequest, space: str, commit: str) -> HttpResponse:
    """What a push made of each document, while it happens. `?from=` begins at an earlier commit."""
    found = visible_space(request.user, space)
    first = request.GET.get("from", commit)
    if not (COMMIT.fullmatch(commit) and COMMIT.fullmatch(first)):
        raise Http404
    pushes = list(_pushes(found, first, commit))
    awaited = not any(push.new_commit == commit for push in pushes)
    if awaited and not is_awaited(found, commit):
        raise Http404
    documents = [document for push in pushes for document in pushed_documents(push, request.user)]
    boxes = [
        box_of(it.revision, is_on_page=False) if it.revision and it.findings else None for it in documents
    ]
    context = {
        "section": "spaces",
        "space": found,
        "push": pushes[-1] if pushes else None,
        "commit": commit,
        "documents": list(zip(documents, boxes, strict=True)),
        "may_maintain": can_maintain(found, request.user),
        "suffixes": SUFFIXES,
        "is_awaited": awaited,
        "counts": _counts(documents),
        "is_unfinished": awaited or any(document.is_unfinished for document in documents),
    }
    template = "spaces/_push.html" if request.headers.get("HX-Request") else "spaces/push.html"
    return render(request, template, context)


def _tell(request: SignedInRequest, words: list[UserError]) -> None:
    """On the page to come. Of many, the first few tell it all."""
    for word in words[:WORDS_SHOWN]:
        messages.info(request, f"{word.message} {word.hint}")


def _as_json(form: UploadForm, uploaded: list[Uploaded]) -> JsonResponse:
    """For the script: where to watch, or what is wrong in words."""
    faults = [str(message) for messages in form.errors.values() for message in messages]
    faults += [f"{one.error.message} {one.error.hint}" for one in uploaded if one.error]
    if faults:
        return JsonResponse({"error": " ".join(faults)}, status=400)
    words = " ".join(f"{one.word.message} {one.word.hint}" for one in uploaded if one.word)
    watch = _watch(form.cleaned_data["space"], uploaded)
    return JsonResponse({"commit": uploaded[-1].commit, "watch": watch, "word": words})


def _watch(space: Space, uploaded: list[Uploaded]) -> str:
    first, last = uploaded[0].commit, uploaded[-1].commit
    return reverse("push", args=[space.slug, last]) + (f"?from={first}" if first != last else "")


def _pushes(space: Space, first: str, last: str) -> QuerySet[Push]:
    """The steps from commit `first` to `last`, as far as they are ingested, the oldest first."""
    pushes = Push.objects.filter(space=space).select_related("pushed_by", "space").order_by("pk")
    if first == last:
        return pushes.filter(new_commit=last)
    begin = pushes.filter(new_commit=first).values_list("pk", flat=True).last()
    end = pushes.filter(new_commit=last).values_list("pk", flat=True).last()
    if begin is None:
        return pushes.filter(new_commit=last)
    between = pushes.filter(pk__gte=begin)
    return (between.filter(pk__lte=end) if end else between)[:PUSHES_SHOWN]


def _counts(documents: list[PushedDocument]) -> dict[str, int]:
    counts = {"ready": 0, "kept": 0, "failed": 0, "unfinished": 0}
    for document in documents:
        if document.is_unfinished:
            counts["unfinished"] += 1
        elif document.failure:
            counts["failed"] += 1
        elif document.revision and document.revision.blocked_by:
            counts["kept"] += 1
        elif document.state:
            counts["ready"] += 1
    return counts
