"""systemd services and timers that back up an instance in production. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from vaguemestre.engines.backups.pgbackrest import DIFFERENTIAL, FULL, command
from vaguemestre.processes.production.layout import HOME, SETTINGS, python, source
from vaguemestre.processes.production.machine.backup_folders import backup_folders
from vaguemestre.processes.production.machine.local_database import is_local
from vaguemestre.processes.production.units.unit import Unit
from vaguemestre.site.config import Config

BACKUP = "vaguemestre-backup"
PRUNE = f"{BACKUP}-prune"
DATABASE_BACKUP = "vaguemestre-database-backup"
WAL_CONFIGURATION = SETTINGS / "pgbackrest.conf"
_PRUNE_DAILY = "04:30"
_CALENDAR = {FULL: "Sun 02:30", DIFFERENTIAL: "Mon..Sat 02:30"}


def has_archive(config: Config) -> bool:
    """Whether PostgreSQL runs on this machine and pgBackRest archives its log."""
    return bool(config.backup.wal_repository) and is_local(config)


def backup_units(config: Config, release: Path, *, is_database_away: bool) -> tuple[Unit, ...]:
    """The backup services of a configuration; their timers start them."""
    backup = _backup(config, release, is_database_away=is_database_away)
    generations = (backup, _prune_after(backup))
    return (
        *(generations if config.backup.repository else ()),
        *(_database_units(config) if has_archive(config) else ()),
    )


def _backup(config: Config, release: Path, *, is_database_away: bool) -> Unit:
    """Make a generation, as root. No time limit: the first one may take hours."""
    folders = backup_folders(config.backup)
    return Unit(
        name=BACKUP,
        description="Vaguemestre: one more generation of the backup",
        argv=(str(python(release)), "-m", "vaguemestre.cli.main", "backup"),
        environment={"PYTHONPATH": str(source(release))},
        after=("vaguemestre-prepare",),
        writes=(HOME, *folders),
        capabilities=("CAP_DAC_OVERRIDE", "CAP_FOWNER"),
        is_oneshot=True,
        oneshot_limit="infinity",
        is_wanted=False,
        reads_homes=True,  # SFTP's key is root's
        leaves_machine=is_database_away or len(folders) < 2,  # one repository at least is elsewhere
        memory_max="4G",
    )


def _prune_after(backup: Unit) -> Unit:
    """Remove what need not be kept: apart, so that its failure or its length is not that of a backup."""
    return replace(
        backup,
        name=PRUNE,
        description="Vaguemestre: removal of old generations of the backup",
        argv=(*backup.argv, "--prune"),
    )


def _database_units(config: Config) -> tuple[Unit, ...]:
    """Base backups of PostgreSQL, full and differential, as its own user."""
    return tuple(
        Unit(
            name=f"{DATABASE_BACKUP}-{kind}",
            description=f"Vaguemestre: base backup of PostgreSQL ({kind})",
            argv=command(WAL_CONFIGURATION, f"--type={kind}", "backup"),
            user="postgres",
            after=("postgresql",),
            writes=(Path(config.backup.wal_repository),),
            is_oneshot=True,
            is_guest=True,
            oneshot_limit="infinity",
            is_wanted=False,
            memory_max="2G",
        )
        for kind in _CALENDAR
    )


def timers(config: Config) -> Mapping[str, str]:
    """Name and text of each timer."""
    texts = {}
    if config.backup.repository:
        # counted from the start of the previous backup, whose duration does not add up
        schedule = f"OnActiveSec=1min\nOnUnitActiveSec={config.backup.interval_minutes}min\n"
        texts[f"{BACKUP}.timer"] = _timer_text("when to back up", schedule)
        texts[f"{PRUNE}.timer"] = _timer_text(
            "when to remove old generations", f"OnCalendar={_PRUNE_DAILY}\nPersistent=yes\n"
        )
    for kind, day in _CALENDAR.items() if has_archive(config) else ():
        schedule = f"OnCalendar={day}\nPersistent=yes\nRandomizedDelaySec=10min\n"
        texts[f"{DATABASE_BACKUP}-{kind}.timer"] = _timer_text(
            f"when to back PostgreSQL up ({kind})", schedule
        )
    return texts


def _timer_text(description: str, schedule: str) -> str:
    return (
        "# Written by bin/install.\n"
        f"[Unit]\nDescription=Vaguemestre: {description}\nPartOf=vaguemestre.target\n\n"
        f"[Timer]\n{schedule}\n[Install]\nWantedBy=vaguemestre.target\n"
    )
