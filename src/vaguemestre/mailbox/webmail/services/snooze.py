"""Messages put off until a moment, and answers waited for.

What is put off waits in a folder of its own; at the moment the worker puts it back where it was, as new: on
top, unread.
"""

import time
from collections import defaultdict
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime

from django.db import models, transaction

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.webmail.events import ReminderDue, RemindersDue
from vaguemestre.mailbox.webmail.models import ReminderRow
from vaguemestre.mailbox.webmail.rules.listing.folders import of_use
from vaguemestre.mailbox.webmail.rules.listing.snooze import FOLDER, MOST
from vaguemestre.post.mailstore.ports import (
    FolderGone,
    FolderRefused,
    Mailbox,
    MessageGone,
    OpenMailbox,
    QuotaReached,
)
from vaguemestre.post.mailstore.values import Flag, Folder, MailLogin, MessageRef, OpenedMessage, Use

PUT_OFF, ANSWER = "put-off", "answer"
_GO = 20.0  # seconds at a stretch, then others have their turn
_ENDS = frozenset((Use.TRASH, Use.JUNK, Use.ALL))


def put_off(
    mailbox: Mailbox,
    account_id: int,
    refs: Sequence[MessageRef],
    until: datetime,
    *,
    now: datetime,
    are_many: bool = False,
) -> tuple[int, ...]:
    """Out of sight until that moment; their reminders' numbers. Those gone meanwhile are passed over.

    `are_many`: they are some of a great many, that come back together without delaying anybody else.

    The reminder is written down before the message moves: cut short in between, none waits without a date.
    Raises Refusal `webmail.too-many`, QuotaReached.
    """
    if len(refs) > MOST:
        raise Refusal("webmail.too-many", most=MOST)
    folders = mailbox.folders()
    if all(folder.name != FOLDER for folder in folders):
        with suppress(FolderRefused):  # made meanwhile
            mailbox.create_folder(FOLDER)
    opened = [one for ref in dict.fromkeys(refs) if (one := _opened(mailbox, ref))]
    homes = _homes(account_id, folders, opened)
    with transaction.atomic(durable=True):
        made = [_written(account_id, PUT_OFF, one, until, home=homes[one.ref], now=now) for one in opened]
        for event in [RemindersDue(account_id)] if are_many else [ReminderDue(row.pk) for row in made]:
            announce(event, due=until)
    by_folder: dict[str, list[ReminderRow]] = defaultdict(list)
    for row in made:
        by_folder[row.folder].append(row)
    kept = [row.pk for row in by_folder.pop(FOLDER, ())]
    for rows in by_folder.values():
        kept += _put_away(mailbox, rows)
    return tuple(kept)


def _opened(mailbox: Mailbox, ref: MessageRef) -> OpenedMessage | None:
    try:
        return mailbox.open(ref)
    except MessageGone:
        return None


def _homes(
    account_id: int, folders: Sequence[Folder], opened: Sequence[OpenedMessage]
) -> dict[MessageRef, str]:
    """Where each comes back: what waits already, where it would have."""
    homes = {}
    for one in opened:
        former = _row(account_id, PUT_OFF, one.ref) if one.ref.folder == FOLDER else None
        homes[one.ref] = former.home if former else _home(folders, one.ref.folder)
    return homes


def waiting_at(account_id: int, numbers: Sequence[int]) -> list[tuple[MessageRef, str]]:
    """Where what these reminders are about waits now, and where it comes back."""
    rows = ReminderRow.objects.filter(account_id=account_id, kind=PUT_OFF, pk__in=numbers).order_by("pk")
    return [(_ref(row), row.home) for row in rows]


def put_back(mailbox: Mailbox, account_id: int, refs: Sequence[MessageRef], home: str) -> None:
    """What was put off comes back before its time, as it was; its reminders are called off.

    What has come back meanwhile by itself is passed over.
    """
    mine = ReminderRow.objects.filter(account_id=account_id, kind=PUT_OFF)
    rows = {_ref(row): row for row in mine.filter(folder=FOLDER, uid__in=[ref.uid for ref in refs])}
    left = [ref for ref in refs if ref in rows]
    if left:
        mailbox.move(left, _present(mailbox, home))
        ReminderRow.objects.filter(pk__in=[rows[ref].pk for ref in left]).delete()


