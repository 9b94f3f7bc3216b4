"""`vaguemestre release`: what this release says of itself on this machine, for the upgrade of another one."""

from typing import Annotated

import typer
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from vaguemestre.processes.duties import duty_of
from vaguemestre.processes.production import layout
from vaguemestre.processes.production.installation import OTHERS, outside_files
from vaguemestre.processes.production.units.children import children_of
from vaguemestre.processes.production.units.units import unit_files
from vaguemestre.processes.production.upgrades.stand_ins import stand_ins_of
from vaguemestre.processes.production.upgrades.upgrade_plan import Description
from vaguemestre.site.config import PROJECT, Config, read
from vaguemestre.site.config.surroundings import missing_surroundings
from vaguemestre.site.database.migration_rules import narrowings, version_numbers

# Ours, and yet they run Debian's programs, whose doors stay open.
_RUN_BY_OURS = ("front", "postsrsd")


def command(
    running: Annotated[str, typer.Argument(help="Version qui tourne, par exemple 0.2.0.")],
) -> None:
    """Écrit en JSON les unités de cette version, ses migrations et ce qui l’empêcherait de tourner ici."""
    typer.echo(_description(settings.CONFIG, running).to_json())


def _description(config: Config, running: str) -> Description:
    children = children_of(config, str(layout.python(PROJECT)))
    pools = {child.name: str(child.socket) for child in children if child.socket}
    stand_ins = {child.name.removesuffix("-stand-in") for child in stand_ins_of(children, config.home)}
    pending, missed = _migrations(running)
    return Description(
        units={file.name: file.text for file in unit_files(config, children, PROJECT)},
        processes=tuple(child.name for child in children),
        engines=tuple(child.name for child in children if _is_engine(child.name)),
        sockets={name: place for name, place in pools.items() if name in stand_ins},
        files={str(file.path): file.text for file in outside_files(layout.CONFIGURATION.read_text("utf-8"))},
        masked=OTHERS,
        pending=pending,
        faults=(*_faults(), *missed),
    )


def _is_engine(process: str) -> bool:
    return duty_of(process) is None or process in _RUN_BY_OURS


def _faults() -> tuple[str, ...]:
    """What this release does not accept in the configuration that is installed."""
    checked = read()
    return tuple(fault.sentence for fault in (*checked.faults, *missing_surroundings(checked)))


def _migrations(running: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The migrations to apply, and sentences on those that the running version could not live with."""
    loader = MigrationLoader(connection)
    applied = MigrationRecorder(connection).applied_migrations()
    pending = sorted(key for key in loader.disk_migrations if key not in applied)
    missed = tuple(
        f"{label}.{name} : {narrowing.operation} ({narrowing.reason})"
        for label, name in pending
        for narrowing in narrowings(
            loader.disk_migrations[label, name],
            loader.graph.make_state((label, name), at_end=False),
            lambda since: version_numbers(since) <= version_numbers(running),
        )
    )
    return tuple(f"{label}.{name}" for label, name in pending), missed
