"""`vaguemestre trace`: path of a message through the engines, from the steps they logged."""

from datetime import datetime
from typing import Annotated

import typer

from vaguemestre.cli.failures import Failed
from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.post.trace import queries
from vaguemestre.post.trace.values import Step, StepKind

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
) -> None:
    """Follow one message through Postfix and Dovecot, or what came for or from somebody on a day."""
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


def _line(step: Step) -> str:
    at = step.at.astimezone(PARIS)
    who = step.recipient or step.sender or step.message_id
    detail = step.detail or step.queue_id
    return f"{at:%d/%m/%Y %H:%M:%S}  {step.engine:<8}  {_WORDS[step.kind]:<20}  {who}  {detail}".rstrip()
