"""`vaguemestre model`: how many machines of each kind, from measured costs."""

from typing import Annotated

import typer

from vaguemestre.cli.failures import Failed
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.processes.production.capacity.habits import Habits, with_figures
from vaguemestre.processes.production.capacity.rules import Size
from vaguemestre.processes.production.capacity.tables import as_spreadsheet, as_tables

SIZES = (
    Size("une académie de 45 000", 45_000),
    Size("30 académies de 40 000, chacune la sienne", 1_200_000, 30),
    Size("1,2 million, une installation", 1_200_000),
)
PAGE_INTRODUCTION = """\
# How many machines

<!-- Generated: `bin/vaguemestre model --page > docs/operations/capacity.md`. A test compares. -->

What `vaguemestre model` prints for three sizes: one académie of 45,000 people; thirty académies of 40,000
with an installation each; 1.2 million people in one installation. `--people N` and `--installations N` ask
for another size, `--with NAME=FIGURE` supposes something else, `--tsv` prints the same for a spreadsheet.
Tables are in French, as the command is.

Costs were measured by the programs that the table names, on two busy cores of a virtual machine: run them
on a machine of yours and compare before you buy. What people do is supposed, all of it at the same moment.
The busiest moment takes half of the cores of the machines that serve; one more of each kind is in reserve,
one for ten from there on. The database has three machines, one of which writes: more people ask for larger
ones, not for more of them.

Not counted: networks, what disks do in a second, memory that does not grow with people (programs
themselves, the database's own), copies of the disks, backups, letters brought in, and the night's feed.

"""


def command(
    people: Annotated[int | None, typer.Option(min=1, help="Personnes à servir, en tout.")] = None,
    installations: Annotated[int, typer.Option(min=1, help="Réparties en autant d’installations.")] = 1,
    given: Annotated[
        list[str] | None, typer.Option("--with", help="NOM=NOMBRE : suppose autre chose ; plusieurs fois.")
    ] = None,
    tsv: Annotated[
        bool, typer.Option("--tsv", help="Pour un tableur : colonnes séparées par tabulation.")
    ] = False,
    page: Annotated[bool, typer.Option("--page", hidden=True)] = False,
) -> None:
    """Dit combien de machines de chaque sorte il faut, à partir de coûts mesurés."""
    if people is not None and installations > people:
        raise Failed("il y a plus d’installations que de personnes.", 2)
    try:
        habits = with_figures(Habits(), given or [])
    except EngineRefused as refusal:
        raise Failed(str(refusal), 2) from refusal
    sizes = SIZES if people is None else (Size(_named(people, installations), people, installations),)
    if page:
        typer.echo(PAGE_INTRODUCTION, nl=False)
    typer.echo(as_spreadsheet(sizes, habits) if tsv else as_tables(sizes, habits), nl=False)


def _named(people: int, installations: int) -> str:
    said = f"{people:,} personnes".replace(",", " ")
    return said if installations == 1 else f"{said}, {installations} installations"
