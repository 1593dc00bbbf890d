"""Querysets as SQL that is put together once, and run with other values each time.

Django takes longer to put a query together than PostgreSQL to answer it. What differs from one time to the
next stands in the queryset as a Slot, and is filled in when the statement is run.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db.models import BigIntegerField, BooleanField, Expression, F, Field, Func, QuerySet, Value
from psycopg.sql import Literal

SQL: TypeAlias = tuple[str, tuple[Any, ...]]  # a statement and its parameters
PLACE = re.compile(r"%s|%%")


@dataclass(frozen=True, slots=True)
class Open:
    """A parameter that is still to be filled in."""

    name: str


class Slot(Expression):
    """In place of a value of a queryset, whose type is that of `field`."""

    def __init__(self, name: str, field: "Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return f"(%s::{self.output_field.db_type(connection)})", [Open(self.name)]


class IsAny(Func):
    """A condition: `column` is any of some ids. An array: the statement is the same for any number."""

    template = "%(expressions)s"
    arg_joiner = " = ANY"
    output_field = BooleanField()

    def __init__(self, column: str, ids: "Slot | Sequence[int]") -> None:
        field = ArrayField(BigIntegerField())
        super().__init__(F(column), ids if isinstance(ids, Slot) else _Ids(ids, output_field=field))


class _Ids(Value):
    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "(%s::bigint[])", [list(self.value)]


def compiled(rows: QuerySet[Any, Any]) -> SQL:
    """Of a queryset of values. One that finds nothing whatever happens is a statement that finds nothing."""
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return "SELECT NULL::bigint AS id WHERE false", ()
    return _written_out(sql, params)


def _written_out(sql: str, params: Sequence[Any]) -> SQL:
    """With texts and truth values in the statement: PostgreSQL knows how many rows have them.

    Numbers remain parameters, so that statements of different people are one.
    """
    left: list[Any] = []
    given = iter(params)

    def value(place: re.Match[str]) -> str:
        if place[0] == "%%":
            return place[0]
        param = next(given)
        if isinstance(param, str | bool):
            return Literal(param).as_string(None).strip().replace("%", "%%")
        left.append(param)
        return place[0]

    return PLACE.sub(value, sql), tuple(left)


def filled(params: tuple[Any, ...], values: Mapping[str, Any]) -> list[Any]:
    """With `values` by the names of their slots."""
    return [values[each.name] if isinstance(each, Open) else each for each in params]
