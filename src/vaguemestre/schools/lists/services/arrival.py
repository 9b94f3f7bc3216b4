"""Mail delivered to a list: read once, decided on, kept in the list's mailbox."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import list_subject
from vaguemestre.people.credentials.queries import account_of_mailbox, people_with_mail
from vaguemestre.people.directory.queries import people_by_address
from vaguemestre.post.mailstore.ports import Mailbox, MessageGone, OpenMailbox
from vaguemestre.post.mailstore.values import MailLogin, MessageRef, Row
from vaguemestre.post.outbox.ports import FindReports
from vaguemestre.post.outbox.queries import submitted_recipients
from vaguemestre.post.outbox.services import collect_reports
from vaguemestre.schools.lists import queries
from vaguemestre.schools.lists.events import FanoutDue, NoticeDue
from vaguemestre.schools.lists.models import ListLetter, MailingList
from vaguemestre.schools.lists.ports import IsSealed
from vaguemestre.schools.lists.rules.acceptance import are_files_linked, decide
from vaguemestre.schools.lists.rules.arrival import UnreadableLetter, parse_message
from vaguemestre.schools.lists.rules.list_address import without_detail
from vaguemestre.schools.lists.rules.list_copy import without_files
from vaguemestre.schools.lists.services.delivery_events import announce_mail
from vaguemestre.schools.lists.values import (
    AuthorStanding,
    Decision,
    Files,
    IncomingMessage,
    NoticeKind,
    Policy,
    State,
    Writers,
)

INBOX = "INBOX"
RESTORED = "lists.restored"  # reason of letters that may have been sent before a backup was restored
_PAGE_SIZE = 100
_RUN_SECONDS = 15.0  # of one list before it is the turn of another


def read_list(
    list_id: int,
    open_mailbox: OpenMailbox,
    find_reports: FindReports,
    is_sealed: IsSealed,
    *,
    now: datetime,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Read the new messages of a list's mailbox, oldest first. Returns the number of letters kept.

    What is left after _RUN_SECONDS is announced again, behind other lists. Idempotent. Raises EngineDown.
    """
    end = clock() + _RUN_SECONDS
    row = MailingList.objects.filter(pk=list_id, closed_at__isnull=True).first()
    if row is None:
        return 0
    count = 0
    with open_mailbox(MailLogin(row.address)) as box:
        messages = _new_messages(box, row)
        if messages:
            collect_reports(row.account_id, row.address, "", find_reports, now=now)
        for message in messages:
            count += _read_message(row, box, message, is_sealed, now)
            if clock() >= end and message is not messages[-1]:
                announce_mail(row.pk)
                break
    MailingList.objects.filter(pk=row.pk).update(read_at=now)
    return count


def _read_message(row: MailingList, box: Mailbox, message: Row, is_sealed: IsSealed, now: datetime) -> bool:
    """Decide on a message, and delete it unless it is kept; returns which."""
    ref = message.ref
    try:
        raw = box.raw(ref)
    except MessageGone:
        return False
    may_be_sent = row.restored_at is not None and message.summary.date <= row.restored_at
    letter = _read_letter(raw, row)  # before the database is locked
    is_kept = _receive(row, ref, letter, is_sealed, now, may_be_sent=may_be_sent)
    if not is_kept:
        box.expunge([ref])
    return is_kept


def author_of(message: IncomingMessage, return_path: str, address: str) -> int:
    """The account of the author who wrote to the list at that address; 0 without one.

    The envelope sender and From must be addresses of the same account: our envelope senders require
    authentication, and an authenticated sender may only use their own From. A redirect keeps both, so the
    gate must have seen that sender submit that message to the list.
    """
    if not return_path or not message.sender or message.is_redirected:
        return 0
    account_id = _account_of(without_detail(return_path))
    if not account_id or account_id != _account_of(without_detail(message.sender)):
        return 0
    recipients = submitted_recipients(message.message_id, return_path)
    return account_id if address in {without_detail(recipient) for recipient in recipients} else 0


def _new_messages(box: Mailbox, row: MailingList) -> list[Row]:
    """Messages that were not read yet, oldest first."""
    messages: list[Row] = []
    offset = 0
    while True:
        page = box.page(INBOX, offset, _PAGE_SIZE)
        last_uid = row.last_uid if page.uid_validity == row.uid_validity else 0
        new = [message for message in page.rows if message.ref.uid > last_uid]
        messages += new
        offset += _PAGE_SIZE
        if len(new) < _PAGE_SIZE:
            break
    return sorted(messages, key=lambda message: message.ref.uid)


class _Letter(NamedTuple):
    raw: bytes
    message: IncomingMessage
    return_path: str


