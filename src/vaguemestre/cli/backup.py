"""`vaguemestre backup`: a copy of everything, taken while the instance runs."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.progress import file_counter
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.processes.production.live import LAST_BACKUP
from vaguemestre.processes.supervisor.backup import NotABackup, back_up
from vaguemestre.processes.supervisor.place import write_whole
from vaguemestre.site.config import load


def command(
    folder: Annotated[Path, typer.Argument(help="Dossier de la sauvegarde ; le même sert chaque nuit.")],
) -> None:
    """Copie base, secrets, certificats et courriels ; interrompu, il peut être relancé."""
    try:
        with file_counter("Sauvegarde") as tell:
            config = load()
            manifest = back_up(config, folder.resolve(), now=datetime.now(UTC), tell=tell)
            write_whole(config.home / LAST_BACKUP, asdict(manifest))
    except NotABackup as error:
        raise Failed(str(error), 73) from error
    except OSError as error:
        raise Failed(f"{error.filename or folder} : {error.strerror}.", 1) from error
    typer.echo(
        f"Sauvegarde entière dans {folder} : {counted(manifest.files, 'fichier')} et la base. "
        "À garder secrète."
    )
