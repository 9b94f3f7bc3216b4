"""`vaguemestre transfer`: sealed transfer archives between installations."""

from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.utils import timezone

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.mail.mail import bar, owner_of
from vaguemestre.foundation.kernel.text.os_errors import os_error_fr
from vaguemestre.foundation.kernel.texts import counted, inflected
from vaguemestre.mailbox.portability import services
from vaguemestre.mailbox.portability.ports import open_archive, open_store, other_parts, take_parts
from vaguemestre.mailbox.portability.rules.problems import PROBLEMS
from vaguemestre.mailbox.portability.rules.sealed import read_card, written_card
from vaguemestre.mailbox.portability.values import Tally
from vaguemestre.site.adapters import partner_cards

app = typer.Typer(help="Déménagements : entre installations, chiffrés et signés.", no_args_is_help=True)

_Username = Annotated[str, typer.Argument(help="L’identifiant, ou une adresse du compte.")]


@app.command()
def card() -> None:
    """La carte de cette installation, à donner aux autres ; l’empreinte se lit au téléphone."""
    mine = partner_cards.own(settings.CONFIG).card
    typer.echo(written_card(mine), nl=False)
    typer.echo(f"Empreinte : {mine.fingerprint}", err=True)


@app.command()
def trust(file: Annotated[Path, typer.Argument(help="La carte d’une autre installation.")]) -> None:
    """Fait confiance à une installation, après avoir comparé l’empreinte avec quelqu’un de là-bas."""
    try:
        card = read_card(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Failed(f"{file} ne peut pas être lu ({os_error_fr(error)}).", 2) from error
    partner_cards.trust(settings.CONFIG, card)
    typer.echo(f"{card.domain} : {card.fingerprint}")


@app.command("partners")
def list_partners() -> None:
    """Les installations connues et leurs empreintes."""
    cards = partner_cards.known(settings.CONFIG)
    for domain, card in cards.items():
        typer.echo(f"{domain} : {card.fingerprint}")
    if not cards:
        typer.echo("Aucune installation n’est connue.")


@app.command()
def write(
    username: _Username,
    file: Annotated[Path, typer.Argument(help="L’archive à écrire.")],
    to: Annotated[str, typer.Option(help="Le domaine de l’installation d’arrivée.")],
) -> None:
    """Écrit tout ce qu’une personne a, chiffré pour l’installation d’arrivée et signé par celle-ci.

    Interrompu, à relancer : l’écriture reprend où elle en était.
    """
    owner, destination = owner_of(username), partner_cards.known(settings.CONFIG).get(to.lower())
    if destination is None:
        raise Failed(f"l’installation « {to} » n’est pas connue : « vaguemestre transfer trust ».", 1)
    try:
        with open_store.get()(owner.mailbox) as store, bar("Écriture") as tell:
            tally = services.write_archive(
                store,
                file,
                owner.mailbox,
                partner_cards.own(settings.CONFIG),
                destination,
                parts=lambda: other_parts.get()(owner.account_id),
                tell=tell,
            )
    except OSError as error:
        raise Failed(f"{file} ne peut pas être écrit ({os_error_fr(error)}).", 1) from error
    typer.echo(f"{counted(tally.added, 'courriel')} dans {file}, pour {destination.domain}.")


@app.command()
def read(
    username: _Username,
    file: Annotated[Path, typer.Argument(help="Une archive écrite pour cette installation.")],
) -> None:
    """Vérifie la signature, ajoute ce qui manque, et retrouve chaque courriel. Interrompu, à relancer."""
    owner, now = owner_of(username), timezone.now()
    if not file.is_file():
        raise Failed(f"{file} n’existe pas.", 2)
    with (
        open_archive.get()(file, file.name) as source,
        open_store.get()(owner.mailbox) as store,
        bar("Lecture") as tell,
    ):
        tally = services.import_messages(store, source, Tally(), now=now, enough=tell)
        tally = services.verify(store, source, tally)
        take_parts.get()(owner.account_id, source.parts(), store.places().names, now=now)
    for problem in tally.left:
        typer.echo(f"Laissé : {problem.place} : {PROBLEMS.get(problem.problem, problem.problem)}", err=True)
    typer.echo(
        f"{counted(tally.added, 'courriel ajouté', 'courriels ajoutés')}, {tally.known} déjà là, "
        f"{counted(tally.verified, 'vérifié')}."
    )
    if tally.left_count:
        words = inflected(tally.left_count, "courriel n’a", "courriels n’ont")
        raise Failed(f"{tally.left_count} {words} pas pu être repris.", 1)
