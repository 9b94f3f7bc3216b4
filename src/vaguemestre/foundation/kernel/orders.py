"""The order of a list, as its address asks for it and as a table understands it."""

from collections.abc import Mapping


def column_of(order: str, columns: Mapping[str, str]) -> str:
    """`-age` by `{"age": "made_at"}` is `-made_at`. Raises KeyError for an order that is not offered."""
    return f"{'-' if order.startswith('-') else ''}{columns[order.removeprefix('-')]}"
