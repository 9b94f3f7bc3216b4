"""What backs up an instance in production every few minutes: a service of systemd, and its timer. Pure."""

from pathlib import Path

from vaguemestre.processes.production.layout import HOME, python, source
from vaguemestre.processes.production.unit import Unit
from vaguemestre.site.config import Config

BACKUP = "vaguemestre-backup"


def backup_unit(config: Config, release: Path, *, is_database_away: bool) -> Unit:
    """As root: one more generation. The first one takes as long as it takes."""
    backup = config.backup
    places = (backup.repository, backup.place_of_keys)
    folders = tuple(Path(place) for place in places if place.startswith("/"))
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
        leaves_machine=is_database_away or len(folders) < len(places),
        memory_max="4G",
    )


def timer_text(config: Config) -> str:
    """The timer: counted from the start of the backup before, so that generations lie no further apart."""
    return (
        "# Written by bin/install.\n"
        "[Unit]\nDescription=Vaguemestre: when to back up\nPartOf=vaguemestre.target\n\n"
        f"[Timer]\nOnActiveSec=1min\nOnUnitActiveSec={config.backup.interval_minutes}min\n\n"
        "[Install]\nWantedBy=vaguemestre.target\n"
    )
