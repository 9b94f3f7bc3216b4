"""What was delivered while the virus check, or the filter, was away is examined when both are back.

The message itself is the truth: a copy that was examined bears a keyword, one with a virus is in quarantine.
So any of it may be run again.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject, quarantine_subject
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.people.credentials.queries import account_of_mailbox
from vaguemestre.post.quarantine.models import QuarantinedMessage, UnexaminedMail
from vaguemestre.post.quarantine.ports import ContentCheck, LateExamination
from vaguemestre.post.quarantine.rules.digest import digest_text
from vaguemestre.post.quarantine.services.messages import quarantined_row
from vaguemestre.post.quarantine.values import InfectedCopy, Reason, ToldMessage
from vaguemestre.post.trace.queries import steps_by_queue_id
from vaguemestre.post.trace.rules.stored import stored_at
from vaguemestre.post.trace.values import StepKind

KEPT = timedelta(days=8)  # longer than a message may wait in the queue
_LEASE = timedelta(minutes=10)
_SLICE = timedelta(seconds=20)
_PAUSE = timedelta(minutes=2)  # before another look: not delivered to everybody yet, or it failed
_MAX_PAUSE = timedelta(hours=6)
_BATCH = 20


@dataclass(frozen=True)
class Examiner:
    """`mailboxes_of`: address → mailbox, for those that some mailbox receives at."""

    check: ContentCheck
    filter: ContentCheck
    mail: LateExamination
    mailboxes_of: Callable[[Collection[str]], Mapping[str, str]]
    clock: Callable[[], datetime]


@transaction.atomic(durable=True)
def note_unexamined(queue_ids: Iterable[str], *, now: datetime) -> None:
    """Write down messages that were delivered unexamined, or delivered to one more mailbox."""
    rows = [
        UnexaminedMail(queue_id=queue_id, found_at=now, next_try_at=now) for queue_id in sorted(queue_ids)
    ]
    UnexaminedMail.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=("queue_id",), update_fields=("attempts", "next_try_at")
    )


def examine_unexamined(examiner: Examiner) -> int:
    """Examine for some seconds what is due, oldest first. Returns how many messages were examined.

    While the virus check does not answer, nothing is tried. While the filter does not, each message is tried
    once, for a virus. A message that fails is tried again later, and delays no other.
    """
    check, clock = examiner.check, examiner.clock
    if not UnexaminedMail.objects.filter(next_try_at__lte=clock()).exists():
        return 0
    can_scan, can_judge = _answers(check), _answers(examiner.filter)  # an alarm of its own says so
    if (check.is_wanted and not can_scan) or not (can_scan or can_judge):
        return 0
    has_filter = can_judge or not examiner.filter.is_wanted
    count, until = 0, clock() + _SLICE
    while clock() < until and (rows := _leased(clock(), only_new=not has_filter)):
        for row in rows:
            _examine(row, examiner, has_filter=has_filter)
        count += len(rows)
    return count


def _answers(check: ContentCheck) -> bool:
    """Whether there is one, and it answers."""
    if not check.is_wanted:
        return False
    try:
        check.ping()
    except EngineDown:
        return False
    return True


def delete_old_notes(*, now: datetime) -> None:
    """Forget messages that were noted long ago: they keep their mark."""
    UnexaminedMail.objects.filter(found_at__lt=now - KEPT).delete()


@transaction.atomic(durable=True)
def _leased(now: datetime, *, only_new: bool) -> list[UnexaminedMail]:
    """The next messages, nobody else's for the time of a lease. `only_new`: those never tried."""
    due = UnexaminedMail.objects.select_for_update(skip_locked=True).filter(next_try_at__lte=now)
    due = due.filter(attempts=0) if only_new else due
    rows = list(due.order_by("next_try_at", "pk")[:_BATCH])
    for row in rows:
        row.next_try_at = now + _LEASE
    UnexaminedMail.objects.bulk_update(rows, ("next_try_at",))
    return rows


def _examine(row: UnexaminedMail, examiner: Examiner, *, has_filter: bool) -> None:
    """Every copy delivered so far; once the queue has forgotten the message, it is done with.

    The row stays if a delivery was noted meanwhile: it is due again. So it is, tried without the filter, the
    moment the filter is back.
    """
    claim = UnexaminedMail.objects.filter(pk=row.pk, next_try_at=row.next_try_at)
    delivered: dict[str, int] = {}
    is_over = False
    for step in steps_by_queue_id((row.queue_id,), StepKind.DELIVERED, StepKind.DONE):
        is_over = is_over or step.kind is StepKind.DONE
        if address := stored_at(step.detail):
            delivered[address] = int(step.at.timestamp())
    has_failed = False
    for address, mailbox in examiner.mailboxes_of(sorted(delivered)).items():
        try:
            _examine_box(mailbox, row.queue_id, delivered[address], examiner)
        except (EngineDown, EngineRefused):  # the next mailbox does not wait for this one
            has_failed = True
    if has_failed:
        pause = min(_PAUSE * 2.0 ** min(row.attempts, 10), _MAX_PAUSE) if has_filter else timedelta()
        claim.update(attempts=row.attempts + 1, next_try_at=examiner.clock() + pause)
    elif is_over:
        claim.delete()
    else:
        claim.update(next_try_at=examiner.clock() + _PAUSE)


def _examine_box(mailbox: str, queue_id: str, delivered_at: int, examiner: Examiner) -> None:
    """A virus is written down before it moves: killed in between, no message is untold."""
    infected = examiner.mail.examine_copies(mailbox, queue_id, delivered_at)
    if not infected:
        return
    _write_down(mailbox, infected, examiner.clock())
    uids: dict[str, list[int]] = defaultdict(list)
    for copy in infected:
        uids[copy.folder].append(copy.uid)
    examiner.mail.quarantine_copies(mailbox, uids)


@transaction.atomic(durable=True)
def _write_down(mailbox: str, infected: Iterable[InfectedCopy], now: datetime) -> None:
    """Record each message once: its row, the journal, and a notice to its owner at once."""
    mails = {copy.mail.guid: copy.mail for copy in infected}
    known = QuarantinedMessage.objects.filter(mailbox=mailbox, guid__in=mails)
    for guid in known.values_list("guid", flat=True):
        del mails[guid]
    account_id = account_of_mailbox(mailbox)
    rows = [row for mail in mails.values() if (row := quarantined_row(mailbox, account_id, mail))]
    for row in rows:
        row.told_at = now
        row.save()
        to = account_subject(account_id) if account_id else quarantine_subject(row.pk)
        record(f"quarantine.{_act(row)}", to=to, by="system", at=now, name=row.sender, found=row.detail)
    if account_id:
        _tell(account_id, rows, now)


def _tell(account_id: int, rows: Iterable[QuarantinedMessage], now: datetime) -> None:
    told: dict[str, list[ToldMessage]] = defaultdict(list)
    for row in rows:
        told[_act(row)].append(ToldMessage(row.arrived_at, Reason(row.reason), row.sender))
    for act, messages in told.items():
        announce(AccountTouched(account_id, act, now.isoformat(), detail=digest_text(messages)))


def _act(row: QuarantinedMessage) -> str:
    return "virus-found-late" if row.reason == Reason.VIRUS else "judged-late"