def _put_away(mailbox: Mailbox, rows: Sequence[ReminderRow]) -> list[int]:
    """Move what these reminders are about, of one folder, to where it waits; those that were still there."""
    kept = ReminderRow.objects.filter(pk__in=[row.pk for row in rows])
    try:
        there: Sequence[MessageRef | None] = mailbox.move([_ref(row) for row in rows], FOLDER)
    except QuotaReached:
        kept.delete()
        raise
    if len(there) != len(rows):  # some were gone meanwhile, and nothing tells which
        there = tuple(_moved(mailbox, row) for row in rows)
    found = []
    with transaction.atomic(durable=True):
        for row, ref in zip(rows, there, strict=False):
            if ref is not None:
                kept.filter(pk=row.pk).update(folder=ref.folder, uid_validity=ref.uid_validity, uid=ref.uid)
                found.append(row.pk)
        kept.exclude(pk__in=found).delete()
    return found


def _moved(mailbox: Mailbox, row: ReminderRow) -> MessageRef | None:
    found = mailbox.find_by_message_id(FOLDER, row.message_id) if row.message_id else ()
    return found[-1] if found else None


def await_answer(
    mailbox: Mailbox,
    account_id: int,
    ref: MessageRef,
    until: datetime,
    own: Collection[str],
    *,
    now: datetime,
) -> int:
    """Say so when nobody answered a message by that moment.

    Raises MessageGone, Refusal `webmail.not-sent` for a message of somebody else's.
    """
    opened = mailbox.open(ref)
    if not opened.message_id or not any(one.address.lower() in own for one in opened.sender):
        raise Refusal("webmail.not-sent")
    with transaction.atomic(durable=True):
        row = _written(account_id, ANSWER, opened, until, home="", now=now)
        announce(ReminderDue(row.pk), due=until)
    return row.pk


def call_off(account_id: int, reminder_id: int, open_mailbox: OpenMailbox, *, now: datetime) -> None:
    """What was put off comes back now, where it was, as it was; an answer is waited for no more.

    Raises Refusal `webmail.reminder-over`.
    """
    row = ReminderRow.objects.select_related("account").filter(account_id=account_id, pk=reminder_id).first()
    if row is None:
        raise Refusal("webmail.reminder-over")
    with open_mailbox(MailLogin(row.account.mailbox)) as mailbox:
        if row.kind == PUT_OFF:
            if ref := _found(mailbox, row):
                mailbox.move([ref], _present(mailbox, row.home))
        elif row.is_over:
            mailbox.flag([_ref(row)], (), (Flag.UNANSWERED, Flag.FLAGGED))
    row.delete()


def reminders_of(account_id: int) -> list[ReminderRow]:
    """All that is waited for, the next first; answers that were missed before the others."""
    return list(ReminderRow.objects.filter(account_id=account_id).order_by("-is_over", "due_at", "pk"))


def missed_answers(account_id: int) -> int:
    """How many messages nobody answered in time."""
    return ReminderRow.objects.filter(account_id=account_id, is_over=True).count()


def fall_due(reminder_id: int, open_mailbox: OpenMailbox, *, now: datetime) -> None:
    """Do what a reminder is for, if its moment has come; running twice does no harm. Raises EngineDown."""
    row = ReminderRow.objects.select_related("account").filter(pk=reminder_id, is_over=False).first()
    if row is None or row.due_at > now:  # called off, or put off again: another job comes later
        return
    with open_mailbox(MailLogin(row.account.mailbox)) as mailbox:
        if row.kind == PUT_OFF:
            _bring_back(mailbox, row, now)
            row.delete()
        elif _is_answered(mailbox, row):
            row.delete()
        else:
            mailbox.flag([_ref(row)], (Flag.UNANSWERED, Flag.FLAGGED), ())
            ReminderRow.objects.filter(pk=row.pk).update(is_over=True)


