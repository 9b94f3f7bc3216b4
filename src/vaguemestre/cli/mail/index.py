"""`vaguemestre index`: rebuild full-text indexes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer
from django.conf import settings
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.mail.mail import owner_of
from vaguemestre.engines.dovecot.index_versions import IndexVersions
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused


def command(
    usernames: Annotated[
        list[str] | None, typer.Argument(help="Identifiants, ou adresses, dont refaire l’index.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Toutes les boîtes qui ont des courriels.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Même celles dont l’index est à jour.")] = False,
) -> None:
    """Refait l’index de recherche, boîte par boîte. Interrompu, il reprend où il en était."""
    if bool(usernames) == every:
        raise Failed("dites quelles boîtes, ou --all pour toutes.", 2)
    if not settings.CONFIG.mail.full_text_search:
        raise Failed("la recherche dans le texte n’est pas voulue ici (mail.full_text_search).", 2)
    indexing = IndexVersions(settings.CONFIG)
    named = [owner_of(mailbox_name).mailbox for mailbox_name in usernames or ()]
    mailboxes = indexing.mailboxes() if every else named
    stale = [mailbox_name for mailbox_name in mailboxes if force or not indexing.is_current(mailbox_name)]
    troubles = list(_renewed(indexing, stale))
    for mailbox, reason in troubles:
        typer.echo(f"Laissé : {mailbox} : {reason}", err=True)
    done = len(stale) - len(troubles)
    right = len(mailboxes) - len(stale)
    typer.echo(f"Index refaits : {done} ; déjà à jour : {right} ; laissés : {len(troubles)}.")
    if troubles:
        raise typer.Exit(1)


def _renewed(indexing: IndexVersions, mailboxes: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Rebuild indexes one by one; yields failures as (mailbox, reason)."""
    with _bar(len(mailboxes)) as advance:
        for mailbox in mailboxes:
            try:
                indexing.rebuild(mailbox)
            except (EngineDown, EngineRefused) as error:
                yield mailbox, str(error)
            advance()


@contextmanager
def _bar(total: int) -> Iterator[Callable[[], None]]:
    columns = (TextColumn("Index"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("Index", total=total)
        yield lambda: progress.advance(task)
