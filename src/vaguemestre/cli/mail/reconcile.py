"""`vaguemestre reconcile`: make the engines match the database."""

from typing import Annotated

import typer
from django.utils import timezone

from vaguemestre.cli.rows import print_left_out
from vaguemestre.people.provisioning.ports import mail_directory
from vaguemestre.people.provisioning.services import reconcile

_SHOWN = 20


def command(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Dire ce qui changerait, sans le faire.")
    ] = False,
) -> None:
    """Compare the database with the engines and correct the engines."""
    report = reconcile(mail_directory.get(), now=timezone.now(), dry_run=dry_run)
    done = ("à écrire", "à retirer") if dry_run else ("écrites", "retirées")
    for done_word, boxes in zip(done, (report.put, report.dropped), strict=True):
        typer.echo(f"Boîtes {done_word} : {len(boxes)}")
        for mailbox in boxes[:_SHOWN]:
            typer.echo(f"  {mailbox}")
        print_left_out(len(boxes) - _SHOWN, indent="  ")
    typer.echo(f"Boîtes déjà justes : {report.right}")
