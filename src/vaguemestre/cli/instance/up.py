"""`vaguemestre up`: start an instance, once everything is installed."""

from pathlib import Path
from typing import Annotated

import typer

from vaguemestre.cli.failures import Failed
from vaguemestre.processes.supervisor.preparation.prepared_child import PreparationFailed
from vaguemestre.processes.supervisor.run_folder import AlreadyRunning, HomeUnusable
from vaguemestre.processes.supervisor.screen import Screen
from vaguemestre.processes.supervisor.startup import NotRoot, Wishes, up
from vaguemestre.processes.supervisor.tree import ChildFailed
from vaguemestre.site.config import load

_CODES = {NotRoot: 77, HomeUnusable: 73, AlreadyRunning: 75, ChildFailed: 69}


def command(
    feed: Annotated[Path | None, typer.Option(help="Flux RH à appliquer une fois démarré.")] = None,
    no_demo: Annotated[
        bool, typer.Option("--no-demo", help="Une académie vide et son premier administrateur.")
    ] = False,
    no_install: Annotated[bool, typer.Option("--no-install", help="N’installe rien.")] = False,
) -> None:
    """Start the instance and keep it in the foreground until Ctrl-C or SIGTERM."""
    if feed is not None and not feed.is_file():
        raise typer.BadParameter(f"le fichier {feed} n’existe pas.")
    wishes = Wishes(demo=not no_demo, install=not no_install, feed=feed.resolve() if feed else None)
    try:
        up(load(), wishes, Screen())
    except (NotRoot, HomeUnusable, AlreadyRunning, ChildFailed) as error:
        raise Failed(str(error), _CODES[type(error)]) from error
    except PreparationFailed as error:
        raise Failed(str(error), error.code) from error