def fall_due_together(account_id: int, open_mailbox: OpenMailbox, *, now: datetime) -> None:
    """Bring back what is put off and due, for some seconds; another job does the rest. Raises EngineDown."""
    until = time.monotonic() + _GO
    due = ReminderRow.objects.filter(account_id=account_id, kind=PUT_OFF, due_at__lte=now).order_by("pk")
    for number in list(due.values_list("pk", flat=True)):
        if time.monotonic() > until:
            with transaction.atomic(durable=True):
                announce(RemindersDue(account_id))
            return
        fall_due(number, open_mailbox, now=now)


def _bring_back(mailbox: Mailbox, row: ReminderRow, now: datetime) -> None:
    """A copy that comes now takes its place; without room for one, the message itself, lower down."""
    ref = _found(mailbox, row)
    if ref is None:
        return  # moved or deleted elsewhere: the person has dealt with it
    home = _present(mailbox, row.home)
    there = mailbox.find_by_message_id(home, row.message_id) if row.message_id else ()
    if any(Flag.REMINDED in mailbox.open(one).flags for one in there):
        mailbox.expunge([ref])  # a former try was cut short
        return
    flags = (mailbox.open(ref).flags - {Flag.SEEN.value, "\\Recent"}) | {Flag.REMINDED.value}
    try:
        mailbox.append(home, mailbox.raw(ref), flags, now)
    except QuotaReached:
        mailbox.flag([ref], (Flag.REMINDED,), (Flag.SEEN,))
        mailbox.move([ref], home)
    else:
        mailbox.expunge([ref])


def _is_answered(mailbox: Mailbox, row: ReminderRow) -> bool:
    """Whether somebody else answered it; a message that is gone is waited for no more."""
    try:
        own = {one.address.lower() for one in mailbox.open(_ref(row)).sender}
        thread = mailbox.conversation(_ref(row))
    except MessageGone:
        return True
    return any(
        one.summary.in_reply_to == row.message_id and one.summary.sender.address.lower() not in own
        for one in thread
    )


def _found(mailbox: Mailbox, row: ReminderRow) -> MessageRef | None:
    """The message in the folder where it waits; one that never went there is not waiting."""
    if row.folder == FOLDER:
        with suppress(MessageGone):
            return mailbox.open(_ref(row)).ref
    try:
        again = mailbox.find_by_message_id(FOLDER, row.message_id) if row.message_id else ()
    except FolderGone:
        return None
    return again[-1] if again else None


def _present(mailbox: Mailbox, home: str) -> str:
    return home if any(folder.name == home for folder in mailbox.folders()) else "INBOX"


def _home(folders: Sequence[Folder], folder: str) -> str:
    """Where a message comes back: where it was, but neither to the trash nor to where it waits."""
    ends = {FOLDER, *(one.name for one in folders if one.use in _ENDS)}
    inbox = of_use(folders, Use.INBOX)
    return folder if folder not in ends else (inbox.name if inbox else "INBOX")


def _written(
    account_id: int, kind: str, opened: OpenedMessage, due: datetime, *, home: str, now: datetime
) -> ReminderRow:
    """Inside the caller's transaction."""
    people, ref = opened.sender if kind == PUT_OFF else opened.to, opened.ref
    _rows(account_id, kind, ref).delete()
    return ReminderRow.objects.create(
        account_id=account_id, kind=kind, folder=ref.folder, uid_validity=ref.uid_validity, uid=ref.uid,
        home=home, message_id=opened.message_id[:1000], subject=opened.subject[:500],
        people=", ".join(one.name or one.address for one in people[:5])[:500], due_at=due, created_at=now,
    )  # fmt: skip


def _row(account_id: int, kind: str, ref: MessageRef) -> ReminderRow | None:
    return _rows(account_id, kind, ref).first()


def _rows(account_id: int, kind: str, ref: MessageRef) -> "models.QuerySet[ReminderRow]":
    return ReminderRow.objects.filter(
        account_id=account_id, kind=kind, folder=ref.folder, uid_validity=ref.uid_validity, uid=ref.uid
    )


def _ref(row: ReminderRow) -> MessageRef:
    return MessageRef(row.folder, row.uid_validity, row.uid)
