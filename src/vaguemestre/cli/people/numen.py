"""`vaguemestre numen`: issue a NUMEN, show its history, rotate its encryption key."""

from random import SystemRandom
from typing import Annotated

import typer
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from vaguemestre.foundation.cluster.services import compare_keys
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import find_account
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.queries import numens_held, person_of
from vaguemestre.people.directory.rules.numen_vault import HeldKeys
from vaguemestre.people.directory.services import issue_numen, reseal_numens
from vaguemestre.people.directory.values import NumenLayout
from vaguemestre.people.intake.services import reseal_lines
from vaguemestre.processes.supervisor.rights import renew_copies
from vaguemestre.site import numen_keys as numen_secrets
from vaguemestre.site import secrets
from vaguemestre.site.config import AcademySection

app = typer.Typer(help="NUMEN : en attribuer, dire leur histoire, changer leur clé.", no_args_is_help=True)


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
    account = find_account(username)
    if account is None or account.person_id is None:
        raise Refusal("credentials.account-unknown", username=username)
    chosen = layout or NumenLayout(_academy_of(account.person_id).numen_layout)
    with transaction.atomic(durable=True):
        numen = issue_numen(
            account.person_id, chosen, numen_keys.get(), SystemRandom(), by="cli", now=timezone.now()
        )
    typer.echo(f"NUMEN attribué : {numen.text}")
    typer.echo("À remettre en main propre ou par courrier postal ; jamais par courriel.", err=True)


@app.command()
def history(
    username: Annotated[str, typer.Argument(help="L’identifiant, ou une adresse.")],
) -> None:
    """Les NUMEN qu’une personne a portés, masqués, et depuis quand."""
    account = find_account(username)
    if account is None or account.person_id is None:
        raise Refusal("credentials.account-unknown", username=username)
    numens = numens_held(account.person_id, numen_keys.get())
    for numen in numens:
        typer.echo(
            f"{numen.masked}  depuis le {numen.since:%d/%m/%Y}{'' if numen.is_current else '  (ancien)'}"
        )
    if not numens:
        typer.echo("Cette personne n’a pas de NUMEN.")


@app.command("rotate-key")
def rotate_key() -> None:
    """Change la clé qui chiffre les NUMEN et les lignes de flux, puis les rechiffre (« reseal » finit)."""
    folder = settings.CONFIG.secrets_dir
    secrets.rotate(folder, numen_secrets.NAME)
    compare_keys(secrets.digests(folder), secrets.former_digests(folder))  # the new one is the installation's
    renew_copies(settings.CONFIG)
    typer.echo(_resealed(numen_secrets.read(folder)))
    typer.echo("Redémarrez l’instance, puis lancez « vaguemestre numen reseal --forget ».", err=True)


@app.command()
def reseal(
    forget: Annotated[
        bool, typer.Option("--forget", help="Oublier ensuite les anciennes clés : après un redémarrage.")
    ] = False,
) -> None:
    """Rechiffre ce qu’une ancienne clé chiffrait ; sans rien à faire, ne change rien."""
    folder = settings.CONFIG.secrets_dir
    typer.echo(_resealed(numen_secrets.read(folder)))
    if forget:
        secrets.forget_former(folder, numen_secrets.NAME)
        typer.echo("Anciennes clés oubliées ; celle des recherches est gardée.")


def _resealed(keys: HeldKeys) -> str:
    now, count, after = timezone.now(), 0, 0
    while True:
        done, after = reseal_numens(keys, after, by="cli", now=now)
        count += done
        if not after:
            break
    lines = reseal_lines(keys)
    return f"NUMEN rechiffrés : {count} ; lignes de flux : {lines}."


def _academy_of(person_id: int) -> AcademySection:
    academy: AcademySection = settings.CONFIG.academy_at(person_of(person_id).academy.domain)
    return academy
