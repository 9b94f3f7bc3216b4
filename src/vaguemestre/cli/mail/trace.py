"""`vaguemestre trace`: path of a message through the engines; messages by their subject or verdict."""

from datetime import datetime, time, timedelta
from typing import Annotated

import typer
from django.conf import settings
from django.utils import timezone

from vaguemestre.cli.failures import Failed
from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.post.trace import queries
from vaguemestre.post.trace.rules.marks import marks_key, subject_mark
from vaguemestre.post.trace.values import MessageSearch, Step, StepKind, Verdict

_SHOWN = 200

_WORDS = {
    StepKind.REJECTED: "refusé à l’entrée",
    StepKind.RECEIVED: "reçu",
    StepKind.IDENTIFIED: "identifié",
    StepKind.ABANDONED: "interrompu",
    StepKind.HELD: "retenu",
    StepKind.JUDGED: "jugé par le filtre",
    StepKind.QUEUED: "mis en file",
    StepKind.UNEXAMINED: "sans examen antivirus",
    StepKind.DELIVERED: "remis",
    StepKind.DEFERRED: "remis à plus tard",
    StepKind.REFUSED: "refusé",
    StepKind.FILED: "rangé",
    StepKind.COPIED: "copié",
    StepKind.FORWARDED: "transféré",
    StepKind.ANSWERED: "réponse automatique",
    StepKind.DISCARDED: "jeté par un filtre",
    StepKind.DELETED: "supprimé",
    StepKind.SCRIPTED: "script de tri changé",
    StepKind.DONE: "terminé",
}


def command(
    message_id: Annotated[
        str,
        typer.Argument(help="L’en-tête Message-ID, avec ou sans chevrons, ou l’identifiant dans la file."),
    ] = "",
    recipient: Annotated[str, typer.Option("--to", help="Un destinataire, avec --day.")] = "",
    sender: Annotated[
        str, typer.Option("--from", help="Un expéditeur (celui de l’enveloppe), avec --day.")
    ] = "",
    day: Annotated[
        datetime | None, typer.Option("--day", formats=["%Y-%m-%d", "%d/%m/%Y"], help="Le jour, à Paris.")
    ] = None,
    subject: Annotated[
        str, typer.Option("--subject", help="Un objet exact : les courriels qui le portent.")
    ] = "",
    verdict: Annotated[
        Verdict | None, typer.Option("--verdict", help="L’avis du filtre : les courriels qui l’ont eu.")
    ] = None,
) -> None:
    """Follow one message through Postfix and Dovecot, or what came for or from somebody on a day.

    With a subject or a verdict: the latest messages of that day, or of all months.
    """
    if subject or verdict:
        _list_messages(subject, verdict, recipient or sender, day)
        return
    if [bool(message_id), bool(recipient), bool(sender)].count(True) != 1 or bool(message_id) == bool(day):
        raise Failed("donnez un Message-ID, ou --to ou --from avec --day.", 2)
    if day:
        search = queries.steps_of_recipient if recipient else queries.steps_of_correspondent
        steps = search(recipient or sender, day.date())
    elif message_id.isalnum():
        steps = queries.steps_of_queue_id(message_id)
    else:
        steps = queries.steps_of_message(message_id)
    if not steps:
        raise Failed(f"les journaux ne parlent pas de {message_id or recipient or sender}.", 1)
    for step in steps:
        typer.echo(_line(step))


def _list_messages(subject: str, verdict: Verdict | None, who: str, day: datetime | None) -> None:
    """Raises Failed if there is none."""
    mark = subject_mark(marks_key(settings.SECRET_KEY), subject) if subject else 0
    now = timezone.now()
    since = datetime.combine(day.date(), time(), PARIS) if day else now - _trace_span()
    until = since + timedelta(days=1) if day else now + timedelta(minutes=1)
    verdicts = frozenset({verdict} if verdict else ())
    addresses = frozenset({who.lower()} if who else ())
    criteria = MessageSearch(addresses, since, until, subject=mark, verdicts=verdicts)
    messages = queries.find_messages(criteria, limit=_SHOWN)
    if not messages:
        raise Failed("aucun courriel ne répond à cette recherche.", 1)
    for message in messages:
        recipients = ", ".join(address for address in message.fates if address)
        suffix = f"  [{message.verdict}]" if message.verdict else ""
        at = message.at.astimezone(PARIS)
        typer.echo(f"{at:%d/%m/%Y %H:%M:%S}  {message.key}  {message.sender or '<>'} → {recipients}{suffix}")


def _trace_span() -> timedelta:
    """As long as steps stay."""
    return timedelta(days=31 * (settings.CONFIG.mail.trace_months + 1))


def _line(step: Step) -> str:
    at = step.at.astimezone(PARIS)
    who = step.recipient or step.sender or step.message_id
    detail = step.detail or step.queue_id
    return f"{at:%d/%m/%Y %H:%M:%S}  {step.engine:<8}  {_WORDS[step.kind]:<20}  {who}  {detail}".rstrip()
