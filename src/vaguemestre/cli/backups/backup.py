"""`vaguemestre backup`: make a generation of everything while the instance runs."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from vaguemestre.cli.failures import Failed
from vaguemestre.foundation.kernel.text.os_errors import os_error_fr
from vaguemestre.foundation.kernel.text.sizes import in_words
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.processes.backup.database import NotABackup
from vaguemestre.processes.backup.generations import back_up, prune, repositories
from vaguemestre.site.config import load


def command(
    place: Annotated[
        str, typer.Argument(help="Dossier (ou dépôt SFTP, S3) ; à défaut, celui de la configuration.")
    ] = "",
    only_prune: Annotated[
        bool, typer.Option("--prune", help="Retire seulement les générations de trop et leurs données.")
    ] = False,
) -> None:
    """Fait une sauvegarde chiffrée de plus : base, secrets, certificats, fichiers et courriels."""
    config = load()
    try:
        stores = repositories(config, place)
        if only_prune:
            prune(config, stores)
            return
        is_first = not stores.keys.password_file.exists()
        report = back_up(config, stores, now=datetime.now(UTC))
    except NotABackup as error:
        raise Failed(str(error), 73) from error
    except OSError as error:
        raise Failed(f"{error.filename or place} : {os_error_fr(error)}.", 1) from error
    typer.echo(
        f"Sauvegarde entière : {counted(report.files, 'fichier')}, "
        f"{in_words(report.added_bytes)} de plus dans {stores.data.repository}."
    )
    if is_first:
        typer.echo(
            f"Recopiez {stores.keys.password_file} hors de cette machine : sans ce mot de passe, rien ne se "
            f"restaure. Les secrets sont dans {stores.keys.repository}, à garder à part."
        )
