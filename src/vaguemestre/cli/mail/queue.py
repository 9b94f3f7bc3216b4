"""`vaguemestre queue`: what waits in Postfix's queue, and decisions about it."""

from collections.abc import Sequence
from itertools import batched
from typing import Annotated

import typer
from django.utils import timezone

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.rows import Row, print_left_out, print_rows
from vaguemestre.desks.operations import ports, services
from vaguemestre.desks.operations.rules.queue_list import QueueFilter, in_order, matching_messages
from vaguemestre.desks.operations.rules.queue_reasons import by_destination, message_reason
from vaguemestre.desks.operations.values import QueueAct, QueuedMessage
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.foundation.kernel.times import PARIS

_BY = "cli"
_SHOWN = 1_000
_QUEUES = {"hold": "retenu", "deferred": "reporté", "active": "en cours", "incoming": "en cours"}
_Ids = Annotated[list[str], typer.Argument(help="Numéros dans la file (« queue list »).")]

app = typer.Typer(
    help="File d’attente du courrier : la montrer, retenir, relâcher, renvoyer.", no_args_is_help=True
)


@app.command("list")
def list_queue(
    domain: Annotated[str, typer.Option("--to", help="Un domaine de destination.")] = "",
    words: Annotated[str, typer.Option("--with", help="Une partie d’une adresse ou d’un numéro.")] = "",
    held: Annotated[bool, typer.Option("--held", help="Ce qui est retenu.")] = False,
    destinations: Annotated[bool, typer.Option("--by-destination", help="Un total par destination.")] = False,
) -> None:
    """Ce qui attend, le plus ancien d’abord, et pourquoi."""
    messages = ports.list_queue.get()()
    queue = in_order(
        matching_messages(messages, QueueFilter(words, "retenus" if held else "", domain)),
        "depuis",
        backwards=False,
    )
    if destinations:
        _print_destinations(queue)
        return
    print_rows((_row(message) for message in queue[:_SHOWN]), empty="Rien n’attend dans la file.")
    print_left_out(len(queue) - _SHOWN)


@app.command("hold")
def hold(ids: _Ids) -> None:
    """Retient des courriels : ils ne partent plus avant « release »."""
    _act(QueueAct.HOLD, ids)


@app.command("release")
def release(ids: _Ids) -> None:
    """Relâche des courriels retenus."""
    _act(QueueAct.RELEASE, ids)


@app.command("retry")
def retry(ids: _Ids) -> None:
    """Essaie maintenant des courriels remis à plus tard."""
    _act(QueueAct.RETRY, ids)


@app.command("return")
def send_back(
    ids: _Ids,
    reason: Annotated[str, typer.Option(help="Pourquoi ; le journal le garde.", prompt="Pourquoi")],
) -> None:
    """Renvoie des courriels à qui les a écrits, avec un avis de non-remise."""
    _act(QueueAct.SEND_BACK, ids, reason)


def _act(act: QueueAct, ids: Sequence[str], reason: str = "") -> None:
    messages = [message for message in ports.list_queue.get()() if message.queue_id in set(ids)]
    if messages:
        done = sum(
            services.act_on_messages(
                act, lot, ports.act_on_queue.get(), by=_BY, now=timezone.now(), reason=reason
            )
            for lot in batched(messages, services.MAX_MESSAGES, strict=False)
        )
        typer.echo(f"Fait : {counted(done, 'courriel')}.")
    if missing := set(ids) - {message.queue_id for message in messages}:
        raise Failed(f"plus dans la file : {', '.join(sorted(missing))}.", 1)


def _row(message: QueuedMessage) -> Row:
    return Row(
        (
            message.queue_id,
            f"{message.arrived_at.astimezone(PARIS):%d/%m/%Y %H:%M}",
            _QUEUES.get(message.queue, message.queue),
            message.sender or "(avis automatique)",
            message_reason(message),
        ),
        tuple(f"{row.address}  {row.words}".rstrip() for row in message.recipients),
    )


def _print_destinations(messages: Sequence[QueuedMessage]) -> None:
    rows = (
        Row(
            (
                row.domain or "(retenus)",
                counted(row.messages, "courriel"),
                f"depuis le {row.oldest_at.astimezone(PARIS):%d/%m/%Y %H:%M}",
                row.reason,
            )
        )
        for row in by_destination(messages)
    )
    print_rows(rows, empty="Rien n’attend dans la file.")
