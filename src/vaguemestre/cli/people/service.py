"""`vaguemestre service`: classes of service, and whose each is."""

from typing import Annotated

import typer
from django.conf import settings

from vaguemestre.cli.rows import Row, print_rows
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.people.credentials.queries import (
    class_of_account,
    find_account,
    people_by_class,
    usernames_of_class,
)
from vaguemestre.people.directory.queries import academy_summaries
from vaguemestre.people.service_classes.labels_fr import LIMIT_LABELS, given_facts, limit_text
from vaguemestre.people.service_classes.queries import class_summaries
from vaguemestre.people.service_classes.rules import changed_limits
from vaguemestre.people.service_classes.values import NO_CLASS, ClassDraft

app = typer.Typer(help="Classes de service : les montrer, dire qui a laquelle.", no_args_is_help=True)


@app.command("list")
def list_classes() -> None:
    """Les classes, à qui elles sont données, ce qu’elles changent, combien de personnes les ont."""
    people = people_by_class()
    academies = {academy.academy_id: academy.domain for academy in academy_summaries()}
    print_rows(
        (
            Row(
                (
                    summary.draft.name,
                    academies.get(summary.academy_id, ""),
                    counted(people.get(summary.class_id, 0), "personne"),
                ),
                _limit_lines(summary.draft),
            )
            for summary in class_summaries()
        ),
        empty="Aucune classe de service.",
    )


@app.command()
def show(username: Annotated[str, typer.Argument(help="L’identifiant, ou une adresse du compte.")]) -> None:
    """La classe d’un compte, et tout ce qu’il a."""
    account = find_account(username)
    held = class_of_account(account.account_id) if account else None
    if held is None:
        raise Refusal("credentials.account-unknown", username=username)
    typer.echo(f"Classe de service : {held.name or 'aucune'}")
    if held.exception:
        typer.echo(f"Donnée par son nom : {held.exception}")
    mail = settings.CONFIG.mail
    for label, value in given_facts(
        held.limits,
        quota_mb=held.quota_mb,
        message_bytes=mail.message_size_limit,
        forwards_outside=mail.forward_outside,
    ):
        typer.echo(f"{label} : {value}")


@app.command()
def people(name: Annotated[str, typer.Argument(help="Le nom de la classe.")]) -> None:
    """Les comptes qui ont cette classe, un par ligne."""
    class_ids = [summary.class_id for summary in class_summaries() if summary.draft.name == name]
    if not class_ids:
        raise Refusal("service_classes.gone")
    for class_id in class_ids:
        print_rows((Row((username,)) for username in usernames_of_class(class_id)), empty="Personne.")


def _limit_lines(draft: ClassDraft) -> tuple[str, ...]:
    given_by = [*draft.functions, *draft.categories, *(["toutes les autres"] if draft.is_for_all else [])]
    changes = (
        f"{LIMIT_LABELS[name]} : {limit_text(draft.limits, name)}"
        for name in changed_limits(NO_CLASS, draft.limits)
    )
    return (f"Pour : {', '.join(given_by) or 'par leur nom seulement'}", *changes)
