"""`vaguemestre upgrade`: another version under load, and back."""

import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Annotated

import typer

from vaguemestre.cli.failures import Failed
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.processes.backup.database import NotABackup, dump_database
from vaguemestre.processes.production import layout
from vaguemestre.processes.production.machine.commands import StepFailed
from vaguemestre.processes.production.running_check.public_health import trouble_of
from vaguemestre.processes.production.step import BROKEN, run_steps
from vaguemestre.processes.production.upgrades import upgrade
from vaguemestre.processes.production.upgrades.releases import (
    Release,
    ReleaseRefused,
    check_back,
    check_forth,
    release_in,
)
from vaguemestre.processes.production.upgrades.upgrade import Journey, ReleaseMove, command_of, former_release
from vaguemestre.processes.production.upgrades.upgrade_plan import Description, read_description
from vaguemestre.site.config import Config, load

_LEAST_FREE_BYTES = 2_000_000_000  # for the code and the copy of the database
_LAID = "Version posée : "
_POINT = layout.HOME / "upgrade"  # the copy of the database made before; root's


def command(
    tree: Annotated[Path | None, typer.Argument(help="Arbre ou archive (.tar.gz) de la version.")] = None,
    back: Annotated[bool, typer.Option("--back", help="Revient à la version d’avant.")] = False,
    plan: Annotated[bool, typer.Option("--plan", help="Montre le plan et ne change rien.")] = False,
) -> None:
    """Passe à une autre version pendant que tout sert ; en cas d’échec, revient à celle d’avant."""
    if (tree is None) == (not back):
        raise Failed("donnez un arbre ou une archive, ou bien --back.", 2)
    if not layout.CURRENT.is_symlink():
        raise Failed("rien n’est installé ici par bin/install : sous bin/up, arrêtez puis relancez.", 69)
    config = load()
    try:
        with _alone(), _unpacked(tree) as source:
            _upgrade(config, source, is_plan=plan)
    except ReleaseRefused as error:
        raise Failed(str(error), 1) from error
    except (*BROKEN, NotABackup) as error:
        raise Failed(str(error), 69) from error


def _upgrade(config: Config, source: Path | None, *, is_plan: bool) -> None:
    if config.is_pod_shared:  # what is restarted one by one behind Pacemaker's back looks dead to it
        raise Failed(
            "Pacemaker garde ce groupe de boîtes : « bin/install » de cette version sur la machine qui "
            "attend, puis sur celle qui sert.",
            69,
        )
    running = release_in(layout.CURRENT.resolve())
    if source is not None:
        check_forth(running, release_in(source))
    if is_plan and source is not None:
        _show_plan(running, release_in(source))
        return
    wanted = _return_to(running) if source is None else _laid(source)
    move = _checked(config, running, wanted, backwards=source is None)
    if is_plan:
        for line in upgrade.step_lines(move.steps()):
            typer.echo(line)
        return
    if source is not None:
        _back_up_database(config)
    _go(move)


def _show_plan(running: Release, wanted: Release) -> None:
    """What is known of a move to a release that is not laid yet."""
    typer.echo(f"De {running.name} à {wanted.name} :")
    description = _described(running, running)
    move = ReleaseMove(load(), running, running, description, typer.echo)
    before = ("Version posée à côté, avec son environnement", "Vérifications", "Copie de la base")
    units = tuple(step.title for step in move.steps())
    for number, title in enumerate((*before, *units), 1):
        typer.echo(f"{number:2}. {title}")
    typer.echo(
        "Les unités sont celles d’aujourd’hui ; celles de la version se savent une fois qu’elle est posée."
    )


def _return_to(running: Release) -> Release:
    """The release that `--back` returns to: where an unfinished move began, else the one before."""
    journey = upgrade.begun()
    path = journey.return_to if journey else former_release()
    if path is None:
        raise ReleaseRefused("aucune version d’avant n’est connue ici.")
    former = release_in(path)
    if not journey:
        check_back(running, former)
    return former


