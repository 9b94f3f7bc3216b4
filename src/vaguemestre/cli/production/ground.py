"""`vaguemestre ground`: what an instance in production needs before its processes start (one-shot unit)."""

import typer

from vaguemestre.cli.failures import Failed
from vaguemestre.engines.config_templates import write
from vaguemestre.processes.production import layout
from vaguemestre.processes.production.ground import prepare
from vaguemestre.processes.supervisor.place import HomeUnusable
from vaguemestre.processes.supervisor.preparation.prepared_child import PreparationFailed
from vaguemestre.site.config import load


def command() -> None:
    """Prépare dossiers, secrets, certificats, configurations et base de données."""
    try:
        link = prepare(load(), typer.echo)
    except HomeUnusable as error:
        raise Failed(str(error), 73) from error
    except PreparationFailed as error:
        raise Failed(str(error), error.code) from error
    if link:
        write(layout.FIRST_LINK, f"{link}\n", mode=0o600)  # until bin/install has shown it
