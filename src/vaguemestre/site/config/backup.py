"""`[backup]`: where generations are kept, how often one is made, and for how long they stay."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from vaguemestre.site.config import checks
from vaguemestre.site.config.checks import Check, Section

LAST_BACKUP = "last_backup.json"  # in the home: the date of the last complete backup
LAST_DRILL = "last_drill.json"  # and of the last restore drill, with what it found
_MAX_MONTH_DAYS = 31  # days
_MARGIN = timedelta(days=62)  # two months without a backup, and the runs of the purge
_REMOTE = re.compile(r"(?:sftp:[\w.@:/~+-]+|s3:https?://[\w.:/-]+|rest:https?://[\w.:/-]+)", re.ASCII)


def _is_repository(text: str) -> bool:
    """Whether it is a folder, or a remote restic repository without a password in its address."""
    return (text.startswith("/") and text.isprintable()) or _REMOTE.fullmatch(text) is not None


REPOSITORY = checks.or_empty(
    Check(_is_repository, "est un dossier (/…), sftp:personne@machine:/dossier ou s3:https://machine/seau")
)


@dataclass(frozen=True)
class BackupSection(Section):
    """Repositories of restic: one for the data, one for the keys that open them, each with its password."""

    repository: Annotated[str, REPOSITORY] = ""
    keys_repository: Annotated[str, REPOSITORY] = ""
    password_file: Annotated[str, checks.FILE] = "secrets/backup_password"  # noqa: S105 (a file)
    keys_password_file: Annotated[str, checks.FILE] = "secrets/backup_keys_password"  # noqa: S105
    credentials_file: Annotated[str, checks.FILE] = ""  # KEY=value lines, for S3
    interval_minutes: Annotated[int, checks.between(5, 1440)] = 15
    keep_days: Annotated[int, checks.between(1, 366)] = 30
    wal_repository: Annotated[str, checks.ABSOLUTE_PATH] = ""  # pgBackRest's, for PostgreSQL on this machine
    keep_months: Annotated[int, checks.between(0, 120)] = 3

    @property
    def late_after(self) -> timedelta:
        """The age of the last backup beyond which two have been missed and an alert is due."""
        return 2 * timedelta(minutes=self.interval_minutes) + timedelta(minutes=15)

    @property
    def longest_kept(self) -> timedelta:
        """The age no generation outlives: restic counts days and months that have one, so with a margin."""
        return timedelta(days=max(self.keep_days, _MAX_MONTH_DAYS * self.keep_months)) + _MARGIN

    @property
    def place_of_keys(self) -> str:
        """The repository of the keys; by default, beside that of the data."""
        return self.keys_repository or (self.repository and f"{self.repository.rstrip('/')}-keys")
