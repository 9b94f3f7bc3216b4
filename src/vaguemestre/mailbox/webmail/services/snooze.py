"""Snoozed messages, and sent messages that await an answer.

A snoozed message waits in a folder of its own; when it is due the worker returns it as new: on top, unread.
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
from vaguemestre.mailbox.webmail.rules.listing.snooze import FOLDER, MAX_MESSAGES, is_automatic
from vaguemestre.mailbox.webmail.values import ReminderKind
from vaguemestre.post.mailstore.ports import (
    FolderGone,
    FolderRefused,
    Mailbox,
    MessageGone,
    OpenMailbox,
    QuotaReached,
)
from vaguemestre.post.mailstore.values import Flag, Folder, MailLogin, MessageRef, OpenedMessage, Use

_RUN_SECONDS = 20.0  # of one job; other jobs then have their turn
_NO_RETURN = frozenset((Use.TRASH, Use.JUNK, Use.ALL))  # folders that snoozed messages do not return to


def snooze_messages(
    mailbox: Mailbox,
    account_id: int,
    refs: Sequence[MessageRef],
    until: datetime,
    *,
    now: datetime,
    are_many: bool = False,
) -> tuple[int, ...]:
    """Snooze messages and return the ids of their reminders; messages that are gone are skipped.

    `are_many`: part of a bulk action, whose messages return in one job so that other users do not wait.
    Reminders are saved before messages move, so that an interruption leaves none snoozed without a date.
    Raises Refusal `webmail.too-many`, QuotaReached.
    """
    if len(refs) > MAX_MESSAGES:
        raise Refusal("webmail.too-many", most=MAX_MESSAGES)
    folders = mailbox.folders()
    if all(folder.name != FOLDER for folder in folders):
        with suppress(FolderRefused):  # created meanwhile
            mailbox.create_folder(FOLDER)
    messages = [message for ref in dict.fromkeys(refs) if (message := _open(mailbox, ref))]
    homes = _return_folders(account_id, folders, messages)
    with transaction.atomic(durable=True):
        rows = [
            _create_reminder(
                account_id, ReminderKind.SNOOZE, message, until, home=homes[message.ref], now=now
            )
            for message in messages
        ]
        for event in [RemindersDue(account_id)] if are_many else [ReminderDue(row.pk) for row in rows]:
            announce(event, due=until)
    by_folder: dict[str, list[ReminderRow]] = defaultdict(list)
    for row in rows:
        by_folder[row.folder].append(row)
    reminder_ids = [row.pk for row in by_folder.pop(FOLDER, ())]
    for rows_there in by_folder.values():
        reminder_ids += _move_away(mailbox, rows_there)
    return tuple(reminder_ids)


def _open(mailbox: Mailbox, ref: MessageRef) -> OpenedMessage | None:
    with suppress(MessageGone):
        return mailbox.open(ref)
    return None


def _return_folders(
    account_id: int, folders: Sequence[Folder], messages: Sequence[OpenedMessage]
) -> dict[MessageRef, str]:
    """The folder each message returns to; one that is snoozed again keeps the folder it had."""
    homes = {}
    for message in messages:
        ref = message.ref
        former = _rows(account_id, ReminderKind.SNOOZE, ref).first() if ref.folder == FOLDER else None
        homes[ref] = former.home if former else _return_folder(folders, ref.folder)
    return homes


def snoozed_places(account_id: int, reminder_ids: Sequence[int]) -> list[tuple[MessageRef, str]]:
    """References of snoozed messages, each with the folder it returns to."""
    rows = ReminderRow.objects.filter(account_id=account_id, kind=ReminderKind.SNOOZE, pk__in=reminder_ids)
    return [(_ref(row), row.home) for row in rows.order_by("pk")]


def unsnooze_messages(mailbox: Mailbox, account_id: int, refs: Sequence[MessageRef], home: str) -> None:
    """Return snoozed messages early, flags unchanged, and delete their reminders.

    Messages that have returned meanwhile are skipped.
    """
    reminders = ReminderRow.objects.filter(account_id=account_id, kind=ReminderKind.SNOOZE)
    rows = {_ref(row): row for row in reminders.filter(folder=FOLDER, uid__in=[ref.uid for ref in refs])}
    snoozed = [ref for ref in refs if ref in rows]
    if snoozed:
        mailbox.move(snoozed, _existing_folder(mailbox, home))
        ReminderRow.objects.filter(pk__in=[rows[ref].pk for ref in snoozed]).delete()


def _move_away(mailbox: Mailbox, rows: Sequence[ReminderRow]) -> list[int]:
    """Move the messages of these reminders, all of one folder; ids of those whose message was there."""
    reminders = ReminderRow.objects.filter(pk__in=[row.pk for row in rows])
    try:
        places: Sequence[MessageRef | None] = mailbox.move([_ref(row) for row in rows], FOLDER)
    except QuotaReached:
        reminders.delete()
        raise
    if len(places) != len(rows):  # some were gone, and the answer does not tell which
        places = tuple(_find_moved(mailbox, row) for row in rows)
    moved = []
    with transaction.atomic(durable=True):
        for row, ref in zip(rows, places, strict=False):
            if ref is not None:
                reminders.filter(pk=row.pk).update(
                    folder=ref.folder, uid_validity=ref.uid_validity, uid=ref.uid
                )
                moved.append(row.pk)
        reminders.exclude(pk__in=moved).delete()
    return moved


def _find_moved(mailbox: Mailbox, row: ReminderRow) -> MessageRef | None:
    matches = mailbox.find_by_message_id(FOLDER, row.message_id) if row.message_id else ()
    return matches[-1] if matches else None


def await_answer(
    mailbox: Mailbox,
    account_id: int,
    ref: MessageRef,
    until: datetime,
    own: Collection[str],
    *,
    now: datetime,
) -> int:
    """Create a reminder in case a sent message has no answer by `until`; its id. `own`: the user's addresses.

    Raises MessageGone, Refusal `webmail.not-sent` for a message somebody else sent.
    """
    opened = mailbox.open(ref)
    if not opened.message_id or not any(sender.address.lower() in own for sender in opened.sender):
        raise Refusal("webmail.not-sent")
    with transaction.atomic(durable=True):
        row = _create_reminder(account_id, ReminderKind.ANSWER, opened, until, home="", now=now)
        announce(ReminderDue(row.pk), due=until)
    return row.pk


def cancel_reminder(account_id: int, reminder_id: int, open_mailbox: OpenMailbox, *, now: datetime) -> None:
    """Delete a reminder: a snoozed message returns now, flags unchanged; a sent one awaits no answer.

    Raises Refusal `webmail.reminder-over`.
    """
    row = ReminderRow.objects.select_related("account").filter(account_id=account_id, pk=reminder_id).first()
    if row is None:
        raise Refusal("webmail.reminder-over")
    with open_mailbox(MailLogin(row.account.mailbox)) as mailbox:
        if row.kind == ReminderKind.SNOOZE:
            if ref := _find_snoozed(mailbox, row):
                mailbox.move([ref], _existing_folder(mailbox, row.home))
        elif row.is_over:
            mailbox.flag([_ref(row)], (), (Flag.UNANSWERED, Flag.FLAGGED))
    row.delete()


def reminders_of(account_id: int) -> list[ReminderRow]:
    """Reminders of an account: overdue answers first, then by date."""
    return list(ReminderRow.objects.filter(account_id=account_id).order_by("-is_over", "due_at", "pk"))


def snoozed_messages(mailbox: str) -> list[ReminderRow]:
    """Reminders of the messages snoozed in the mailbox of that name."""
    return list(ReminderRow.objects.filter(account__mailbox=mailbox, kind=ReminderKind.SNOOZE, folder=FOLDER))


def missed_answers(account_id: int) -> int:
    """Number of sent messages whose answer is overdue."""
    return ReminderRow.objects.filter(account_id=account_id, is_over=True).count()


def run_reminder(reminder_id: int, open_mailbox: OpenMailbox, *, now: datetime) -> None:
    """Return a snoozed message, or flag an unanswered one, if that is due. Idempotent. Raises EngineDown."""
    row = ReminderRow.objects.select_related("account").filter(pk=reminder_id, is_over=False).first()
    if row is None or row.due_at > now:  # cancelled, or snoozed again: another job is queued
        return
    with open_mailbox(MailLogin(row.account.mailbox)) as mailbox:
        if row.kind == ReminderKind.SNOOZE:
            _bring_back(mailbox, row, now)
            row.delete()
        elif _is_answered(mailbox, row):
            row.delete()
        else:
            mailbox.flag([_ref(row)], (Flag.UNANSWERED, Flag.FLAGGED), ())
            ReminderRow.objects.filter(pk=row.pk).update(is_over=True)


def run_due_reminders(account_id: int, open_mailbox: OpenMailbox, *, now: datetime) -> None:
    """Return the snoozed messages that are due, for `_RUN_SECONDS`; queue the rest. Raises EngineDown."""
    until = time.monotonic() + _RUN_SECONDS
    due = ReminderRow.objects.filter(account_id=account_id, kind=ReminderKind.SNOOZE, due_at__lte=now)
    for reminder_id in list(due.order_by("pk").values_list("pk", flat=True)):
        if time.monotonic() > until:
            with transaction.atomic(durable=True):
                announce(RemindersDue(account_id))
            return
        run_reminder(reminder_id, open_mailbox, now=now)


def _bring_back(mailbox: Mailbox, row: ReminderRow, now: datetime) -> None:
    """Replace the message by a copy that arrives now; without room for one, move the message itself."""
    ref = _find_snoozed(mailbox, row)
    if ref is None:
        return  # moved or deleted elsewhere: the user has dealt with it
    home = _existing_folder(mailbox, row.home)
    copies = mailbox.find_by_message_id(home, row.message_id) if row.message_id else ()
    if any(Flag.REMINDED in mailbox.open(copy).flags for copy in copies):
        mailbox.expunge([ref])  # an earlier run was interrupted after the copy
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
    """Whether somebody else answered the message, or it is gone. What a program answers does not count."""
    try:
        own = {sender.address.lower() for sender in mailbox.open(_ref(row)).sender}
        thread = mailbox.conversation(_ref(row))
    except MessageGone:
        return True
    replies = (
        _open(mailbox, reply.ref)
        for reply in thread
        if reply.summary.in_reply_to == row.message_id and reply.summary.sender.address.lower() not in own
    )
    return any(reply is not None and not is_automatic(reply) for reply in replies)


def _find_snoozed(mailbox: Mailbox, row: ReminderRow) -> MessageRef | None:
    """Reference of a snoozed message; None when it is not in the folder of snoozed messages."""
    if row.folder == FOLDER:
        with suppress(MessageGone):
            return mailbox.open(_ref(row)).ref
    with suppress(FolderGone):
        return _find_moved(mailbox, row)
    return None


def _existing_folder(mailbox: Mailbox, name: str) -> str:
    """The folder, or the inbox if it no longer exists."""
    return name if any(folder.name == name for folder in mailbox.folders()) else "INBOX"


def _return_folder(folders: Sequence[Folder], folder: str) -> str:
    """The folder a message of `folder` returns to: the same, or the inbox if that makes no sense."""
    excluded = {FOLDER, *(each.name for each in folders if each.use in _NO_RETURN)}
    inbox = of_use(folders, Use.INBOX)
    return folder if folder not in excluded else (inbox.name if inbox else "INBOX")


def _create_reminder(
    account_id: int, kind: ReminderKind, opened: OpenedMessage, due: datetime, *, home: str, now: datetime
) -> ReminderRow:
    """Save a reminder, in place of a former one of that kind. Runs in the caller's transaction."""
    people, ref = opened.sender if kind is ReminderKind.SNOOZE else opened.to, opened.ref
    _rows(account_id, kind, ref).delete()
    return ReminderRow.objects.create(
        account_id=account_id, kind=kind.value, folder=ref.folder, uid_validity=ref.uid_validity, uid=ref.uid,
        home=home, message_id=opened.message_id[:1000], subject=opened.subject[:500],
        people=", ".join(person.name or person.address for person in people[:5])[:500],
        due_at=due, created_at=now,
    )  # fmt: skip


def _rows(account_id: int, kind: ReminderKind, ref: MessageRef) -> "models.QuerySet[ReminderRow]":
    return ReminderRow.objects.filter(
        account_id=account_id, kind=kind, folder=ref.folder, uid_validity=ref.uid_validity, uid=ref.uid
    )


def _ref(row: ReminderRow) -> MessageRef:
    return MessageRef(row.folder, row.uid_validity, row.uid)
