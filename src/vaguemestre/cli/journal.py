"""`vaguemestre journal`: verify the journal's chain."""

from typing import Annotated

import typer

from vaguemestre.cli.failures import Failed
from vaguemestre.foundation.journal.queries import chain_state, journal_head
from vaguemestre.foundation.kernel.texts import counted

app = typer.Typer(help="Journal : vérifier sa chaîne, dire son dernier sceau.", no_args_is_help=True)

_BROKEN = {
    "altered": "le journal a été altéré : la ligne {} n’est plus ce qui a été scellé.",
    "broken": "le journal a été altéré : une ligne a été retirée, ajoutée ou déplacée avant la ligne {}.",
}


@app.command()
def verify(
    head: Annotated[
        str, typer.Option(help="Un sceau gardé ailleurs (« journal head ») qui doit encore y être.")
    ] = "",
) -> None:
    """Relit toute la chaîne ; nomme la première ligne qui ne tient pas (code 1)."""
    chain = chain_state(head.strip().lower())
    if chain.broken_at is not None:
        raise Failed(_BROKEN[chain.why].format(chain.broken_at), 1)
    if chain.cut:
        raise Failed("le journal a été raccourci : le sceau gardé ailleurs n’y est plus.", 1)
    typer.echo(f"Journal intact : {counted(chain.lines, 'ligne')}. Dernier sceau : {chain.head}")


@app.command("head")
def show_head() -> None:
    """Affiche le numéro et le sceau de la dernière ligne, à garder ailleurs chaque jour."""
    number, seal = journal_head()
    typer.echo(f"{number} {seal}")
