"""Rows that pages ask for all the time: what depends on who reads, and on little else."""

from collections.abc import Callable
from functools import lru_cache
from sys import intern
from typing import Any, Generic, TypeVar

from django.db.models import Field, QuerySet

from knowledge.models import prepared
from knowledge.models.statements import SQL, Slot, compiled, filled
from knowledge.models.user import User

Row = TypeVar("Row")


class ForReader(Generic[Row]):
    """`rows` makes a queryset of values of a reader, and of slots for what else by the types in `fields`.

    It is put together once for each reader, and planned once for all.
    """

    def __init__(self, rows: Callable[..., "QuerySet[Any, Row]"], **fields: "Field[Any, Any]") -> None:
        self.rows, self.fields = rows, fields
        self.statement = lru_cache(maxsize=1_000)(self._statement)

    def _statement(self, user: int, is_superuser: bool) -> SQL:
        slots = {name: Slot(name, each) for name, each in self.fields.items()}
        sql, params = compiled(self.rows(User(pk=user, is_superuser=is_superuser), **slots))
        return intern(sql), params  # it is long, and the same for most readers

    def __call__(self, reader: User, **values: Any) -> list[Row]:
        found: list[Any] = prepared.rows(*self.filled(reader, **values))
        return found

    def filled(self, reader: User, **values: Any) -> tuple[str, list[Any]]:
        """For prepared.several."""
        sql, params = self.statement(reader.pk, reader.is_superuser)
        return sql, filled(params, values)
