"""Acts that ended an access, copied out of the database: a restored one is compared with the copy (ADR 0039).

One file a month (`2026-11.jsonl`), each line an act or the mark of a restoration; lines are only added. They
name subjects as the journal does (`account:7`), never people; of dangerous mail that was removed, its sender.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from vaguemestre.foundation.journal.chain import last_seal
from vaguemestre.foundation.journal.models import Entry, EntrySeal
from vaguemestre.foundation.kernel.times import months_after

FOLDER = "ended-access"  # in the data folder, so that each generation of the backup holds it
MARGIN_MONTHS = 2  # beyond the oldest backup

ENDS_ACCESS = frozenset({
    "assistant.recovered",
    "credentials.account-closed", "credentials.account-suspended", "credentials.app-password-revoked",
    "credentials.key-lost", "credentials.mailbox-closed", "credentials.mailbox-frozen",
    "credentials.mailbox-held", "credentials.mailbox-purged", "credentials.one-time-device-removed",
    "credentials.passkey-removed", "credentials.password-barred", "credentials.password-set",
    "credentials.proofs-withdrawn", "credentials.recovery-code-used", "credentials.recovery-codes-made",
    "credentials.recovery-contact-dropped", "credentials.role-given", "credentials.span-changed",
    "directory.addresses-forgotten", "directory.civil-status-erased", "directory.person-transferred",
    "enrolment.officer-dismissed",
    "filelinks.taken-back",
    "helpdesk.compromised", "helpdesk.suspended",
    "lists.closed", "lists.manager-removed",
    "portability.export-withdrawn",
    "removals.approved", "removals.decided",
    "sharing.box-closed", "sharing.closed", "sharing.key-revoked", "sharing.left", "sharing.member-changed",
    "sharing.member-ended", "sharing.owner-left",
    "signin.device-forgotten", "signin.undone",
    "sso.application-changed", "sso.application-removed", "sso.keys-rotated", "sso.saml-key-renewed",
    "sso.secret-renewed",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class EndedAccess:
    """An act of the journal that ended an access.

    `member`: who left a box, as `account:7`; of a removal of mail, `sender:…`.
    """

    at: datetime
    action: str
    to: str
    member: str = ""


def copy_endings(folder: Path, *, months_kept: int, now: datetime) -> int:
    """Add the sealed acts that the files do not hold yet, and delete files past their time.

    Returns the count. Each act is on the disk when this returns. Raises OSError.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    sealed = EntrySeal.objects.filter(number__gt=_position(folder), entry__action__in=ENDS_ACCESS)
    lines: list[dict[str, str | int]] = [
        {
            "number": seal.number,
            "at": seal.entry.at.isoformat(),
            "action": seal.entry.action,
            "to": seal.entry.to,
            "member": _beside(seal.entry.details),
        }
        for seal in sealed.select_related("entry").order_by("number")
    ]
    if lines or not any(folder.iterdir()):
        _append(folder, lines, now)
    oldest = f"{months_after(now.date().replace(day=1), -months_kept - MARGIN_MONTHS):%Y-%m}"
    for file in _files(folder):
        if file.stem < oldest:
            file.unlink()
    return len(lines)


def _beside(details: Mapping[str, object]) -> str:
    """Who left a box; of a removal, its sender: a restored database knows nothing of a later one."""
    if sender := details.get("sender"):
        return f"sender:{sender}"
    return str(details.get("member") or "")


def endings_to_redo(folder: Path) -> tuple[EndedAccess, ...]:
    """The acts since the last restoration that the journal of this database does not hold, oldest first."""
    acts: list[EndedAccess] = []
    for line in _lines(folder):
        if "restored_at" in line:
            acts.clear()
        elif "action" in line:
            at = datetime.fromisoformat(str(line["at"]))
            acts.append(EndedAccess(at, str(line["action"]), str(line["to"]), str(line["member"])))
    if not acts:
        return ()
    entries = Entry.objects.filter(action__in=ENDS_ACCESS, at__gte=min(act.at for act in acts))
    present = set(entries.values_list("at", "action", "to"))
    return tuple(act for act in acts if (act.at, act.action, act.to) not in present)


def mark_restored(folder: Path, *, now: datetime) -> None:
    """Note that a database was restored: its numbers follow; what came before was redone. Raises OSError."""
    folder.mkdir(mode=0o700, exist_ok=True)
    _append(folder, [{"restored_at": now.isoformat(), "number": last_seal().number}], now)


def _append(folder: Path, lines: list[dict[str, str | int]], now: datetime) -> None:
    file = folder / f"{now:%Y-%m}.jsonl"
    is_new = not file.exists()
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w") as opened:
        opened.writelines(f"{json.dumps(line)}\n" for line in lines)
        opened.flush()
        os.fsync(opened.fileno())
        if is_new and os.geteuid() == 0:  # the preparation of a start: the worker writes the next lines
            owner = folder.stat()
            os.fchown(opened.fileno(), owner.st_uid, owner.st_gid)


def _position(folder: Path) -> int:
    """The number of the last sealed entry that was copied; 0 before the first."""
    number = 0
    for line in _lines(folder):
        number = int(line.get("number", number))
    return number


def _lines(folder: Path) -> Iterator[dict[str, str | int]]:
    for file in _files(folder):
        for text in file.read_text(encoding="utf-8").splitlines():
            try:
                line = json.loads(text)
            except ValueError:  # cut off by a crash: the act is copied again
                continue
            yield line


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jsonl"))
