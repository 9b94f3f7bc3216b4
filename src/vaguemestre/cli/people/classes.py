"""`vaguemestre classes`: check, apply and generate ENT exports."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.rows import print_left_out
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.queries import find_academy_id
from vaguemestre.schools.rosters import services
from vaguemestre.schools.rosters.aaf.xml import CHUNK_BYTES
from vaguemestre.schools.rosters.sample import sample_files, sample_school
from vaguemestre.schools.rosters.services import ImportFile, ImportSettings
from vaguemestre.schools.rosters.services.roster_import import digest_function
from vaguemestre.schools.rosters.values import ImportPlan

app = typer.Typer(
    help="Classes et familles : vérifier et appliquer les exports de l’ENT.", no_args_is_help=True
)

_SHOWN = 40

_Files = Annotated[
    list[Path],
    typer.Argument(help="Fichiers XML de l’export AAF, leur dossier, ou un CSV de classes."),
]
_School = Annotated[str, typer.Option("--school", help="Code UAI du seul établissement concerné.")]
_Delta = Annotated[
    bool | None, typer.Option("--delta/--full", help="Genre de l’export, si les noms ne le disent pas.")
]
_Confirm = Annotated[
    bool, typer.Option("--confirm-losses", help="Appliquer même si un établissement perd ses élèves.")
]


@app.command()
def check(
    files: _Files, school: _School = "", delta: _Delta = None, confirm_losses: _Confirm = False
) -> None:
    """Lit tout, ne change rien, affiche le plan. Code 1 si le plan serait refusé."""
    plan = _or_failed(lambda: services.plan_import(_files_at(files), _setting(school, delta, confirm_losses)))
    _show(plan)
    if plan.refusal:
        raise Failed(plan.refusal, 1)


@app.command()
def apply(
    files: _Files, school: _School = "", delta: _Delta = None, confirm_losses: _Confirm = False
) -> None:
    """Affiche le plan puis l’applique, établissement par établissement. Interrompu, il peut être relancé."""
    setting = _setting(school, delta, confirm_losses)
    with _bar() as progress:
        plan = _or_failed(
            lambda: services.apply_import(
                _files_at(files), setting, now=timezone.now(), progress=progress, on_plan=_show
            )
        )
    changed = sum(step.differs for step in plan.steps)
    typer.echo(f"Appliqué : {counted(changed, 'établissement')}." if changed else "Rien à changer.")


@app.command()
def purge() -> None:
    """Oublie les classes dont l’année scolaire est finie (le service le fait aussi de lui-même)."""
    count = services.purge_rosters(now=timezone.now(), ent_domain=settings.CONFIG.ent.domain)
    typer.echo(f"Établissements oubliés : {count}")


@app.command("sample")
def make_sample(
    uai: Annotated[str, typer.Argument(help="Code UAI de l’établissement.")],
    out: Annotated[Path, typer.Option(help="Dossier où écrire l’export.")] = Path(),
    seed: Annotated[int, typer.Option(help="Même graine, mêmes élèves.")] = 1,
) -> None:
    """Écrit un export AAF réaliste, fait d’élèves inventés."""
    out.mkdir(parents=True, exist_ok=True)
    school = sample_school(uai.upper(), seed, ent_domain=settings.CONFIG.ent.domain)
    for name, content in sample_files(school, datetime.now(UTC).date()).items():
        (out / name).write_bytes(content)
        typer.echo(str(out / name))


def _files_at(paths: Iterable[Path]) -> list[ImportFile]:
    """Files of the given paths and folders, read in chunks at each use."""
    files: list[ImportFile] = []
    for path in paths:
        inside = sorted(path.glob("*.xml")) if path.is_dir() else [path]
        if not all(file.is_file() for file in inside):
            raise Failed(f"{path} n’existe pas.", 2)
        files += [ImportFile(file.name, _reader(file)) for file in inside]
    return files


def _reader(path: Path) -> Callable[[], Iterable[bytes]]:
    def chunks() -> Iterator[bytes]:
        try:
            with path.open("rb") as file:
                while chunk := file.read(CHUNK_BYTES):
                    yield chunk
        except OSError as error:
            raise Failed(f"{path} ne peut pas être lu.", 2) from error

    return chunks


def _setting(school: str, delta: bool | None, confirm: bool) -> ImportSettings:
    return ImportSettings(
        academy_id=find_academy_id(settings.CONFIG.academy.domain),
        ent_domain=settings.CONFIG.ent.domain,
        digest=digest_function(numen_keys.get()),
        by="cli",
        only_uai=school.upper(),
        is_full=None if delta is None else not delta,
        losses_confirmed=confirm,
    )


def _or_failed(work: Callable[[], ImportPlan]) -> ImportPlan:
    try:
        return work()
    except Refusal as refusal:
        raise Failed(sentence(refusal), 1) from refusal


def _show(plan: ImportPlan) -> None:
    """Print counts, schools and reasons, never a child's name."""
    for notice in plan.notices:
        typer.echo(f"Remarque : {notice}")
    for step in plan.steps[:_SHOWN]:
        if not step.differs:
            typer.echo(f"{step.uai} : inchangé ({counted(step.pupils, 'élève')})")
            continue
        changes = ", ".join(
            (
                counted(step.pupils_in, "arrivée"),
                counted(step.pupils_changed, "changement"),
                counted(step.pupils_out, "départ"),
            )
        )
        others = (
            f"{counted(step.relatives, 'responsable')}, {counted(step.teachers, 'professeur')}, "
            f"{step.groups} classes et groupes"
        )
        typer.echo(f"{step.uai} : {counted(step.pupils, 'élève')} ({changes}), {others}")
    print_left_out(len(plan.steps) - _SHOWN, "autre établissement", "autres établissements")
    typer.echo(f"Lignes refusées : {len(plan.rejected)}")
    for refused in plan.rejected:
        typer.echo(f"  {refused.file}, ligne {refused.line} : {refused.reason}")


@contextmanager
def _bar() -> Iterator[services.Progress]:
    """Progress bar on standard error, which leaves standard output to the plan."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("Établissements", total=None)

        def tell(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield tell
