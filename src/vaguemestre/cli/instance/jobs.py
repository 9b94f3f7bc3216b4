"""`vaguemestre jobs`: jobs whose attempts all failed."""

from typing import Annotated
from uuid import UUID

import typer
from django.utils import timezone

from vaguemestre.cli.rows import Row, print_left_out, print_rows
from vaguemestre.desks.backoffice import services
from vaguemestre.foundation.jobs.queries import failed_jobs_page
from vaguemestre.foundation.kernel.times import PARIS

_BY = "cli"
_SHOWN = 1_000
_Job = Annotated[UUID, typer.Argument(help="Le numéro du travail (« jobs list »).")]

app = typer.Typer(help="Travaux en échec : les montrer, les relancer, les abandonner.", no_args_is_help=True)


@app.command("list")
def list_jobs() -> None:
    """Les travaux dont tous les essais ont échoué, le dernier d’abord."""
    jobs, total = failed_jobs_page(count=_SHOWN)
    rows = (
        Row(
            (
                str(job.job_id),
                f"{job.failed_at.astimezone(PARIS):%d/%m/%Y %H:%M}",
                job.handler,
                job.error,
                job.place,
            )
        )
        for job in jobs
    )
    print_rows(rows, empty="Aucun travail n’est en échec.")
    print_left_out(total - len(jobs))


@app.command("run")
def run(job: _Job) -> None:
    """Relance un travail, comme s’il n’avait jamais été essayé."""
    services.run_job_again(job, by=_BY, now=timezone.now())
    typer.echo("Relancé.")


@app.command("give-up")
def give_up(
    job: _Job,
    reason: Annotated[str, typer.Option(help="Pourquoi ; le journal le garde.", prompt="Pourquoi")],
) -> None:
    """Abandonne un travail : ce qu’il devait faire ne sera pas fait."""
    services.give_job_up(job, reason, by=_BY, now=timezone.now())
    typer.echo("Abandonné.")
