"""`vaguemestre application`: applications that people enter with their account."""

import json
from enum import StrEnum
from typing import Annotated

import typer
from django.utils import timezone

from vaguemestre.access.sso.oidc.services import rotate_keys
from vaguemestre.access.sso.registry.queries import applications
from vaguemestre.access.sso.registry.services import add_application, remove_application, renew_secret
from vaguemestre.access.sso.registry.values import Protocol, Registration, Signing
from vaguemestre.people.credentials.ports import secret_keys

app = typer.Typer(help="Applications : ajouter, lister, retirer.", no_args_is_help=True)

_Client = Annotated[str, typer.Argument(help="L’identifiant de l’application (client_id).")]
_Addresses = Annotated[
    list[str], typer.Option(help="Adresse de retour (redirect_uri) ou de service CAS, exacte ; répétable.")
]
_Prefixes = Annotated[
    list[str] | None,
    typer.Option(help="CAS : toute page sous cette adresse, finie par « / », est admise ; répétable."),
]
_SignedOutAddresses = Annotated[
    list[str] | None, typer.Option(help="Adresse de retour après déconnexion ; répétable.")
]


class _Chosen(StrEnum):
    OIDC = "oidc"
    CAS = "cas"
    HEADERS = "headers"


@app.command()
def add(
    client_id: _Client,
    name: Annotated[str, typer.Option(help="Le nom montré aux agents.")],
    address: _Addresses,
    protocol: Annotated[_Chosen, typer.Option(help="Le protocole.")] = _Chosen.OIDC,
    prefix: _Prefixes = None,
    home: Annotated[str, typer.Option(help="Adresse ouverte depuis le portail ; vide : non montrée.")] = "",
    description: Annotated[str, typer.Option(help="Quelques mots, pour le portail.")] = "",
    release: Annotated[list[str] | None, typer.Option(help="Attribut transmis ; répétable.")] = None,
    category: Annotated[list[str] | None, typer.Option(help="Catégorie admise ; répétable.")] = None,
    role: Annotated[list[str] | None, typer.Option(help="Rôle admis ; répétable.")] = None,
    after_sign_out: _SignedOutAddresses = None,
    tell_sign_out: Annotated[str, typer.Option(help="Adresse prévenue des déconnexions (OIDC).")] = "",
    public: Annotated[bool, typer.Option("--public", help="L’application ne garde aucun secret.")] = False,
    rs256: Annotated[bool, typer.Option("--rs256", help="Signer en RS256 plutôt qu’en ES256.")] = False,
) -> None:
    """Inscrit une application ; son secret n’est montré qu’une fois."""
    registration = Registration(
        client_id=client_id,
        name=name,
        protocol=Protocol(protocol.value),
        addresses=tuple(address),
        home=home,
        description=description,
        after_sign_out=tuple(after_sign_out or ()),
        tell_sign_out=tell_sign_out,
        public=public,
        signing=Signing.RS256 if rs256 else Signing.ES256,
        released=tuple(release or ()),
        categories=tuple(category or ()),
        roles=tuple(role or ()),
        prefixes=tuple(prefix or ()),
    )
    secret = add_application(registration, by="cli", now=timezone.now())
    typer.echo(f"Application {client_id} inscrite.")
    if secret:
        typer.echo(f"Secret (montré cette seule fois) : {secret}")


@app.command(name="list")
def list_all(as_json: Annotated[bool, typer.Option("--json", help="En JSON.")] = False) -> None:
    """Les applications inscrites."""
    registered = applications()
    if as_json:
        entries = [
            {
                "client_id": application.client_id,
                "name": application.name,
                "protocol": application.protocol.value,
                "home": application.home,
                "addresses": application.addresses,
                "prefixes": application.prefixes,
                "released": application.released,
                "categories": application.categories,
                "roles": application.roles,
            }
            for application in registered
        ]
        typer.echo(json.dumps(entries, ensure_ascii=False, indent=2))
        return
    for application in registered:
        parts = (application.client_id, application.name, application.protocol.value)
        typer.echo(" · ".join((*parts, ", ".join(application.addresses))))


@app.command()
def secret(client_id: _Client) -> None:
    """Donne un nouveau secret à une application ; l’ancien ne vaut plus rien."""
    typer.echo(f"Secret (montré cette seule fois) : {renew_secret(client_id, by='cli', now=timezone.now())}")


@app.command(name="rotate-keys")
def turn_keys() -> None:
    """Prépare de nouvelles clés de signature : publiées aussitôt, en service une heure après."""
    rotate_keys(secret_keys.get(), by="cli", now=timezone.now())
    typer.echo("Nouvelles clés publiées ; elles signeront dans une heure.")


@app.command()
def remove(client_id: _Client) -> None:
    """Retire une application, et tout ce qui lui avait été remis."""
    remove_application(client_id, by="cli", now=timezone.now())
    typer.echo(f"Application {client_id} retirée.")
