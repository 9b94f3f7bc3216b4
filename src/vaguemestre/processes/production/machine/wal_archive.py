"""Point-in-time recovery of PostgreSQL on this machine (pgBackRest): set-up and restoration. As root."""

import grp
import os
import pwd
import secrets as random
from datetime import datetime
from pathlib import Path

from vaguemestre.engines.backups import pgbackrest
from vaguemestre.engines.backups.pgbackrest import Cluster, PgBackRest
from vaguemestre.engines.config_templates import write
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.processes.backup.restoration_marks import RESTORED
from vaguemestre.processes.production.machine.commands import StepFailed, has_text, run
from vaguemestre.processes.production.machine.local_database import cluster_name, psql
from vaguemestre.processes.production.units.backup_unit import WAL_CONFIGURATION as CONFIGURATION
from vaguemestre.processes.production.units.backup_unit import has_archive
from vaguemestre.site.config import Config

_POSTGRES = "postgres"
_TARGET = "vaguemestre.target"


class WalArchive:
    """pgBackRest for the cluster of the configuration, where `[backup] wal_repository` names a folder."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._archive = PgBackRest(CONFIGURATION)

    @property
    def _secret(self) -> Path:
        return self._config.secrets_dir / "wal_archive_password"

    def is_made(self) -> bool:
        """Whether the cluster archives its log as the configuration says."""
        if not self._secret.is_file() or not has_text(CONFIGURATION, self._text()):
            return False
        settings = pgbackrest.archive_settings(CONFIGURATION)
        return all(psql(f"SHOW {name};").strip() == value for name, value in settings.items())

    def make(self) -> None:
        """Configure pgBackRest and PostgreSQL, and create the archive. Raises StepFailed.

        PostgreSQL restarts unless it was archiving already.
        """
        if not self._secret.exists():
            self._secret.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write(self._secret, f"{random.token_urlsafe(32)}\n", mode=0o600)
        folder = Path(self._config.backup.wal_repository)
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        owner = pwd.getpwnam(_POSTGRES)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        write(CONFIGURATION, self._text(), mode=0o640, group=grp.getgrnam(_POSTGRES).gr_gid)
        was_on = psql("SHOW archive_mode;").strip() == "on"
        for name, value in pgbackrest.archive_settings(CONFIGURATION).items():
            psql(f"ALTER SYSTEM SET {name} = '{value}';")
        run(("pg_ctlcluster", *cluster_name(), "reload" if was_on else "restart"))
        try:
            self._archive.create()
            self._archive.check()
        except (EngineDown, EngineRefused) as error:
            raise StepFailed(str(error)) from error

    def _text(self) -> str:
        version, name = cluster_name()
        cluster = Cluster(Path(f"/var/lib/postgresql/{version}/{name}"), self._config.database.port)
        password = self._secret.read_text(encoding="utf-8").strip()
        backup = self._config.backup
        return pgbackrest.configuration_text(
            cluster, backup.wal_repository, password, keep_days=backup.keep_days
        )


def return_database(config: Config, moment: datetime | None) -> None:
    """Stop everything, restore the cluster as of that moment, start again. Raises StepFailed, EngineRefused.

    Every database of the cluster is restored with it. The start finds the mark of a restoration, set before
    the first row changes: nothing leaves twice, and what ended since stays ended.
    """
    if not has_archive(config):
        raise StepFailed("aucune archive de PostgreSQL n’est tenue ici : [backup] « wal_repository ».")
    run(("systemctl", "stop", _TARGET))
    run(("pg_ctlcluster", *cluster_name(), "stop", "--mode", "fast"))
    (config.data_dir / RESTORED).touch()
    PgBackRest(CONFIGURATION).restore(moment)
    run(("pg_ctlcluster", *cluster_name(), "start"))
    run(("systemctl", "start", _TARGET))
