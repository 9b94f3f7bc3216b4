"""`vaguemestre trace`: path of a message through the engines' logs, in order."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from django.conf import settings

from vaguemestre.cli.failures import Failed
from vaguemestre.engines.trace import trace
from vaguemestre.engines.trace_line import Step
from vaguemestre.foundation.kernel.times import PARIS

_WORDS = {
    Step.RECEIVED: "reçu",
    Step.QUEUED: "mis en file",
    Step.DELIVERED: "remis",
    Step.DEFERRED: "remis à plus tard",
    Step.REFUSED: "refusé",
    Step.FILED: "rangé",
    Step.COPIED: "copié",
    Step.FORWARDED: "transféré",
    Step.ANSWERED: "réponse automatique",
    Step.DISCARDED: "jeté par un filtre",
    Step.DELETED: "supprimé",
    Step.DONE: "terminé",
}


def command(
    message_id: Annotated[str, typer.Argument(help="L’en-tête Message-ID, avec ou sans chevrons.")],
) -> None:
    """Follow one message through Postfix and Dovecot."""
    lines = trace(settings.CONFIG, message_id, now=datetime.now(UTC))
    if not lines:
        raise Failed(f"les journaux ne parlent pas de {message_id}.", 1)
    for line in lines:
        at = line.at.astimezone(PARIS)
        text = f"{at:%d/%m/%Y %H:%M:%S}  {line.engine:<8}  {_WORDS[line.step]:<20}  {line.who}  {line.detail}"
        typer.echo(text.rstrip())
