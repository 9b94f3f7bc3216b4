"""`vaguemestre check`: the configuration, read and said; nothing is started."""

import typer

from vaguemestre.site.config import load


def command() -> None:
    """Say what the configuration amounts to. A wrong one is told in one sentence (exit code 78)."""
    config = load()
    ports = config.ports
    typer.echo(f"Configuration correcte. Dossier : {config.home}")
    typer.echo(f"Académie : {config.academy.name} ({config.academy.domain})")
    typer.echo(f"Base de données : {config.database.engine}")
    typer.echo(f"Site : {config.public_url}")
    typer.echo(
        f"Ports : web {ports.web}, IMAP {ports.imap}, IMAPS {ports.imaps}, envoi {ports.submission} et "
        f"{ports.submissions}, MX {ports.mx}, ManageSieve {ports.managesieve}, push {ports.push}"
    )
