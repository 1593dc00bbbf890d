"""Statements that PostgreSQL plans once for each connection, some of them under a limit of time.

Planning one that joins a dozen tables takes longer than finding a dozen rows. Connections stay open from one
request to the next, so the plan of the first is there for all that follow.
"""

from collections import OrderedDict
from collections.abc import Sequence
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from knowledge.models.statements import PLACE

MILLISECONDS = 2_000  # that PostgreSQL may take
KEPT = 100  # statements of a connection
# PostgreSQL's planner knows little of tsqueries; what it would do instead reads all posts.
_LIMITED = """
    SELECT set_config('statement_timeout', '{milliseconds}', true),
        set_config('enable_seqscan', '{plans}', true), set_config('enable_hashjoin', '{plans}', true),
        set_config('enable_mergejoin', '{plans}', true);
"""
_numbers = count(1)
# Connection of psycopg -> statement -> its name there.
_names: WeakKeyDictionary[Any, OrderedDict[str, str]] = WeakKeyDictionary()


def rows(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """What a statement finds, by a plan that is made once, whatever the parameters are."""
    with connection.cursor() as cursor:
        cursor.execute(_by_name(sql, params), params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def several(*statements: tuple[str, Sequence[Any]]) -> list[list[tuple[Any, ...]]]:
    """The rows of each, in one round trip."""
    with connection.cursor() as cursor:
        named = "; ".join(_by_name(sql, params) for sql, params in statements)
        cursor.execute(named, [param for _, params in statements for param in params])
        found = [cursor.fetchall()]
        while cursor.nextset():
            found.append(cursor.fetchall())
    return found


def planned(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The same by a plan for these parameters."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def asked(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """What a statement of a search finds: by indexes alone, and with OperationalError beyond MILLISECONDS."""
    with connection.cursor() as cursor:
        # For its transaction alone, which is this statement's own where none is open.
        limited = _LIMITED.format(milliseconds=MILLISECONDS, plans="off")
        cursor.execute(limited + _by_name(sql, params), params)
        cursor.nextset()
        found: list[tuple[Any, ...]] = cursor.fetchall()
        if connection.in_atomic_block:  # it goes on after this
            cursor.execute(_LIMITED.format(milliseconds=0, plans="on"))
    return found


def plan_for_any(sender: object, connection: BaseDatabaseWrapper, **signal: object) -> None:
    """What is prepared on a new connection is planned for any parameters, and not for those of each time."""
    with connection.cursor() as cursor:
        cursor.execute("SET plan_cache_mode TO force_generic_plan")


def _by_name(sql: str, params: Sequence[Any]) -> str:
    """How the statement is run."""
    if not settings.PREPARES_STATEMENTS:
        return sql
    connection.ensure_connection()
    names = _names.setdefault(connection.connection, OrderedDict())
    if sql not in names:
        # Past Django's cursor, which counts queries: that of another page may have prepared it already.
        with connection.wrap_database_errors, connection.connection.cursor() as cursor:
            while len(names) >= KEPT:
                cursor.execute(f"DEALLOCATE {names.popitem(last=False)[1]}")
            name = f"almanac_{next(_numbers)}"
            cursor.execute(f"PREPARE {name} AS {_numbered(sql)}")
        names[sql] = name
    names.move_to_end(sql)
    places = ", ".join(["%s"] * len(params))
    return f"EXECUTE {names[sql]}({places})" if places else f"EXECUTE {names[sql]}"


def _numbered(sql: str) -> str:
    """With $1, $2 for each %s."""
    numbers = count(1)
    return PLACE.sub(lambda found: "%" if found[0] == "%%" else f"${next(numbers)}", sql)
