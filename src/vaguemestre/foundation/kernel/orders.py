"""The order of a list: from the query parameter to the column of a table."""

from collections.abc import Mapping


def column_of(order: str, columns: Mapping[str, str]) -> str:
    """`-age` by `{"age": "made_at"}` is `-made_at`. Raises KeyError for an order that is not offered."""
    return f"{'-' if order.startswith('-') else ''}{columns[order.removeprefix('-')]}"
