"""`vaguemestre numen`: issue one."""

from random import SystemRandom
from typing import Annotated

import typer
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from vaguemestre.credentials.queries import find_account
from vaguemestre.directory.ports import numen_keys
from vaguemestre.directory.services import issue_numen
from vaguemestre.directory.values import NumenLayout
from vaguemestre.kernel.errors import Refusal

app = typer.Typer(help="NUMEN : en attribuer un.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `issue` a command of its own name while it is alone."""


@app.command()
def issue(
    username: Annotated[
        str, typer.Argument(help="L’identifiant, ou une adresse, de la personne sans NUMEN.")
    ],
    layout: Annotated[
        NumenLayout | None, typer.Option(help="Composition ; celle de l’académie par défaut.")
    ] = None,
) -> None:
    """Attribue un NUMEN à quelqu’un qui n’en a pas ; il est affiché cette seule fois."""
    found = find_account(username)
    if found is None or found.person_id is None:
        raise Refusal("credentials.account-unknown", username=username)
    chosen = layout or NumenLayout(settings.CONFIG.academy.numen_layout)
    with transaction.atomic(durable=True):
        numen = issue_numen(
            found.person_id, chosen, numen_keys.get(), SystemRandom(), by="cli", now=timezone.now()
        )
    typer.echo(f"NUMEN attribué : {numen.text}")
    typer.echo("À remettre en main propre ou par courrier postal ; jamais par courriel.", err=True)
