"""The drill: back up, restore into a scratch folder, compare messages and rows, and time each step."""

import contextlib
import filecmp
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from vaguemestre.engines.dovecot.mailbox_files import MailboxFiles, MessageCopy
from vaguemestre.processes.backup.comparison import Differences, compare_messages, compare_rows
from vaguemestre.processes.backup.database import check_dump, count_rows, count_sqlite_rows, file_name
from vaguemestre.processes.backup.generations import STAGING, Repositories, back_up, generation_at
from vaguemestre.processes.backup.restoration import (
    Progress,
    changed_meanwhile,
    give_to_mail_user,
    mailbox_files,
    manifest_in,
)
from vaguemestre.processes.backup.room import check_room
from vaguemestre.site.config import Config

type Mailboxes = Mapping[str, tuple[MessageCopy, ...]]


class DrillReport(NamedTuple):
    """What was compared, how long each step took, and a sentence for each difference."""

    mailboxes: int
    messages: int
    tables: int
    restored_bytes: int
    backup_seconds: float
    check_seconds: float
    restore_seconds: float
    differences: tuple[str, ...]


def run_drill(config: Config, stores: Repositories, scratch: Path, progress: Progress) -> DrillReport:
    """Make a generation and restore it into `scratch` while the instance serves.

    Raises RepositoryDamaged if a repository lost data, NotABackup, NoRoom, EngineRefused, OSError.
    """
    live = mailbox_files(config, config.home / "mail", scratch)
    progress("boîtes, avant la sauvegarde")
    before, files_before, rows_before = _inventory(live), _message_files(live.mail), count_rows(config)
    progress("sauvegarde")
    started = time.monotonic()
    back_up(config, stores, now=datetime.now(UTC))
    backed_up = time.monotonic()
    progress("boîtes, après la sauvegarde")
    after, files_after, rows_after = _inventory(live), _message_files(live.mail), count_rows(config)
    progress("relecture de tous les octets des dépôts")
    checking = time.monotonic()
    for store in stores:
        store.check()
    checked = time.monotonic()
    progress("restauration à côté")
    _restore_beside(config, stores, scratch)
    restored = time.monotonic()
    progress("comparaison")
    copies = mailbox_files(config, scratch / "mail", scratch)
    result = Differences(0, ())
    for mailbox, messages in before.items():
        copy = copies.messages(mailbox)
        result += compare_messages(mailbox, messages, copy, after.get(mailbox, ()))
    files = _compare_files(live.mail, copies.mail, files_before & files_after)
    rows = _compare_database(config, scratch, rows_before, rows_after)
    return DrillReport(
        mailboxes=len(before),
        messages=result.compared,
        tables=len(rows_before),
        restored_bytes=sum(path.lstat().st_size for path in scratch.rglob("*") if path.is_file()),
        backup_seconds=backed_up - started,
        check_seconds=checked - checking,
        restore_seconds=restored - checked,
        differences=(*result.sentences, *files, *rows),
    )


def _restore_beside(config: Config, stores: Repositories, scratch: Path) -> None:
    """The steps of a whole restoration: files, their owner, the indexes of mailboxes that changed."""
    generation = generation_at(stores, None)
    check_room(stores.data, generation.data.id, scratch)
    stores.data.restore(generation.data.id, scratch)
    give_to_mail_user(scratch / "mail")
    copies = mailbox_files(config, scratch / "mail", scratch)
    made_at = datetime.fromisoformat(manifest_in(scratch / STAGING).made_at)
    for mailbox in changed_meanwhile(copies, made_at):
        copies.resync(mailbox)


def _inventory(live: MailboxFiles) -> Mailboxes:
    return {mailbox: live.messages(mailbox) for mailbox in live.mailboxes()}


def _message_files(mail: Path) -> frozenset[Path]:
    """The paths of message files, relative to `mail`: an index may list a file that is missing."""
    return frozenset(path.relative_to(mail) for path in mail.glob("*/*/*/mailboxes/**/dbox-Mails/u.*"))


def _compare_files(live: Path, copies: Path, files: Iterable[Path]) -> Iterator[str]:
    """A sentence for each message whose file is missing or has other content."""
    for file in sorted(files):
        with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
            if not (copies / file).exists():
                if (live / file).exists():
                    yield f"{file} manque."
            elif not filecmp.cmp(live / file, copies / file, shallow=False):
                yield f"{file} n’a plus le même contenu."


def _compare_database(
    config: Config, scratch: Path, before: Mapping[str, int], after: Mapping[str, int]
) -> tuple[str, ...]:
    copy = scratch / STAGING / file_name(config)
    if config.database.engine == "sqlite":
        return compare_rows(before, count_sqlite_rows(copy), after)
    check_dump(config, copy)
    return ()
