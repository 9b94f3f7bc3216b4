"""Queries asked for every message: Django writes their SQL once in a process, not each time.

That costs it five times what the database takes to answer one.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError

type Value = str | int | datetime
type _Converter = Callable[[Any, Any, Any], Any]


class _Written(NamedTuple):
    sql: str
    params: tuple[Any, ...]
    converters: Sequence[tuple[int, Any, Sequence[_Converter]]]  # column, expression, conversions
    locks: bool


class FrequentQuery:
    """A query of which values alone change from one time to the next.

    `build` gives a `values_list` of columns or sums for the samples. Each of these, text, number or moment,
    is one value of the query as it is written (so no `iexact`, no `in`), and like no other value of it.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], *samples: Value) -> None:
        self._build, self._samples = build, samples
        self._written: dict[str, _Written] = {}

    def rows(self, *values: Value) -> list[tuple[Any, ...]]:
        """The rows for these values, one for each sample.

        Raises TransactionManagementError if they are locked (`select_for_update`) outside a transaction.
        """
        written = self._written.get(connection.vendor)
        if written is None:
            written = self._written[connection.vendor] = self._write()
        if written.locks and connection.get_autocommit():  # as Django does when it writes the query
            raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")
        given = dict(zip(_as_written(self._samples), _as_written(values), strict=True))
        with connection.cursor() as cursor:
            cursor.execute(written.sql, [given.get(param, param) for param in written.params])
            rows = cursor.fetchall()
        return [_converted(row, written.converters) for row in rows] if written.converters else rows

    def _write(self) -> _Written:
        query = self._build(*self._samples).query
        compiler = query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        places = [params.count(sample) for sample in _as_written(self._samples)]
        if places != [1] * len(places):
            raise ValueError(f"each sample is one value of the query: {places} of {params}")
        converters = compiler.get_converters([selected[0] for selected in compiler.select])
        return _Written(
            sql,
            tuple(params),
            [(column, expression, tuple(found)) for column, (found, expression) in converters.items()],
            query.select_for_update and connection.features.has_select_for_update,
        )


def _as_written(values: Sequence[Value]) -> list[Any]:
    """The values as this database takes them: SQLite has no type for a moment."""
    adapt = connection.ops.adapt_datetimefield_value
    return [adapt(value) if isinstance(value, datetime) else value for value in values]


def _converted(
    row: tuple[Any, ...], converters: Sequence[tuple[int, Any, Sequence[_Converter]]]
) -> tuple[Any, ...]:
    values = list(row)
    for column, expression, found in converters:
        for convert in found:
            values[column] = convert(values[column], expression, connection)
    return tuple(values)
