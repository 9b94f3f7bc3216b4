"""A whole generation put back into an empty home; the next start does the rest."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from vaguemestre.engines.dovecot.mailbox_files import MailboxFiles
from vaguemestre.engines.home_alias import alias, engine_path, needs_alias, open_home, remove_alias
from vaguemestre.engines.restic import Restic
from vaguemestre.engines.system_users import system_user
from vaguemestre.processes.backup.database import LIVE, NotABackup, file_name, load_database
from vaguemestre.processes.backup.generations import (
    MANIFEST,
    SPOOL,
    STAGING,
    Generation,
    Manifest,
    Repositories,
)
from vaguemestre.processes.supervisor.place import HomeUnusable
from vaguemestre.site.config import Config

RESTORED = "restored"  # in the data folder: the next start has something to look at
HELD_SPOOL = "restored-spool"  # in the home: what waited to leave; nobody can tell whether it has left since
_MAIL = "mail"
_A_WHILE = timedelta(minutes=1)  # before the copy began: clocks of file systems are coarse

type Tell = Callable[[str], None]  # what is being done


def restore_keys(config: Config, keys: Restic, at: datetime | None) -> None:
    """Put the keys of the instance back, the password of the data among them: the last, or those of a moment.

    Raises HomeUnusable when the home holds an instance already, NotABackup, EngineRefused.
    """
    if (config.home / _MAIL).exists() or (config.data_dir / LIVE).exists():
        raise HomeUnusable(
            f"{config.home} contient déjà une instance : choisissez un autre dossier (--home)."
        )
    made = [snapshot for snapshot in keys.snapshots() if at is None or snapshot.made_at <= at]
    if not made:
        raise NotABackup("ce dépôt ne contient pas de sauvegarde entière d’avant ce moment.")
    keys.restore(made[-1].id, config.home)


def restore_data(config: Config, stores: Repositories, generation: Generation, tell: Tell) -> Manifest:
    """Put mail, files and database back. Raises NotABackup, EngineRefused, OSError."""
    stores.data.restore(generation.data.id, config.home)
    staging = config.home / STAGING
    manifest = manifest_in(staging)
    if manifest.engine != config.database.engine:
        raise NotABackup(f"cette sauvegarde est celle d’une base {manifest.engine}.")
    tell("base de données")
    load_database(config, staging / file_name(config))
    (staging / file_name(config)).unlink()
    _hold_spool(config)
    give_to_mail_user(config.home / _MAIL)
    tell("index des boîtes qui changeaient pendant la copie")
    copies = mailbox_files(config, config.home / _MAIL, staging)
    for mailbox in changed_meanwhile(copies, datetime.fromisoformat(manifest.made_at)):
        copies.resync(mailbox)
    (config.data_dir / RESTORED).touch()
    return manifest


def mailbox_files(config: Config, mail: Path, scratch: Path) -> MailboxFiles:
    """The mailboxes of a folder of the home, by the path that the mail's own user can reach."""
    return MailboxFiles(engine_path(config, mail), engine_path(config, scratch))


@contextmanager
def reachable_home(config: Config) -> Iterator[None]:
    """Within, the mail's own user reaches the home, whether the instance runs or not."""
    is_new = not alias(config).exists()
    open_home(config)
    try:
        yield
    finally:
        if is_new and needs_alias(config):
            remove_alias(config)


def manifest_in(staging: Path) -> Manifest:
    """Raises NotABackup when it is not whole."""
    try:
        return Manifest(**json.loads((staging / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise NotABackup("cette sauvegarde n’est pas entière : son manifeste manque.") from error


def changed_meanwhile(copies: MailboxFiles, made_at: datetime) -> Iterator[str]:
    """Mailboxes of a copy that were written while it was made: their indexes may be behind their files."""
    since = (made_at - _A_WHILE).timestamp()
    for mailbox in copies.mailboxes():
        logs = copies.home(mailbox).glob("*/mailboxes/**/dovecot.index.log")
        if any(log.stat().st_mtime >= since for log in logs):
            yield mailbox


def _hold_spool(config: Config) -> None:
    spool = config.home / SPOOL
    if spool.exists():
        shutil.move(spool, config.home / HELD_SPOOL)


def give_to_mail_user(mail: Path) -> None:
    """Give restored mail to this machine's mail user, whose uid may differ."""
    user = system_user()
    for folder, inside, names in os.walk(mail):
        for name in (*inside, *names):
            os.chown(Path(folder) / name, user.pw_uid, user.pw_gid, follow_symlinks=False)
    if mail.exists():
        os.chown(mail, user.pw_uid, user.pw_gid)
