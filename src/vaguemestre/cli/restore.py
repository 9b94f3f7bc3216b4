"""`vaguemestre restore`: restore a backup into an empty home."""

from pathlib import Path
from typing import Annotated

import typer

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.progress import file_counter
from vaguemestre.processes.supervisor import place
from vaguemestre.processes.supervisor.backup import NotABackup, restore
from vaguemestre.site.config import load


def command(
    folder: Annotated[Path, typer.Argument(help="Le dossier de la sauvegarde.")],
) -> None:
    """Remet une sauvegarde dans un dossier d’instance vide ; ensuite, bin/up."""
    config = load()
    try:
        place.open_home(config)
        place.take(config)
        with file_counter("Restauration") as tell:
            manifest = restore(load(), folder.resolve(), tell=tell)
    except place.AlreadyRunning as error:
        raise Failed(str(error), 75) from error
    except place.HomeUnusable as error:
        raise Failed(str(error), 73) from error
    except NotABackup as error:
        raise Failed(str(error), 1) from error
    except OSError as error:
        raise Failed(f"{error.filename or folder} : {error.strerror}.", 1) from error
    typer.echo(f"Restauré : l’état du {manifest.made_at}. Démarrez avec bin/up.")
