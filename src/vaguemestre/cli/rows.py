"""Lists of the command line: a line for each thing, what is told below it, how many more there are."""

from collections.abc import Iterable
from typing import NamedTuple

import typer

from vaguemestre.foundation.kernel.texts import counted


class Row(NamedTuple):
    """The cells of a thing's line, and the lines told below it."""

    cells: tuple[str, ...]
    below: tuple[str, ...] = ()


def print_rows(rows: Iterable[Row], *, empty: str) -> None:
    """Print rows, cells two spaces apart; the sentence `empty` if there is none."""
    is_empty = True
    for row in rows:
        is_empty = False
        typer.echo("  ".join(row.cells).rstrip())
        for line in row.below:
            typer.echo(f"    {line}")
    if is_empty:
        typer.echo(empty)


def print_left_out(count: int, singular: str = "autre", plural: str = "", *, indent: str = "") -> None:
    """Say how many more there are than were printed; nothing if there are none."""
    if count > 0:
        typer.echo(f"{indent}… et {counted(count, singular, plural)}")
