"""`vaguemestre life`: lifecycle events of people and their consequences."""

from datetime import date
from typing import Annotated

import typer
from django.conf import settings
from django.utils import timezone

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.rows import Row, print_rows
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.foundation.kernel.times import NoSuchDay, paris_day, parse_day
from vaguemestre.people.credentials.events import AccountsChanged
from vaguemestre.people.credentials.labels_fr import ACCOUNT_STATE_WORDS, MAILBOX_STATE_WORDS
from vaguemestre.people.credentials.queries import find_account
from vaguemestre.people.lifecycle import queries, rules, services
from vaguemestre.people.lifecycle.labels_fr import (
    EVENT_LABELS,
    STEP_LABELS,
)
from vaguemestre.people.lifecycle.values import AccountLifecycle, EventKind

app = typer.Typer(help="Vies : départs, congés, retours, et leurs suites.", no_args_is_help=True)

_Username = Annotated[str, typer.Argument(help="L’identifiant, ou une adresse du compte.")]
_On = Annotated[str, typer.Option("--on", help="Le jour, JJ/MM/AAAA.")]


@app.command()
def declare(
    username: _Username,
    event: Annotated[EventKind, typer.Argument(help="Ce qui arrive.")],
    on: _On = "",
    new_address: Annotated[str, typer.Option(help="La nouvelle adresse, pour une mutation.")] = "",
) -> None:
    """Déclare ce qui arrive à quelqu’un ; ce qui est dû ce jour est fait aussitôt."""
    account_id, now = _account(username), timezone.now()
    today = paris_day(now)
    services.declare_event(
        account_id,
        event,
        _day(on) if on else today,
        settings.CONFIG.lifecycle_delays(),
        new_address=new_address,
        by="cli",
        now=now,
        today=today,
    )
    _follow(account_id)
    _show(account_id)


@app.command()
def back(username: _Username) -> None:
    """La personne revient, ou rien n’était arrivé : tout redevient comme avant."""
    account_id = _account(username)
    services.end_event(account_id, by="cli", now=timezone.now())
    _follow(account_id)
    _show(account_id)


@app.command()
def postpone(username: _Username, on: _On) -> None:
    """Un autre jour de fermeture."""
    account_id, now = _account(username), timezone.now()
    numbers = settings.CONFIG.lifecycle_delays()
    services.postpone_closing(account_id, _day(on), numbers, by="cli", now=now, today=paris_day(now))
    _show(account_id)


@app.command()
def show(username: _Username) -> None:
    """Compte et boîte, chacun avec son état et sa date, et ce qui vient."""
    _show(_account(username))


@app.command()
def coming() -> None:
    """Ceux pour qui quelque chose est prévu, le plus proche d’abord."""
    lives = queries.upcoming_lifecycles(rules.consequence_table(settings.CONFIG.lifecycle_delays()))
    print_rows(
        (Row((username, _happened(life)), tuple(_steps(life))) for username, life in lives),
        empty="Rien n’est prévu.",
    )


@app.command()
def table() -> None:
    """Les suites de chaque évènement, en jours ; réglages « lifecycle » et « feed »."""
    for event, consequence in rules.consequence_table(settings.CONFIG.lifecycle_delays()).items():
        steps = sorted(consequence.steps.items(), key=lambda step: step[1])
        consequences = ", ".join(f"{STEP_LABELS[step]} (J+{days})" for step, days in steps)
        if consequence.posts_kept:
            consequences = f"droits de l’ancien poste gardés {counted(consequence.posts_kept, 'jour')}"
        if event in rules.DECLARED_BY_HELPDESK:
            consequences = "mis à l’abri par l’assistance"
        typer.echo(f"{EVENT_LABELS[event]} : {consequences or 'rien ne change'}")


def _show(account_id: int) -> None:
    life = queries.account_lifecycle(account_id, rules.consequence_table(settings.CONFIG.lifecycle_delays()))
    if life is None:
        return
    since = f" depuis le {life.state_since:%d/%m/%Y}" if life.state_since else ""
    typer.echo(f"Compte : {ACCOUNT_STATE_WORDS[life.state]}{since}")
    since = f" depuis le {life.mailbox_since:%d/%m/%Y}" if life.mailbox_since else ""
    typer.echo(f"Boîte : {MAILBOX_STATE_WORDS[life.mailbox_state]}{since}")
    if life.event:
        typer.echo(_happened(life))
    for step in _steps(life):
        typer.echo(f"  {step}")


def _steps(life: AccountLifecycle) -> list[str]:
    return [f"{due.on:%d/%m/%Y}  {STEP_LABELS[due.step]}" for due in life.to_come]


def _happened(life: AccountLifecycle) -> str:
    return (
        f"{EVENT_LABELS[life.event]}, le {life.effect_on:%d/%m/%Y}" if life.event and life.effect_on else ""
    )


def _follow(account_id: int) -> None:
    """Apply the change to all engines that answer; the worker retries the rest."""
    if not run_now(AccountsChanged([account_id])):
        typer.echo("La messagerie ne répond pas : elle suivra à son retour.", err=True)


def _account(typed: str) -> int:
    account = find_account(typed)
    if account is None:
        raise Refusal("credentials.account-unknown", username=typed)
    return account.account_id


def _day(typed: str) -> date:
    try:
        return parse_day(typed)
    except NoSuchDay as error:
        raise Failed(f"« {typed} » n’existe pas : vérifiez le jour et le mois.", 2) from error
    except ValueError as error:
        raise Failed(f"« {typed} » n’est pas une date : JJ/MM/AAAA.", 2) from error
