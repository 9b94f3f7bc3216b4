"""What backs up an instance in production every few minutes: a service of systemd, and its timer. Pure."""

from collections.abc import Mapping
from pathlib import Path

from vaguemestre.engines.pgbackrest import DIFFERENTIAL, FULL, command
from vaguemestre.processes.production.backup_folders import backup_folders
from vaguemestre.processes.production.layout import HOME, SETTINGS, python, source
from vaguemestre.processes.production.local_database import is_local
from vaguemestre.processes.production.unit import Unit
from vaguemestre.site.config import Config

BACKUP = "vaguemestre-backup"
DATABASE_BACKUP = "vaguemestre-database-backup"
WAL_CONFIGURATION = SETTINGS / "pgbackrest.conf"
_CALENDAR = {FULL: "Sun 02:30", DIFFERENTIAL: "Mon..Sat 02:30"}


def has_archive(config: Config) -> bool:
    """Whether the log of PostgreSQL, on this machine, is archived by pgBackRest."""
    return bool(config.backup.wal_repository) and is_local(config.database)


def backup_units(config: Config, release: Path, *, is_database_away: bool) -> tuple[Unit, ...]:
    """The services that the configuration wants; their timers start them."""
    generations = (_backup(config, release, is_database_away=is_database_away),)
    return (
        *(generations if config.backup.repository else ()),
        *(_database_units(config) if has_archive(config) else ()),
    )


def _backup(config: Config, release: Path, *, is_database_away: bool) -> Unit:
    """As root: one more generation. The first one takes as long as it takes."""
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


def _database_units(config: Config) -> tuple[Unit, ...]:
    """As PostgreSQL's own user: base backups of the database, whole ones and what changed since."""
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
        # counted from the start of the backup before, so that generations lie no further apart
        often = f"OnActiveSec=1min\nOnUnitActiveSec={config.backup.interval_minutes}min\n"
        texts[f"{BACKUP}.timer"] = _timer_text("when to back up", often)
    for kind, day in _CALENDAR.items() if has_archive(config) else ():
        when = f"OnCalendar={day}\nPersistent=yes\nRandomizedDelaySec=10min\n"
        texts[f"{DATABASE_BACKUP}-{kind}.timer"] = _timer_text(f"when to back PostgreSQL up ({kind})", when)
    return texts


def _timer_text(what: str, when: str) -> str:
    return (
        f"# Written by bin/install.\n[Unit]\nDescription=Vaguemestre: {what}\nPartOf=vaguemestre.target\n\n"
        f"[Timer]\n{when}\n[Install]\nWantedBy=vaguemestre.target\n"
    )
