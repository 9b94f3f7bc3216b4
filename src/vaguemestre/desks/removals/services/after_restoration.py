"""What was removed, copied out of the database, and removed again once an older one was restored (ADR 0039).

The copy is a file of the data folder, so that each generation of the backup holds it: GUIDs by number of
account, and by what messages are refused. No folder, no text, no note.
"""

import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Count, Max

from vaguemestre.desks.removals.events import RefusedContentChanged, RemovalDue
from vaguemestre.desks.removals.models import DiscardedCopy, Removal, RemovalBox, TakenCopy
from vaguemestre.desks.removals.values import BoxPhase, ContentState, RemovalState
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import removal_subject
from vaguemestre.people.credentials.queries import accounts_of_mailboxes, mailboxes_of_accounts

FILE = "removed-mail.json"  # beside the acts that ended an access
UNKNOWN_FOLDER = "INBOX"  # where a copy goes back to that was never seen elsewhere
_CRITERIA = ("message_id", "sender", "subject", "link", "file_sha256")
_PEOPLE = ("asked_by", "decided_by", "approved_by")
_ROWS_PER_QUERY = 500


def copy_removals(folder: Path) -> bool:
    """Write what is removed today to FILE, if it changed. Returns whether it did. Raises OSError."""
    file, stamp = folder / FILE, _stamp()
    if _lines(file)[:1] == [stamp] or not folder.is_dir():
        return False
    new = file.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        opened.write(f"{stamp}\n{json.dumps(_content())}\n")
        opened.flush()
        os.fsync(opened.fileno())
    new.replace(file)
    return True


def redo_removals(folder: Path, *, now: datetime) -> int | None:
    """Order that what was removed, and may be back with an older database, leaves mailboxes again.

    Idempotent. Returns the number of removals ordered; None without FILE. Raises OSError.
    """
    lines = _lines(folder / FILE)
    if len(lines) < 2:
        return None
    content = json.loads(lines[1])
    ordered = sum(_redo(removal, now) for removal in content["removals"])
    return ordered + _redo_discarded(content["discarded"], now)


def _stamp() -> str:
    taken = TakenCopy.objects.aggregate(Count("pk"), Max("pk"))
    discarded = DiscardedCopy.objects.aggregate(Count("pk"), Max("pk"))
    changed = Removal.objects.aggregate(Count("pk"), Max("changed_at"))
    return json.dumps([*taken.values(), *discarded.values(), *changed.values()], default=str)


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def _content() -> dict[str, Any]:
    taken = TakenCopy.objects.values_list("box__removal", "box__mailbox", "box__account_id", "guid")
    guids: defaultdict[int, list[tuple[str, int | None, str]]] = defaultdict(list)
    for removal_id, mailbox, account_id, guid in taken.exclude(box__removal__state=RemovalState.RESTORING):
        guids[removal_id].append((mailbox, account_id, guid))
    rows = Removal.objects.filter(pk__in=guids).order_by("pk")
    discarded = DiscardedCopy.objects.values_list("mailbox", "account_id", "guid")
    return {
        "removals": [
            {
                **{name: getattr(row, name) for name in (*_CRITERIA, *_PEOPLE)},
                "content_state": row.content_state,
                "asked_at": row.asked_at.isoformat(),
                "boxes": _by_box(guids[row.pk]),
            }
            for row in rows
        ],
        "discarded": _by_box(discarded),
    }


def _by_box(copies: Iterable[tuple[str, int | None, str]]) -> list[list[Any]]:
    """Account, GUIDs and, for a mailbox of nobody's, its name."""
    boxes: defaultdict[tuple[int | None, str], list[str]] = defaultdict(list)
    for mailbox, account_id, guid in copies:
        boxes[account_id, "" if account_id else mailbox].append(guid)
    return [[account_id, guids, mailbox] for (account_id, mailbox), guids in boxes.items()]


@transaction.atomic(durable=True)
def _redo(removal: Mapping[str, Any], now: datetime) -> bool:
    """One removal of the file; False if this database knows each of its copies."""
    asked_at = datetime.fromisoformat(removal["asked_at"])
    row = Removal.objects.filter(asked_at=asked_at, asked_by=removal["asked_by"]).first()
    return _order(row, removal, asked_at, dict(_mailboxes(removal["boxes"])), now)


@transaction.atomic(durable=True)
def _redo_discarded(boxes: list[list[Any]], now: datetime) -> bool:
    """What had been deleted for good leaves mailboxes again, as one removal without a sender."""
    missing = {}
    for mailbox, guids in _mailboxes(boxes):
        known = set(DiscardedCopy.objects.filter(mailbox=mailbox).values_list("guid", flat=True))
        missing[mailbox] = [guid for guid in guids if guid not in known]
    return _order(None, {"asked_by": "system", "decided_by": "system"}, now, missing, now)


def _mailboxes(boxes: list[list[Any]]) -> Iterator[tuple[str, list[str]]]:
    """Mailbox and GUIDs of each box that this database has."""
    names = mailboxes_of_accounts([account_id for account_id, _, _ in boxes if account_id])
    for account_id, guids, mailbox in boxes:
        if name := mailbox or names.get(account_id, ""):
            yield name, guids


def _order(
    row: Removal | None,
    removal: Mapping[str, Any],
    asked_at: datetime,
    boxes: Mapping[str, list[str]],
    now: datetime,
) -> bool:
    known = set(TakenCopy.objects.filter(box__mailbox__in=boxes).values_list("box__mailbox", "guid"))
    missing = {
        mailbox: Counter(guid for guid in guids if (mailbox, guid) not in known)
        for mailbox, guids in boxes.items()
    }
    if not any(missing.values()):
        return False
    row = row or Removal(number=0, **{name: removal.get(name, "") for name in _CRITERIA})
    row.asked_by, row.asked_at, row.changed_at = removal["asked_by"], asked_at, now
    row.decided_by, row.approved_by = removal["decided_by"], removal.get("approved_by", "")
    row.content_state = removal.get("content_state", ContentState.NONE)
    row.state, row.number = RemovalState.REDOING, row.number + 1
    row.save()
    for mailbox, guids in missing.items():
        if guids:
            _record_copies(row, mailbox, guids)
    record("removals.redone", to=removal_subject(row.pk), by="system", at=now, sender=row.sender)
    announce(RemovalDue(row.pk, row.number))
    announce(RefusedContentChanged())
    return True


def _record_copies(row: Removal, mailbox: str, guids: "Counter[str]") -> None:
    box, _ = RemovalBox.objects.update_or_create(
        removal=row,
        mailbox=mailbox,
        defaults={
            "account_id": accounts_of_mailboxes([mailbox]).get(mailbox),
            "phase": BoxPhase.LISTED,
            "attempts": 0,
            "error": "",
            "next_try_at": None,
        },
    )
    rows = (TakenCopy(box=box, folder=UNKNOWN_FOLDER, guid=guid) for guid in guids.elements())
    TakenCopy.objects.bulk_create(rows, batch_size=_ROWS_PER_QUERY)
