"""`vaguemestre withdraw`: a message out of every mailbox, and back."""

import time
from collections.abc import Callable, Iterator
from typing import Annotated

import typer
from django.conf import settings
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.rows import Row, print_left_out, print_rows
from vaguemestre.desks.removals import queries, services
from vaguemestre.desks.removals.labels_fr import STATES
from vaguemestre.desks.removals.rules.decisions import AWAITING, RUNNING
from vaguemestre.desks.removals.values import Box, Counts, Criteria, RemovalFile
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.foundation.kernel.times import PARIS

_BY = "cli"
_SHOWN = 1_000
_BOXES_PER_QUERY = 500
_PAUSE_SECONDS = 0.5

app = typer.Typer(help="Courriel : le retirer de toutes les boîtes, l’y remettre.", no_args_is_help=True)
pause: Callable[[float], object] = time.sleep

_Number = Annotated[int, typer.Argument(help="Le numéro du retrait (« withdraw list »).")]
_Wait = Annotated[bool, typer.Option(help="Attendre la fin ; le travail se fait aussi sans.")]


@app.command("list")
def list_removals(
    words: Annotated[str, typer.Option("--with", help="Une partie de ce qu’ils cherchent.")] = "",
) -> None:
    """Les retraits, le plus récent d’abord."""
    files, total = queries.removals_page(search=words, order="-asked_at", first=0, count=_SHOWN)
    print_rows((_row(file) for file in files), empty="Aucun retrait.")
    print_left_out(total - len(files))


@app.command("show")
def show(number: _Number) -> None:
    """Un retrait, et les boîtes qui n’ont pas répondu."""
    _tell(_file(number))


@app.command("plan")
def plan(
    message_id: Annotated[str, typer.Option("--message-id", help="Son Message-ID.")] = "",
    sender: Annotated[str, typer.Option("--from", help="Son expéditeur d’enveloppe.")] = "",
    subject: Annotated[str, typer.Option(help="Son objet exact.")] = "",
    link: Annotated[str, typer.Option(help="Un lien, refusé ensuite ; cherché s’il est seul.")] = "",
    sha256: Annotated[str, typer.Option(help="L’empreinte d’un fichier, de même.")] = "",
    note: Annotated[str, typer.Option(help="Pourquoi, pour ceux qui liront ce dossier.")] = "",
    *,
    wait: _Wait = True,
) -> None:
    """Cherche qui a reçu un courriel, qui l’a ouvert, qui y a répondu ; ne retire rien."""
    criteria = Criteria(message_id, sender, subject, link, sha256)
    number = services.open_removal(criteria, note, by=_BY, now=timezone.now())
    _follow(number, wait=wait)


@app.command("apply")
def apply(number: _Number, *, wait: _Wait = True) -> None:
    """Retire le courriel de toutes les boîtes ; au-delà d’un nombre, une autre personne l’accorde d’abord."""
    _refuse_if_awaiting(_file(number))
    limit = settings.CONFIG.mail.removal_second_person_above
    services.decide_removal(number, limit, by=_BY, now=timezone.now())
    _refuse_if_awaiting(_file(number))
    _follow(number, wait=wait)


@app.command("undo")
def undo(number: _Number, *, wait: _Wait = True) -> None:
    """Remet chaque exemplaire où il était ; une autre personne l’accorde d’abord, comme le retrait."""
    _refuse_if_awaiting(_file(number))
    limit = settings.CONFIG.mail.removal_second_person_above
    services.undo_removal(number, limit, by=_BY, now=timezone.now())
    _refuse_if_awaiting(_file(number))
    _follow(number, wait=wait)


def _follow(number: int, *, wait: bool) -> None:
    """Show how far the work is until its end, or until only mailboxes that do not answer are left.

    Interrupted, the work goes on: a worker does it. Raises Failed when some mailboxes did not answer.
    """
    file = _file(number)
    if wait:
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
        with Progress(*columns, console=Console(stderr=True)) as progress:
            task = progress.add_task(STATES[file.state], total=None)
            while _is_under_way(file):
                pause(_PAUSE_SECONDS)
                file = _file(number)
                counts = file.counts
                progress.update(task, completed=counts.done, total=counts.boxes or None)
    _tell(file)
    if wait and file.counts.unreached:
        names = counted(file.counts.unreached, "boîte n’a pas répondu", "boîtes n’ont pas répondu")
        raise Failed(f"{names} : le travail y revient de lui-même (« withdraw show {number} »).", 1)


def _is_under_way(file: RemovalFile) -> bool:
    counts = file.counts
    waits_only = counts.boxes > 0 and counts.done + counts.unreached >= counts.boxes
    return file.state in RUNNING and not (waits_only and counts.unreached)


def _file(number: int) -> RemovalFile:
    """Raises Refusal `removals.gone`."""
    file = queries.find_removal(number)
    if file is None:
        raise Refusal("removals.gone")
    return file


def _refuse_if_awaiting(file: RemovalFile) -> None:
    if file.state in AWAITING:
        raise Failed(
            f"retrait {file.removal_id} : une deuxième personne l’accorde d’abord "
            f"(/administration/retraits/{file.removal_id}).",
            1,
        )


def _tell(file: RemovalFile) -> None:
    print_rows([_row(file)], empty="")
    for box in _unreached(file.removal_id):
        typer.echo(f"    {box.mailbox} : n’a pas répondu ({box.error})")


def _unreached(number: int) -> Iterator[Box]:
    first, total = 0, 1
    while first < total:
        boxes, total = queries.boxes_page(
            number, which="absentes", order="mailbox", first=first, count=_BOXES_PER_QUERY
        )
        yield from boxes
        first += _BOXES_PER_QUERY


def _row(file: RemovalFile) -> Row:
    criteria, asked = file.criteria, file.asked_at.astimezone(PARIS)
    sought = (criteria.message_id, criteria.sender, criteria.subject, criteria.link, criteria.file_sha256)
    return Row(
        (str(file.removal_id), f"{asked:%d/%m/%Y %H:%M}", STATES[file.state], _counts(file.counts)),
        tuple(text for text in (*sought, file.note) if text),
    )


def _counts(counts: Counts) -> str:
    return ", ".join(
        (
            f"{counted(counts.copies, 'exemplaire')} dans {counted(counts.holding, 'boîte')}",
            f"{counted(counts.opened, 'ouverte')}, {counted(counts.answered, 'réponse')}",
            f"{counted(counts.removed, 'boîte')} sans lui",
        )
    )
