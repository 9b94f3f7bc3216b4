"""Messages in quarantine: written down, told to their owner, handed over, deleted."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.foundation.cluster.locks import locked_row
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject, quarantine_subject
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.people.credentials.queries import account_of_mailbox
from vaguemestre.post.quarantine.events import ReleaseAsked
from vaguemestre.post.quarantine.models import QuarantinedMessage
from vaguemestre.post.quarantine.ports import IsRefused, QuarantinedMail
from vaguemestre.post.quarantine.queries import senders_of
from vaguemestre.post.quarantine.rules.digest import digest_moment, digest_text
from vaguemestre.post.quarantine.rules.verdicts import verdict_of
from vaguemestre.post.quarantine.values import FoundMail, Reason, State, ToldMessage

_ROWS_PER_ROUND = 500


def store_found(mailbox: str, engine: QuarantinedMail) -> None:
    """Write down what is in the quarantine of that mailbox. Idempotent. Raises EngineDown, EngineRefused.

    What has no verdict of the filter, and was not found late, was filed there by a script of its owner: it
    goes to the inbox.
    """
    messages = engine.find_quarantined(mailbox)
    account_id = account_of_mailbox(mailbox)
    rows = [row for mail in messages if (row := quarantined_row(mailbox, account_id, mail))]
    QuarantinedMessage.objects.bulk_create(rows, ignore_conflicts=True)
    known = set(QuarantinedMessage.objects.filter(mailbox=mailbox).values_list("guid", flat=True))
    if strays := [mail.guid for mail in messages if not verdict_of(mail.verdict) and mail.guid not in known]:
        engine.release_quarantined(mailbox, strays)


def quarantined_row(mailbox: str, account_id: int | None, mail: FoundMail) -> QuarantinedMessage | None:
    """The row of a message, not saved; None if its verdict is not one of the filter's."""
    verdict = verdict_of(mail.verdict)
    if verdict is None:
        return None
    return QuarantinedMessage(
        mailbox=mailbox,
        account_id=account_id,
        guid=mail.guid,
        reason=verdict.reason,
        detail=verdict.detail,
        sender=_text(mail.sender, 254),
        author=_text(mail.author, 254),
        subject=_text(mail.subject, 255),
        message_id=_text(mail.message_id, 255),
        arrived_at=mail.arrived_at,
    )


def _text(value: str, length: int) -> str:
    """PostgreSQL stores no NUL."""
    return value.replace("\0", "�")[:length]


@transaction.atomic(durable=True)
def ask_release(
    number: int, account_id: int | None, is_refused: IsRefused, *, by: str, now: datetime
) -> ReleaseAsked:
    """Have a message handed over. Returns the event, announced. `account_id`: whose; None: anybody's.

    Raises Refusal `quarantine.gone`, `quarantine.virus`, `quarantine.removed`.
    """
    rows = QuarantinedMessage.objects.filter(pk=number, state=State.HELD)
    row = locked_row(rows if account_id is None else rows.filter(account_id=account_id), "quarantine.gone")
    if row.reason == Reason.VIRUS:
        raise Refusal("quarantine.virus")
    if is_refused(senders_of(row), row.subject, row.message_id):
        raise Refusal("quarantine.removed")
    row.state = State.RELEASING
    row.save(update_fields=("state",))
    to = account_subject(row.account_id) if row.account_id else quarantine_subject(row.pk)
    record("quarantine.released", to=to, by=by, at=now, name=row.sender, reason=row.reason)
    event = ReleaseAsked(row.mailbox)
    announce(event)
    return event


def hand_over(mailbox: str, engine: QuarantinedMail) -> None:
    """Move what was asked for to the inbox. Idempotent. Raises EngineDown, EngineRefused."""
    rows = QuarantinedMessage.objects.filter(mailbox=mailbox, state=State.RELEASING)
    guids = dict(rows.values_list("guid", "pk"))
    if guids:
        engine.release_quarantined(mailbox, list(guids))
        QuarantinedMessage.objects.filter(pk__in=guids.values()).update(state=State.RELEASED)


def send_digests(*, now: datetime) -> int:
    """Tell owners what came into quarantine before 8:00 of this working day, each message once.

    One transaction per account; run again, nothing. Returns how many owners were told.
    """
    moment = digest_moment(now)
    if moment is None:
        return 0
    due = QuarantinedMessage.objects.filter(
        state=State.HELD, told_at=None, arrived_at__lt=moment, account_id__isnull=False
    )
    accounts = list(due.order_by("account_id").values_list("account_id", flat=True).distinct())
    return sum(_tell(due.filter(account_id=account_id), moment, now) for account_id in accounts)


@transaction.atomic(durable=True)
def _tell(due: "QuerySet[QuarantinedMessage]", moment: datetime, now: datetime) -> bool:
    rows = list(due.select_for_update().order_by("arrived_at", "pk"))
    if not rows or rows[0].account_id is None:
        return False
    QuarantinedMessage.objects.filter(pk__in=[row.pk for row in rows]).update(told_at=now)
    messages = [ToldMessage(row.arrived_at, Reason(row.reason), row.sender) for row in rows]
    announce(
        AccountTouched(
            rows[0].account_id, "quarantine-digest", moment.isoformat(), detail=digest_text(messages)
        )
    )
    return True


def delete_old_messages(days: int, engine: QuarantinedMail, *, now: datetime) -> None:
    """Delete the messages that came more than that many days ago, then what is known of them.

    A mailbox that is gone has none; one that does not answer waits for the next round. Raises EngineDown.
    """
    old = QuarantinedMessage.objects.filter(arrived_at__lt=now - timedelta(days=days)).order_by("arrived_at")
    rows = list(old.values_list("mailbox", "guid", "pk")[:_ROWS_PER_ROUND])
    failure: EngineDown | None = None
    for mailbox, known in _by_mailbox(rows).items():
        try:
            _discard(mailbox, list(known), engine)
        except EngineDown as error:
            failure = error
            continue
        QuarantinedMessage.objects.filter(pk__in=known.values()).delete()
    if failure:
        raise failure


def _by_mailbox(rows: Iterable[tuple[str, str, int]]) -> dict[str, dict[str, int]]:
    groups: dict[str, dict[str, int]] = defaultdict(dict)
    for mailbox, guid, number in rows:
        groups[mailbox][guid] = number
    return groups


def _discard(mailbox: str, guids: Sequence[str], engine: QuarantinedMail) -> None:
    try:
        engine.discard_quarantined(mailbox, guids)
    except EngineRefused as error:
        if "NOUSER" not in str(error):
            raise EngineDown(str(error)) from error


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: delete what the quarantine says about that person's mailbox."""
    QuarantinedMessage.objects.filter(account_id=account_id).delete()
