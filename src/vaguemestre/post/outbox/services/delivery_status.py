"""What became of each message, from the log of the queue and from the reports that come back."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.post.outbox.models import FateRow, LogReading, OutgoingRow, PassageRow, SenderRow
from vaguemestre.post.outbox.ports import FindReports, Hear, ReadLog
from vaguemestre.post.outbox.rules.fates import follows
from vaguemestre.post.outbox.rules.reports import read_report
from vaguemestre.post.outbox.values import Delivery, LogPlace, Mark, Report, ReportPlace

KEPT_FOR = timedelta(days=180)
_LOG = "postfix"
_IN_ONE_QUESTION = 500


def _nobody(deliveries: Sequence[Delivery]) -> None:
    """Nobody listens."""


def read_deliveries(read_log: ReadLog, *, now: datetime, hear: Hear = _nobody) -> int:
    """Take in what the log has new, once, whatever is killed. Returns how many fates were noted.

    `hear` is told of every delivery, in the same transaction.
    """
    reading, _ = LogReading.objects.get_or_create(name=_LOG)
    deliveries, place = read_log(LogPlace(reading.inode, reading.offset), now)
    if place == LogPlace(reading.inode, reading.offset):
        return 0
    with transaction.atomic(durable=True):
        reading.inode, reading.offset = place.inode, place.offset
        reading.save(update_fields=("inode", "offset"))
        hear(deliveries)
        return _note_deliveries(deliveries)


def gather_reports(
    account_id: int, mailbox: str, session_key: str, find: FindReports, *, now: datetime
) -> int:
    """Attach what came back in the inbox since last time to the messages it speaks of. Returns how many."""
    sender, _ = SenderRow.objects.get_or_create(account_id=account_id)
    place = ReportPlace(sender.reports_validity, sender.reports_uid)
    found, place = find(mailbox, session_key, place)
    with transaction.atomic(durable=True):
        noted = sum(_note_report(account_id, one, now) for content in found for one in read_report(content))
        sender.reports_validity, sender.reports_uid = place.uid_validity, place.uid
        sender.reports_at = now
        sender.save(update_fields=("reports_validity", "reports_uid", "reports_at"))
    return noted


def forget_passages(*, now: datetime) -> None:
    """What left long ago is followed no more; what is still held stays."""
    old = PassageRow.objects.filter(at__lt=now - KEPT_FOR).exclude(hold=PassageRow.Hold.HELD)
    old.filter(pk__in=list(old.values_list("pk", flat=True)[:2000])).delete()


def forget_domain(domain: str, *, now: datetime) -> None:
    """Nothing says any more to whom of that domain anybody wrote; what is still on its way, or held, stays.

    Inside the caller's transaction.
    """
    there = {"recipients__icontains": f"@{domain}"}
    PassageRow.objects.filter(at__lt=now, **there).exclude(hold=PassageRow.Hold.HELD).delete()
    ended = (OutgoingRow.State.FILED, OutgoingRow.State.CANCELLED, OutgoingRow.State.REFUSED)
    OutgoingRow.objects.filter(state__in=ended, created_at__lt=now, **there).delete()


def _note_deliveries(deliveries: Sequence[Delivery]) -> int:
    noted = 0
    for start in range(0, len(deliveries), _IN_ONE_QUESTION):
        some = deliveries[start : start + _IN_ONE_QUESTION]
        passages = dict(
            PassageRow.objects.filter(queue_id__in={one.queue_id for one in some}).values_list(
                "queue_id", "pk"
            )
        )
        last = {
            (passages[one.queue_id], one.recipient): one for one in some if one.queue_id in passages
        }  # the log is in the order of time
        noted += _keep(
            (passage_id, recipient, one.mark, one.status, one.words, one.at)
            for (passage_id, recipient), one in last.items()
        )
    return noted


def _note_report(account_id: int, report: Report, now: datetime) -> int:
    """A report speaks only of its own account's messages: anybody may write one."""
    mine = PassageRow.objects.filter(account_id=account_id, message_id=report.message_id[:255])
    rows = mine.values_list("pk", "recipients")
    return _keep(
        (passage_id, recipient, report.mark, report.status, report.words, now)
        for passage_id, recipients in rows
        if (recipient := _meant(report, recipients))
    )


def _meant(report: Report, recipients: Sequence[str]) -> str:
    """The recipient a report is about; a receipt may come from another of their addresses."""
    wanted = report.recipient.lower()
    known = [one for one in recipients if one.lower() == wanted]
    if known:
        return known[0]
    return recipients[0] if len(recipients) == 1 and report.mark is Mark.READ else ""


def _keep(fresh: Iterable[tuple[int, str, Mark, str, str, datetime]]) -> int:
    given = list(fresh)
    rows = FateRow.objects.filter(passage_id__in={passage_id for passage_id, *_ in given})
    known = {(row.passage_id, row.recipient): row for row in rows}
    made, changed = [], []
    for passage_id, recipient, mark, status, words, at in given:
        row = known.get((passage_id, recipient))
        if row is None:
            row = FateRow(passage_id=passage_id, recipient=recipient[:254])
            made.append(row)
        elif follows(Mark(row.mark), mark):
            changed.append(row)
        else:
            continue
        row.mark, row.status, row.words, row.at = mark, status[:12], words[:500], at
    FateRow.objects.bulk_create(made, ignore_conflicts=True)
    FateRow.objects.bulk_update(changed, ("mark", "status", "words", "at"))
    return len(made) + len(changed)
