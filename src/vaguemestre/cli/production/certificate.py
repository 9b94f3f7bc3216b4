"""`vaguemestre certificate`: take a renewed certificate over, and tell those who show it."""

import subprocess
from datetime import UTC, datetime

import typer

from vaguemestre.engines.nginx.configuration import give_keys
from vaguemestre.engines.tls.given_certificate import install_given
from vaguemestre.processes.production.units.units import service_name
from vaguemestre.site.config import load

_SHOWN_BY = ("front", "dovecot", "postfix")


def command() -> None:
    """Reprend le certificat de [tls] s’il a changé ; nginx, Dovecot et Postfix le montrent aussitôt."""
    config = load()
    if not config.tls.is_given or not install_given(config, now=datetime.now(UTC)):
        typer.echo("Certificat : rien de nouveau.")
        return
    give_keys(config)
    services = [f"{service_name(name)}.service" for name in _SHOWN_BY]
    subprocess.run(["/usr/bin/systemctl", "try-reload-or-restart", *services], check=False)
    typer.echo("Certificat repris ; nginx, Dovecot et Postfix le montrent.")
