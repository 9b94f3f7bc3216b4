"""`vaguemestre journal`: verify the journal's chain."""

from typing import Annotated

import typer
from django.utils import timezone

from vaguemestre.cli.failures import Failed
from vaguemestre.foundation.journal.chain import last_seal, seal_entries
from vaguemestre.foundation.journal.verification import Flaw, chain_state
from vaguemestre.foundation.kernel.texts import counted

app = typer.Typer(help="Journal : vérifier sa chaîne, dire son dernier sceau.", no_args_is_help=True)

_BROKEN = {
    Flaw.ALTERED: "la ligne {} n’est plus ce qui a été scellé.",
    Flaw.REMOVED: "la ligne {} a été retirée avant son terme.",
    Flaw.BROKEN: "des lignes manquent, ou ont changé d’ordre, avant la ligne {}.",
    Flaw.ADDED: "la ligne {} a été glissée derrière des lignes déjà scellées.",
    Flaw.MONTH: "le sceau du mois de la ligne {} n’est plus celui qui a été écrit.",
}


@app.command()
def verify(
    head: Annotated[
        str, typer.Option(help="Un sceau gardé ailleurs (« journal head ») qui doit encore y être.")
    ] = "",
) -> None:
    """Scelle ce qui attend, relit toute la chaîne ; nomme la première ligne qui ne tient pas (code 1)."""
    now = timezone.now()
    seal_entries(now=now)
    chain = chain_state(head.strip().lower(), now=now)
    if chain.broken_at is not None and chain.why:
        raise Failed(f"le journal a été altéré : {_BROKEN[chain.why].format(chain.broken_at)}", 1)
    if chain.cut:
        raise Failed("le journal a été raccourci : le sceau gardé ailleurs n’y est plus.", 1)
    erased = f", {counted(chain.erased, 'effacée', 'effacées')} à leur terme" if chain.erased else ""
    typer.echo(f"Journal intact : {counted(chain.lines, 'ligne')}{erased}. Dernier sceau : {chain.head}")


@app.command("head")
def show_head() -> None:
    """Scelle ce qui attend ; affiche le rang et le sceau de la dernière ligne, à garder ailleurs."""
    seal_entries(now=timezone.now())
    number, seal = last_seal()
    typer.echo(f"{number} {seal}")
