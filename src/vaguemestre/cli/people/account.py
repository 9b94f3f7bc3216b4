"""`vaguemestre account`: show, suspend, resume and close accounts."""

import json
from typing import Annotated, Any

import typer
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from vaguemestre.access.signin.queries import sessions_of
from vaguemestre.cli.failures import Failed
from vaguemestre.desks.removals.services import give_right, withdraw_right
from vaguemestre.foundation.kernel.errors import EngineDown, Refusal
from vaguemestre.foundation.kernel.times import parse_day
from vaguemestre.mailbox.sorting.services import end_own_absences
from vaguemestre.people.credentials.labels_fr import ACCOUNT_STATE_WORDS
from vaguemestre.people.credentials.queries import app_passwords_of, find_account, presented
from vaguemestre.people.credentials.rules.account_states import StateChange
from vaguemestre.people.credentials.services import add_activation_link, move_account, set_span
from vaguemestre.people.credentials.values import AccountState
from vaguemestre.people.directory.queries import addresses_by_person, person_of, placed_posts_of
from vaguemestre.people.provisioning.ports import connections, mail_directory
from vaguemestre.people.provisioning.services import provision_accounts

app = typer.Typer(help="Comptes : montrer, suspendre, rétablir, fermer.", no_args_is_help=True)

_Username = Annotated[str, typer.Argument(help="L’identifiant, ou une adresse du compte.")]
# Sentences after each act, and how to reverse it.
_DONE = {
    "suspend": (
        "Plus rien n’ouvre le compte ; le courrier arrive toujours.",
        "Pour revenir : vaguemestre account resume {username}",
    ),
    "resume": ("Le compte s’ouvre de nouveau, avec le même mot de passe.",),
    "close": (
        "Plus rien n’ouvre le compte, et le courrier qui lui est adressé est refusé.",
        "L’identifiant et l’adresse ne seront jamais donnés à quelqu’un d’autre.",
    ),
}
_LABELS = {
    "username": "Identifiant",
    "name": "Nom",
    "state": "État",
    "role": "Rôle",
    "mailbox": "Boîte",
    "address": "Adresse",
    "aliases": "Autres adresses",
    "category": "Catégorie",
    "service": "Service de gestion",
    "assignments": "Affectations",
    "app_passwords": "Mots de passe d’application",
}


@app.command()
def show(
    username: _Username,
    as_json: Annotated[bool, typer.Option("--json", help="En JSON.")] = False,
) -> None:
    """Ce que la plateforme sait d’un compte ; jamais le NUMEN ni la date de naissance."""
    account = _account_of(username)
    if as_json:
        typer.echo(json.dumps(account, ensure_ascii=False, indent=2))
        return
    for key, label in _LABELS.items():
        if account.get(key):
            typer.echo(f"{label} : {_written(account[key])}")


@app.command()
def span(
    username: _Username,
    off: Annotated[bool, typer.Option("--off", help="Son académie seulement, de nouveau.")] = False,
) -> None:
    """Étend le rôle du compte à toutes les académies de l’installation, au lieu de la sienne seule."""
    account = find_account(username)
    if account is None:
        raise Refusal("credentials.account-unknown", username=username)
    set_span(account.account_id, spans=not off, by="cli", now=timezone.now())
    typer.echo(f"{username} : {'son académie seulement' if off else 'toute l’installation'}.")


@app.command()
def removals(
    username: _Username,
    off: Annotated[bool, typer.Option("--off", help="Retire ce droit.")] = False,
) -> None:
    """Donne à un administrateur le droit de retirer un courriel des boîtes : le premier le reçoit ici."""
    account, now = find_account(username), timezone.now()
    if account is None:
        raise Refusal("credentials.account-unknown", username=username)
    if off:
        withdraw_right(account.account_id, by="cli", now=now)
    else:
        give_right(username, by="cli", now=now)
    typer.echo(f"{username} : {'ne retire plus' if off else 'peut retirer'} de courriels des boîtes.")


