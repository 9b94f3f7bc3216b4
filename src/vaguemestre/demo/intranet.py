"""Accolad and Salles, the demonstration's outside applications, registered anew at each start."""

import os
import secrets
from pathlib import Path

from django.utils import timezone

from vaguemestre.access.sso.registry.services import keep_application
from vaguemestre.access.sso.registry.values import Protocol, Registration
from vaguemestre.site.config import Config

CLIENT_ID = "accolad"


def register(config: Config) -> None:
    """Register both with addresses that follow the instance's ports; Accolad keeps its secret."""
    _accolad(config)
    _salles(config)


def _salles(config: Config) -> None:
    address = config.rooms_url
    registration = Registration(
        client_id="salles",
        name="Salles",
        protocol=Protocol.CAS,
        addresses=(f"{address}/entrer", f"{address}/au-revoir"),
        home=f"{address}/entrer",
        description="Réserver une salle de réunion",
        icon="door",
        released=("name", "organizational_unit"),
    )
    keep_application(registration, "", by="instance", now=timezone.now())


def _accolad(config: Config) -> None:
    address = config.intranet_url
    registration = Registration(
        client_id=CLIENT_ID,
        name="Accolad",
        protocol=Protocol.OIDC,
        addresses=(f"{address}/retour",),
        home=f"{address}/entrer",
        description="L’intranet de l’académie",
        icon="building-community",
        after_sign_out=(f"{address}/au-revoir",),
        tell_sign_out=f"{address}/dehors",
        released=("name", "given_name", "uid", "email", "category", "uai", "function"),
    )
    keep_application(registration, _secret(config.intranet_secret), by="instance", now=timezone.now())


def _secret(file: Path) -> str:
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(secrets.token_urlsafe(32))
    return file.read_text(encoding="ascii").strip()
