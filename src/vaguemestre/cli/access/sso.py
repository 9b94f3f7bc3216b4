"""`vaguemestre sso`: applications from a file or their metadata, and SAML keys."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.utils import timezone

from vaguemestre.access.sso.oidc.rules.imports import parse_client
from vaguemestre.access.sso.registry.rules.declared import (
    DeclarationError,
    DeclaredApplication,
    parse_declarations,
)
from vaguemestre.access.sso.registry.services import add_application, apply_declaration
from vaguemestre.access.sso.registry.values import Protocol
from vaguemestre.access.sso.saml.rules.documents import MalformedMessage
from vaguemestre.access.sso.saml.rules.metadata import read_metadata
from vaguemestre.access.sso.saml.rules.signatures import InvalidSignatureError
from vaguemestre.access.sso.saml.services import register_provider, rotate_pair
from vaguemestre.access.sso.saml.values import ServiceProvider
from vaguemestre.cli.failures import Failed
from vaguemestre.foundation.kernel.text.os_errors import os_error_fr
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.ports import secret_keys

app = typer.Typer(help="Applications : fichier déclaratif, métadonnées, clés SAML.", no_args_is_help=True)

_File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]


@app.command(name="apply")
def apply_file(
    file: _File,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Dire ce qui changerait, sans rien faire.")
    ] = False,
) -> None:
    """Fait correspondre les applications inscrites à un fichier TOML ; se rejoue sans rien changer."""
    try:
        declared = parse_declarations(file.read_text(encoding="utf-8"))
    except (DeclarationError, UnicodeDecodeError) as error:
        raise Failed(f"{file} : {error}", 65) from error
    now = timezone.now()
    plain = [
        application for application in declared if application.registration.protocol is not Protocol.SAML
    ]
    peers = [
        (application, _metadata_of(application, file))
        for application in declared
        if application.registration.protocol is Protocol.SAML
    ]
    outcomes = apply_declaration(
        [(application.registration, _secret_of(application, file)) for application in plain],
        by="cli",
        now=now,
        dry_run=dry_run,
    )
    for client_id, what, secret in outcomes:
        typer.echo(f"{client_id} : {what}")
        if secret:
            typer.echo(f"Secret (montré cette seule fois) : {secret}")
    for application, metadata in peers:
        if not dry_run:
            _register(application, metadata, now)
        typer.echo(f"{application.registration.client_id} : métadonnées {'à lire' if dry_run else 'lues'}")


@app.command(name="import")
def import_file(
    file: _File,
    client_id: Annotated[
        str, typer.Option(help="Son identifiant ici ; vide : d’après ses métadonnées.")
    ] = "",
    entity: Annotated[list[str] | None, typer.Option(help="Dans un agrégat : celle-ci ; répétable.")] = None,
    certificate: Annotated[Path | None, typer.Option(help="Certificat (PEM) de la fédération.")] = None,
) -> None:
    """Inscrit une application d’après ses métadonnées, SAML (XML, agrégat) ou OpenID Connect (JSON)."""
    content, now = file.read_bytes(), timezone.now()
    if content.lstrip()[:1] == b"{":
        registration = parse_client(json.loads(content), client_id)
        secret = add_application(registration, by="cli", now=now)
        typer.echo(f"Application {registration.client_id} inscrite ; aucun attribut ne lui est transmis.")
        if secret:
            typer.echo(f"Secret (montré cette seule fois) : {secret}")
        return
    descriptions = _described(content, certificate, file)
    chosen = [description for description in descriptions if not entity or description.entity_id in entity]
    if len(descriptions) > 1 and not entity:
        raise Failed(
            f"{file} décrit {len(descriptions)} applications : nommez celles à inscrire par --entity.", 65
        )
    if not chosen:
        raise Failed(f"{file} : aucune application de ce nom.", 65)
    for described in chosen:
        named = register_provider(
            described, client_id=client_id if len(chosen) == 1 else "", by="cli", now=now
        )
        typer.echo(f"{described.entity_id} : inscrite sous le nom {named}.")


@app.command(name="rotate-saml")
def turn_saml() -> None:
    """Prépare une nouvelle clé SAML : dans les métadonnées aussitôt, en service deux semaines après."""
    host = urlsplit(settings.CONFIG.public_url).hostname or "vaguemestre"
    starts = rotate_pair(secret_keys.get(), host, by="cli", now=timezone.now())
    typer.echo(f"Nouvelle clé publiée ; elle signera à partir du {paris_day(starts):%d/%m/%Y}.")


def _register(application: DeclaredApplication, metadata: ServiceProvider, now: datetime) -> None:
    register_provider(
        metadata,
        client_id=application.registration.client_id,
        registration=application.registration,
        encrypts=application.encrypts,
        by="cli",
        now=now,
    )


def _metadata_of(application: DeclaredApplication, file: Path) -> ServiceProvider:
    where = file.parent / application.metadata_file
    if not application.metadata_file or not where.is_file():
        raise Failed(f"{application.registration.client_id} : « metadata_file » manque ou n’existe pas.", 65)
    certificate = file.parent / application.certificate_file if application.certificate_file else None
    descriptions = _described(where.read_bytes(), certificate, where)
    chosen = [
        described
        for described in descriptions
        if described.entity_id == application.entity_id or not application.entity_id
    ]
    if len(chosen) != 1:
        raise Failed(
            f"{application.registration.client_id} : « entity_id » n’en désigne pas une seule dans {where}.",
            65,
        )
    return chosen[0]


def _secret_of(application: DeclaredApplication, file: Path) -> str:
    if not application.secret_file:
        return ""
    where = file.parent / application.secret_file
    try:
        return where.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise Failed(f"{application.registration.client_id} : {where} ne peut pas être lu.", 65) from error


def _described(content: bytes, certificate: Path | None, file: Path) -> list[ServiceProvider]:
    try:
        der = b""
        if certificate:
            der = x509.load_pem_x509_certificate(certificate.read_bytes()).public_bytes(Encoding.DER)
        return read_metadata(content, timezone.now(), der)
    except OSError as error:
        raise Failed(f"{certificate} ne peut pas être lu ({os_error_fr(error)}).", 65) from error
    except (MalformedMessage, InvalidSignatureError, ValueError) as error:
        raise Failed(f"{file} : métadonnées refusées ({error}).", 65) from error
