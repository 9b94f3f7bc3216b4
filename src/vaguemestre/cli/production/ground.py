"""`vaguemestre ground`: what an instance in production needs before its processes start (one-shot unit)."""

import typer

from vaguemestre.cli.failures import Failed
from vaguemestre.engines.config_templates import write
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.processes.production import layout
from vaguemestre.processes.production.ground import prepare
from vaguemestre.processes.supervisor.preparation.prepared_child import PreparationFailed
from vaguemestre.processes.supervisor.run_folder import HomeUnusable
from vaguemestre.site.config import Config, load
from vaguemestre.site.database.migrated import is_written

_UNAVAILABLE = 69  # the unit is tried again


def command() -> None:
    """Prépare dossiers, secrets, certificats, configurations et base de données."""
    config = load()
    try:
        link = prepare(config, typer.echo)
    except HomeUnusable as error:
        raise Failed(str(error), 73) from error
    except PreparationFailed as error:
        is_waiting = error.code == _UNAVAILABLE
        raise Failed((is_waiting and _waiting(config)) or str(error), error.code) from error
    except EngineDown as error:
        raise Failed(_waiting(config) or f"un service ne répond pas ({error}).", _UNAVAILABLE) from error
    if link:
        write(layout.FIRST_LINK, f"{link}\n", mode=0o600)  # until bin/install has shown it


def _waiting(config: Config) -> str:
    """What this machine waits for, if it is for a database: its unit is tried again every five seconds."""
    server = config.database
    if is_written(config):
        return ""
    return (
        f"aucune base qui écrit ne répond ({server.host}:{server.port}). Cette machine ne sert pas sans "
        "elle : son unité essaie toutes les cinq secondes, et sert dès que l’une d’elles écrit. De plusieurs "
        "machines, celles de la base disent qui écrit : « patronictl -c /etc/patroni/config.yml list »."
    )
