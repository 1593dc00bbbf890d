"""What all resources share: whatever the address holds, the answer is JSON and can be revalidated."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from django.conf import settings
from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.decorators import method_decorator
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from api.etags import revalidated
from api.exceptions import BodyTooLarge, LengthRequired
from api.once import PreconditionFailed, once, refuse_post, unless_changed
from api.shaping import Expansion, expand, narrow
from knowledge.models import User
from portal.rates import Rate

M = TypeVar("M", bound=Model)
if TYPE_CHECKING:
    _ViewSet = GenericViewSet[Any]
else:
    _ViewSet = GenericViewSet


@method_decorator(revalidated, name="dispatch")
class Endpoint(_ViewSet):
    # What `expand=` takes here; api/expanding.py says it.
    expansions: ClassVar[Mapping[str, Expansion]] = {}
    rate: Rate | None = None

    @property
    def body_limit(self) -> int:
        """Bytes that a request may bring."""
        return settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    @property
    def caller(self) -> User:
        """Who calls; `ScopePermission` has let nobody else in."""
        return cast(User, self.request.user)

    @property
    def expandable(self) -> Mapping[str, Expansion]:
        """By which names `expand=` asks for what the rows of this answer name."""
        # Of what is read here: `If-Match` reads it before it is changed.
        return self.expansions if self.action_map.get("get") in ("list", "retrieve") else {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # First of all, for a session's CSRF token is looked for in the body, and bodies are read as a whole.
        if int(request.META.get("CONTENT_LENGTH") or 0) > self.body_limit:
            raise BodyTooLarge()
        super().initial(request, *args, **kwargs)
        if request.META.get("HTTP_TRANSFER_ENCODING") and not request.META.get("CONTENT_LENGTH"):
            raise LengthRequired()
        if any("\x00" in str(value) for value in kwargs.values()):  # PostgreSQL refuses it in any text
            raise NotFound()
        self._wrap(request)

    def _wrap(self, request: Request) -> None:
        """Put what headers and parameters ask for around the method that answers; DRF looks for it next."""
        method, asked = (request.method or "").lower(), request.headers
        handler = getattr(self, method, None)
        if handler is None:
            return
        if method == "post" and "If-Match" in asked:
            refuse_post()
        if method == "post" and (key := asked.get("Idempotency-Key")):
            setattr(self, method, once(handler, key, self.caller))
        elif method in ("put", "patch", "delete") and (etags := asked.get("If-Match")):
            if not (show := getattr(self, "get", None)):
                raise PreconditionFailed("What has no address to be read at has no ETag.")
            setattr(self, method, unless_changed(handler, self._shaped(show), etags))
        elif method in ("get", "head"):
            setattr(self, method, self._shaped(handler))

    def _shaped(self, handler: Any) -> Any:
        """With `expand=` and `fields=`."""

        def wrapped(request: Request, *args: Any, **kwargs: Any) -> Any:
            answer, asked = handler(request, *args, **kwargs), request.query_params
            if isinstance(answer, Response) and answer.status_code == 200:
                if names := asked.get("expand"):
                    expand(answer.data, names, self.expandable, self.caller)
                    del answer["ETag"]  # of the row alone
                if names := asked.get("fields"):
                    row: Any = self.serializer_class() if self.serializer_class else None
                    answer.data = narrow(answer.data, names, row.fields if row else ())
            return answer

        return wrapped

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        patch_cache_control(answer, private=True, no_cache=True)
        patch_vary_headers(answer, ["Authorization", "Cookie"])
        for name, value in (self.rate.headers() if self.rate else {}).items():
            answer[name] = value
        return answer

    def sent(self, serializer: type[Serializer[Any]], data: Any) -> dict[str, Any]:
        """The checked fields of a body or a query string; refused with 400 and a word for each."""
        checked = serializer(data=data)
        checked.is_valid(raise_exception=True)
        return cast(dict[str, Any], checked.validated_data)

    def page(
        self, rows: QuerySet[Any], serializer: type[Serializer[Any]], context: dict[str, Any] | None = None
    ) -> Response:
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(serializer(page, many=True, context=context or {}).data)

    def find(self, rows: QuerySet[M], **where: Any) -> M:
        """The one row, or 404: what the caller may not see is left out of `rows` and so isn't there."""
        try:
            return get_object_or_404(rows, **where)
        except (ValueError, OverflowError):
            raise NotFound() from None
