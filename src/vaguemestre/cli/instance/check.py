"""`vaguemestre check`: validate the configuration without starting anything; `--live`: look at what runs."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from vaguemestre.cli.failures import Failed
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.processes.production.running_check.checks import findings
from vaguemestre.site.config import Config, read, refuse
from vaguemestre.site.config.surroundings import missing_surroundings


def command(
    live: Annotated[bool, typer.Option("--live", help="Regarde aussi l’ensemble en marche.")] = False,
) -> None:
    """Dit ce que vaut la configuration, ou toutes ses fautes avec leur ligne (code 78)."""
    checked = read()
    refuse(checked.file, [*checked.faults, *missing_surroundings(checked)])
    config = checked.config
    ports = config.ports
    typer.echo(f"Configuration correcte. Dossier : {config.home}")
    typer.echo(f"Académie : {config.academy.name} ({config.academy.domain})")
    typer.echo(f"Base de données : {config.database.engine}")
    typer.echo(f"Site : {config.public_url}")
    typer.echo(
        f"Ports : web {ports.web}, IMAP {ports.imap}, IMAPS {ports.imaps}, envoi {ports.submission} et "
        f"{ports.submissions}, MX {ports.mx}, ManageSieve {ports.managesieve}, push {ports.push}"
    )
    if live:
        _look(config)


def _look(config: Config) -> None:
    """Print one line per thing looked at. Raises Failed (1) if one is red."""
    red = 0
    for finding in findings(config, datetime.now(UTC)):
        typer.echo(finding.line())
        red += not finding.is_well
    if red:
        raise Failed(f"{counted(red, 'ligne rouge', 'lignes rouges')} : voyez la flèche de chacune.", 1)