def _laid(source: Path) -> Release:
    """The release laid beside the others, with its packages and its environment. Raises StepFailed."""
    if shutil.disk_usage(layout.ROOT).free < _LEAST_FREE_BYTES:
        raise StepFailed(f"il faut {_LEAST_FREE_BYTES // 10**9} Go libres sur {layout.ROOT}.")
    typer.echo("Version posée à côté de celle qui tourne…")
    laid = ""
    with subprocess.Popen(
        [str(source / "bin/install"), "--lay"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, env={**os.environ, "PYTHONPATH": ""},
    ) as process:  # fmt: skip
        last = ""
        for line in process.stdout or ():
            last = line.rstrip()
            typer.echo(f"    {last}")
            laid = last.partition(_LAID)[2] or laid
    if process.returncode or not laid:
        raise StepFailed(f"la version n’a pas pu être posée ({last}).")
    return release_in(Path(laid))


def _described(release: Release, running: Release) -> Description:
    return read_description(command_of(release, "release", running.name))


def _checked(config: Config, running: Release, wanted: Release, *, backwards: bool) -> ReleaseMove:
    """The move, once nothing speaks against it. Raises ReleaseRefused, StepFailed."""
    typer.echo("Vérifications : configuration, base, place, santé…")
    journey = upgrade.begun()
    if journey and wanted.path not in (journey.from_, journey.to):
        raise ReleaseRefused(
            f"un passage à {journey.to.name} n’est pas fini : relancez-le avec le même arbre, ou --back."
        )
    if wanted.path == running.path and not journey:
        raise ReleaseRefused(f"la version {wanted.path.name} est celle qui tourne.")
    description = _described(wanted, running)
    if description.faults:
        raise ReleaseRefused(
            f"la version {wanted.name} ne peut pas tourner ici : {' ; '.join(description.faults)}."
        )
    if not journey and (trouble := trouble_of(config)):
        raise StepFailed(
            f"l’instance ne va pas bien ({trouble}) : « vaguemestre check --live » dit quoi faire."
        )
    if journey and wanted.path == running.path:  # the link turns last
        running = release_in(journey.to if journey.to != wanted.path else journey.from_)
    typer.echo(f"    {counted(len(description.pending), 'migration à appliquer', 'migrations à appliquer')}")
    return ReleaseMove(config, running, wanted, description, typer.echo, backwards=backwards)


def _back_up_database(config: Config) -> None:
    typer.echo("Copie de la base…")
    if shutil.disk_usage(config.home).free < _LEAST_FREE_BYTES:
        raise StepFailed(f"il faut {_LEAST_FREE_BYTES // 10**9} Go libres sur {config.home}.")
    _POINT.mkdir(mode=0o700, exist_ok=True)
    typer.echo(f"    {dump_database(config, _POINT)}")


def _go(move: ReleaseMove) -> None:
    """Make the move; should a step break, the one back. Raises Failed."""
    interrupted = upgrade.begun()
    journey = interrupted or Journey(move.running.path, move.wanted.path, move.backwards)
    upgrade.begin(journey)
    try:
        run_steps(move.steps(), typer.echo, 1)
    except BROKEN as error:
        if move.backwards:
            raise Failed(f"{error} Relancez « vaguemestre upgrade --back ».", 69) from error
        typer.echo(f"{error}\nRetour à la version {move.running.name}…")
        _go_back(move)
        raise Failed(f"{error} La version {move.running.path.name} tourne de nouveau.", 69) from error
    if move.wanted.path == journey.to:
        upgrade.end(journey)
    else:
        upgrade.forget()
    typer.echo(f"La version {move.wanted.path.name} tourne.")


def _go_back(move: ReleaseMove) -> None:
    former = move.running
    return_ = replace(
        move, running=move.wanted, wanted=former, description=_described(former, former), backwards=True
    )
    try:
        run_steps(return_.steps(), typer.echo, 1)
    except BROKEN as error:
        raise Failed(
            f"le retour s’est arrêté : {error} Relancez « vaguemestre upgrade --back ».", 69
        ) from error
    upgrade.forget()


@contextmanager
def _alone() -> Iterator[None]:
    """One upgrade at a time. Raises Failed (75)."""
    with (layout.HOME / "upgrade.lock").open("w") as file:
        try:
            flock(file, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            raise Failed("une autre mise à jour est en cours.", 75) from None
        yield


@contextmanager
def _unpacked(tree: Path | None) -> Iterator[Path | None]:
    """The tree itself, or that of an archive, unpacked for as long as it is needed. Raises ReleaseRefused."""
    if tree is None or tree.is_dir():
        yield tree and tree.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="vaguemestre-") as folder:
        try:
            with tarfile.open(tree) as archive:
                archive.extractall(folder, filter="data")
        except (OSError, tarfile.TarError) as error:
            raise ReleaseRefused(f"{tree} n’est ni un arbre ni une archive lisible.") from error
        tops = sorted(Path(folder).glob("*/pyproject.toml")) or [Path(folder) / "pyproject.toml"]
        yield tops[0].parent