def _read_letter(raw: bytes, row: MailingList) -> _Letter | None:
    """None for what cannot be read or copied, of a stranger: those that follow are read all the same."""
    try:
        letter = _Letter(raw, *parse_message(raw, row.address))
        if are_files_linked(len(raw), has_files=letter.message.has_files, files=Files(row.files)):
            without_files(raw)  # as its copies are made, once it is accepted
    except UnreadableLetter:
        return None
    return letter


@transaction.atomic(durable=True)
def _receive(
    row: MailingList,
    ref: MessageRef,
    letter: _Letter | None,
    is_sealed: IsSealed,
    now: datetime,
    *,
    may_be_sent: bool,
) -> bool:
    """Decide on a message and move the list's position, in one transaction. Returns whether it is kept.

    `may_be_sent`: it arrived before a backup was restored; its managers decide.
    """
    MailingList.objects.filter(pk=row.pk).update(uid_validity=ref.uid_validity, last_uid=ref.uid)
    if letter is None:
        record("lists.dropped", to=list_subject(row.pk), by="system", at=now, reason="lists.unreadable")
        return False
    if ListLetter.objects.filter(list=row, uid_validity=ref.uid_validity, uid=ref.uid).exists():
        return True
    message = letter.message
    author_id = author_of(message, letter.return_path, row.address)
    if author_id and is_sealed(letter.raw, message.sender):  # else it is not what the author submitted
        message = replace(message, author_id=author_id)
    decision = decide(message, _policy(row), _standing(row, message, now))
    if decision.state is State.DROPPED:
        record("lists.dropped", to=list_subject(row.pk), by="system", at=now, reason=decision.reason)
        return False
    if may_be_sent:
        decision = Decision(State.HELD, RESTORED)
    _store_letter(row, ref, message, decision, now)
    return True


def _store_letter(
    row: MailingList, ref: MessageRef, message: IncomingMessage, decision: Decision, now: datetime
) -> None:
    letter = ListLetter.objects.create(
        list=row,
        uid_validity=ref.uid_validity,
        uid=ref.uid,
        message_id=message.message_id,
        root=message.references[0] if message.references else "",
        author_id=message.author_id or None,
        sender=message.sender,
        sender_name=message.sender_name,
        subject=message.subject,
        size=message.size,
        received_at=now,
        state=decision.state,
        reason=decision.reason,
        decided_at=now if decision.state is not State.HELD else None,
    )
    record(
        f"lists.letter-{decision.state}", to=list_subject(row.pk), by="system", at=now, reason=decision.reason
    )
    match decision.state:
        case State.SENDING:
            announce(FanoutDue(letter.pk))
        case State.HELD:
            if decision.reason != RESTORED:  # else its author was told at that time
                announce(NoticeDue(letter.pk, NoticeKind.HELD))
            announce(NoticeDue(letter.pk, NoticeKind.TO_DECIDE))
        case _:
            announce(NoticeDue(letter.pk, NoticeKind.REFUSED))


def _policy(row: MailingList) -> Policy:
    return Policy(Writers(row.writers), row.is_moderated, row.refuses_others, Files(row.files))


def _standing(row: MailingList, message: IncomingMessage, now: datetime) -> AuthorStanding:
    author_id = message.author_id
    people = people_by_address([message.sender]) if author_id else {}
    person_id = next(iter(people.values()), 0)
    return AuthorStanding(
        is_manager=bool(author_id and queries.role_in(row.pk, author_id, now)),
        is_member=bool(person_id and queries.membership_reasons(row, person_id, now)),
        members=_count_reply_recipients(row, message, now) if message.references else 0,
        recent_replies=queries.count_recent_replies(row.pk, message.references, now),
        is_duplicate=_is_duplicate(row, message),
    )


def _is_duplicate(row: MailingList, message: IncomingMessage) -> bool:
    """Whether the list already received it. What came without an author stands in no author's way."""
    letters = ListLetter.objects.filter(list=row, message_id=message.message_id)
    if message.author_id:
        letters = letters.filter(author_id=message.author_id)
    return bool(message.message_id) and letters.exists()


def _count_reply_recipients(row: MailingList, message: IncomingMessage, now: datetime) -> int:
    """How many a reply would reach: as many as the original, if it is a letter of the list."""
    originals = ListLetter.objects.filter(
        list=row, message_id__in=message.references, planned_at__isnull=False
    )
    most = originals.order_by("-recipients").values_list("recipients", flat=True).first()
    return len(queries.members_of(row, now)) if most is None else most


def _account_of(address: str) -> int:
    person_id = people_by_address([address]).get(address)
    if person_id:
        return people_with_mail([person_id]).get(person_id, 0)
    return account_of_mailbox(address) or 0
