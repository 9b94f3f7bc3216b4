"""`vaguemestre mail`: import and export a mailbox."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from vaguemestre.cli.failures import Failed
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.text.os_errors import os_error_fr
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.mailbox.portability import services
from vaguemestre.mailbox.portability.ports import open_archive, open_store, other_parts
from vaguemestre.mailbox.portability.rules.problems import PROBLEMS
from vaguemestre.mailbox.portability.services import LocalFile
from vaguemestre.mailbox.portability.values import Tally
from vaguemestre.people.credentials.queries import Presented, find_account, presented

app = typer.Typer(help="Courriels d’une boîte : importer, exporter.", no_args_is_help=True)

_Username = Annotated[str, typer.Argument(help="L’identifiant, ou une adresse du compte.")]


@app.command("import")
def bring(
    username: _Username,
    file: Annotated[Path, typer.Argument(help="mbox, Maildir, dossier de .eml, .zip, .tgz, .pst.")],
    folder: Annotated[
        str, typer.Option(help="Tout mettre sous ce dossier ; sinon chacun dans le sien.")
    ] = "",
) -> None:
    """Ajoute ce que la boîte n’a pas encore. Interrompu, il peut être relancé."""
    owner = owner_of(username)
    if not file.exists():
        raise Failed(f"{file} n’existe pas.", 2)
    with (
        open_archive.get()(file, file.name) as source,
        open_store.get()(owner.mailbox) as store,
        bar("Import") as tell,
    ):
        tally = services.import_messages(
            store, source, Tally(), now=timezone.now(), apart=folder, enough=tell
        )
    for problem in tally.left:
        typer.echo(f"Laissé : {problem.place} : {PROBLEMS.get(problem.problem, problem.problem)}", err=True)
    typer.echo(
        f"{counted(tally.added, 'courriel ajouté', 'courriels ajoutés')}, {tally.known} déjà là, "
        f"{counted(tally.left_count, 'laissé')}."
    )


@app.command("export")
def take(
    username: _Username,
    file: Annotated[Path, typer.Argument(help="L’archive zip à écrire.")],
) -> None:
    """Écrit courriels, contacts et filtres dans un zip ; interrompu, il peut être relancé."""
    owner = owner_of(username)
    if file.suffix.lower() != ".zip":
        raise Failed("le nom de l’archive doit finir par .zip.", 2)
    work = file.with_name(f"{file.name}.work")
    shutil.rmtree(work, ignore_errors=True)  # of another day: the mailbox has changed since
    try:
        work.mkdir(parents=True)
        whole = work / "whole"
        with open_store.get()(owner.mailbox) as store, bar("Export") as tell:
            tally = services.export_folders(store, lambda name: LocalFile(work / name), Tally(), enough=tell)
        services.pack(
            lambda name: LocalFile(work / name), LocalFile(whole), other_parts.get()(owner.account_id)
        )
        whole.replace(file)
    except OSError as error:
        raise Failed(f"{file} ne peut pas être écrit ({os_error_fr(error)}).", 1) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    typer.echo(f"{counted(tally.added, 'courriel')} dans {file}.")


def owner_of(typed: str) -> Presented:
    """Raises Refusal `credentials.account-unknown`."""
    account = find_account(typed)
    owner = presented(account.account_id) if account else None
    if owner is None:
        raise Refusal("credentials.account-unknown", username=typed)
    return owner


@contextmanager
def bar(title: str) -> Iterator[Callable[[Tally], bool]]:
    """Progress bar on standard error. Yields a callback that reports progress and never stops the work."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(title, total=None)

        def tell(tally: Tally) -> bool:
            progress.update(task, completed=tally.reached, total=tally.total or None)
            return False

        yield tell
        if total := progress.tasks[task].total:  # what was counted beforehand may be a little more
            progress.update(task, completed=total)
