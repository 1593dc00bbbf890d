"""Statements of our own that PostgreSQL plans once for a connection, and under a limit of time.

Planning one that joins a dozen tables takes longer than finding a dozen rows. Connections stay open from one
request to the next, so the plan of the first is there for all that follow.
"""

import re
from collections import OrderedDict
from collections.abc import Sequence
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connection

MILLISECONDS = 2_000  # that PostgreSQL may take
KEPT = 60  # statements of a connection
# PostgreSQL's planner knows little of tsqueries; what it would do instead reads all posts.
_PLAN = """
    SELECT set_config('statement_timeout', '{milliseconds}', true),
        set_config('plan_cache_mode', '{mode}', true), set_config('enable_seqscan', '{plans}', true),
        set_config('enable_hashjoin', '{plans}', true), set_config('enable_mergejoin', '{plans}', true);
"""
_PLACE = re.compile(r"%s|%%")
_numbers = count(1)
# Connection of psycopg -> statement and plans -> its name there.
_names: WeakKeyDictionary[Any, OrderedDict[tuple[str, str], str]] = WeakKeyDictionary()


def asked(sql: str, params: Sequence[Any], *, plans: str = "off") -> list[tuple[Any, ...]]:
    """The rows of a statement, planned for whatever the parameters are; `plans` is "on" where the planner may
    choose how tables are joined. Raises OperationalError where it takes longer than MILLISECONDS.
    """
    with connection.cursor() as cursor:
        run = _execute(cursor, (sql, plans), params) if settings.PREPARES_STATEMENTS else sql
        # For its transaction alone, which is this statement's own where none is open.
        mode = "force_generic_plan"
        cursor.execute(_PLAN.format(milliseconds=MILLISECONDS, mode=mode, plans=plans) + run, params)
        cursor.nextset()
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        if connection.in_atomic_block:  # it goes on after this
            cursor.execute(_PLAN.format(milliseconds=0, mode="auto", plans="on"))
    return rows


def _execute(cursor: Any, planned: tuple[str, str], params: Sequence[Any]) -> str:
    """How the statement is run by its name."""
    names = _names.setdefault(connection.connection, OrderedDict())
    if planned not in names:
        while len(names) >= KEPT:
            cursor.execute(f"DEALLOCATE {names.popitem(last=False)[1]}")
        name = f"almanac_{next(_numbers)}"
        cursor.execute(f"PREPARE {name} AS {_numbered(planned[0])}")
        names[planned] = name
    names.move_to_end(planned)
    places = ", ".join(["%s"] * len(params))
    return f"EXECUTE {names[planned]}({places})" if places else f"EXECUTE {names[planned]}"


def _numbered(sql: str) -> str:
    """With $1, $2 for each %s."""
    numbers = count(1)
    return _PLACE.sub(lambda found: "%" if found[0] == "%%" else f"${next(numbers)}", sql)