@app.command()
def link(username: _Username) -> None:
    """Refait, une fois, le lien d’activation d’un compte sans NUMEN : celui du premier administrateur."""
    account = find_account(username)
    if account is None:
        raise Refusal("credentials.account-unknown", username=username)
    if account.person_id is not None:
        raise Failed(f"{username} est à une personne : elle l’active avec son NUMEN.", 1)
    if account.state != AccountState.PENDING:
        raise Failed(
            f"{username} est {ACCOUNT_STATE_WORDS[account.state]} : seul un compte jamais activé a un lien.",
            1,
        )
    with transaction.atomic():
        token = add_activation_link(account.account_id, by="cli", now=timezone.now())
    typer.echo("Lien d’activation, valable sept jours ; les liens d’avant ne valent plus :")
    typer.echo(f"{settings.CONFIG.public_url}/assistant/activation/{token}")


@app.command()
def suspend(username: _Username) -> None:
    """Plus rien n’ouvre le compte ; le courrier arrive toujours."""
    _move(username, "suspend", "suspendu")


@app.command()
def resume(username: _Username) -> None:
    """Le compte suspendu redevient ce qu’il était."""
    _move(username, "resume", "rétabli")


@app.command()
def close(username: _Username) -> None:
    """Le compte est fermé ; ses noms ne seront jamais donnés à quelqu’un d’autre."""
    _move(username, "close", "fermé")


def _move(typed: str, act: StateChange, done: str) -> None:
    account, now = _account_of(typed), timezone.now()
    identity = find_account(account["username"])
    sessions = len(sessions_of(identity.account_id, "", now)) if identity else 0
    account_id = move_account(account["username"], act, by="cli", now=now)
    if act == "suspend":
        with transaction.atomic():
            end_own_absences(account_id, by="cli", now=now)
    try:
        provision_accounts(mail_directory.get(), connections.get(), [account_id], now=now)
    except EngineDown:
        typer.echo("La messagerie ne répond pas : elle suivra à son retour.", err=True)
    typer.echo(f"Compte {account['username']} ({account['name']}) {done}.")
    for line in _DONE[act]:
        typer.echo(line.format(username=account["username"]))
    if act != "resume":
        typer.echo(
            f"Sessions coupées : {sessions}. Mots de passe d’application : {account['app_passwords']}."
        )


def _account_of(typed: str) -> dict[str, Any]:
    """Raises Refusal `credentials.account-unknown`."""
    identity = find_account(typed)
    presented_account = presented(identity.account_id) if identity else None
    if identity is None or presented_account is None:
        raise Refusal("credentials.account-unknown", username=typed)
    account: dict[str, Any] = {
        "username": presented_account.username,
        "name": presented_account.name,
        "state": presented_account.state,
        "role": presented_account.role,
        "mailbox": presented_account.mailbox,
        "address": presented_account.address,
        "aliases": [],
        "app_passwords": len(app_passwords_of(presented_account.account_id)),
    }
    return account | (_person(identity.person_id) if identity.person_id else {})


def _person(person_id: int) -> dict[str, Any]:
    person = person_of(person_id)
    return {
        "aliases": [a for a, is_primary, _ in addresses_by_person([person_id])[person_id] if not is_primary],
        "dossier": person.dossier,
        "category": person.category,
        "service": person.service.code if person.service else "",
        "assignments": [
            {
                "uai": post.uai,
                "structure": name,
                "function": post.function,
                "starts_on": post.starts_on.isoformat(),
                "ends_on": post.ends_on.isoformat() if post.ends_on else None,
                "primary": post.is_primary,
            }
            for post, name in placed_posts_of(person_id)
        ],
    }


def _written(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_written(item) for item in value)
    if isinstance(value, dict):
        until = f" jusqu’au {_day(value['ends_on'])}" if value["ends_on"] else ""
        where = f"{value['structure']} ({', '.join(filter(None, (value['uai'], value['function'])))})"
        return f"{where} depuis le {_day(value['starts_on'])}{until}"
    return ACCOUNT_STATE_WORDS.get(str(value), str(value))


def _day(iso: str) -> str:
    return f"{parse_day(iso):%d/%m/%Y}"
