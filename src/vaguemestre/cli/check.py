"""`vaguemestre check`: validate the configuration without starting anything."""

import typer

from vaguemestre.site.config import read, refuse
from vaguemestre.site.config.surroundings import missing_surroundings


def command() -> None:
    """Dit ce que vaut la configuration, ou toutes ses fautes avec leur ligne (code 78)."""
    reading = read()
    refuse(reading.file, [*reading.faults, *missing_surroundings(reading)])
    config = reading.config
    ports = config.ports
    typer.echo(f"Configuration correcte. Dossier : {config.home}")
    typer.echo(f"Académie : {config.academy.name} ({config.academy.domain})")
    typer.echo(f"Base de données : {config.database.engine}")
    typer.echo(f"Site : {config.public_url}")
    typer.echo(
        f"Ports : web {ports.web}, IMAP {ports.imap}, IMAPS {ports.imaps}, envoi {ports.submission} et "
        f"{ports.submissions}, MX {ports.mx}, ManageSieve {ports.managesieve}, push {ports.push}"
    )
