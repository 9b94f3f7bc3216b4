"""The submission door: each message is judged, then written down before it is taken."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, Sum

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import account_of_mailbox, opened_by_mailbox
from vaguemestre.post.outbox.events import MailHeld
from vaguemestre.post.outbox.models import Acquaintance, PassageRow, SenderRow
from vaguemestre.post.outbox.rules.authors import check_authors
from vaguemestre.post.outbox.rules.automatic import check_automatic
from vaguemestre.post.outbox.rules.limits import Limits, Sent, judged
from vaguemestre.post.outbox.values import Answer, Origin, Posting, Verdict

_HOUR = 60
_TAKEN = Verdict(Answer.TAKE)


@transaction.atomic(durable=True)
def judge_posting(
    posting: Posting,
    own: Collection[str],
    limits: Limits,
    exempt: Collection[str],
    *,
    now: datetime,
    passes_on: bool = False,
    withdrawn_at: float = 0.0,
) -> Verdict:
    """Take, hold or refuse a message, and count it unless it is refused.

    `own`: the addresses that mailbox may write as, lower case; `exempt`: those that are never counted;
    `passes_on`: it hands on what others wrote (a list): their From stays, nothing is counted.
    `withdrawn_at`: when what opens that mailbox in the way of this connection was last withdrawn; whoever
    connected before, or whose account nothing opens any more, is asked to sign in again.
    The same queue identifier again is the same message. Of two messages judged at once, both are counted.
    """
    account_id = account_of_mailbox(posting.mailbox)
    if account_id is None:
        return Verdict(Answer.REFUSE, "outbox.from-somebody-else")
    if posting.between[0] < withdrawn_at or opened_by_mailbox(posting.mailbox) is None:
        return Verdict(Answer.REFUSE, "outbox.access-ended")
    try:
        check_authors(posting.authors if not passes_on else (), posting.senders, own)
    except Refusal as refusal:
        record("outbox.author-refused", to=f"account:{account_id}", by="gate", at=now, reason=refusal.code)
        return Verdict(Answer.REFUSE, refusal.code)
    known = PassageRow.objects.filter(queue_id=posting.queue_id).first()
    if known is not None:
        return Verdict(Answer.HOLD, known.hold_code) if known.hold == PassageRow.Hold.HELD else _TAKEN
    is_exempt = passes_on or posting.sender.lower() in exempt or posting.mailbox in exempt
    verdict, strangers = _TAKEN, frozenset[str]()
    if not is_exempt:
        verdict, strangers = _weighed(account_id, posting, limits, now)
    if verdict.answer is not Answer.REFUSE:
        _write_down(account_id, posting, verdict, strangers, now, counted=not is_exempt)
    elif verdict.code.startswith("outbox.limit"):
        record("outbox.limit-refused", to=f"account:{account_id}", by="gate", at=now, reason=verdict.code)
    return verdict


@transaction.atomic(durable=True)
def judge_automatic(
    posting: Posting, addresses: Collection[str], limits: Limits, *, leaves_academy: bool, now: datetime
) -> Verdict:
    """Take or refuse what a Sieve script sends, and count it unless it is refused.

    `addresses`, `leaves_academy`: as in `check_automatic`. A redirect counts with what its owner sends; one
    that is refused stays in the mailbox. A reply has a ceiling of its own: being away keeps nobody
    from writing. Whoever is suspended or has left is still answered for.
    """
    account_id = account_of_mailbox(posting.mailbox)
    if account_id is None:
        return Verdict(Answer.REFUSE, "outbox.from-somebody-else")
    try:
        check_automatic(posting, addresses, leaves_academy=leaves_academy)
    except Refusal as refusal:
        record("outbox.script-refused", to=f"account:{account_id}", by="gate", at=now, reason=refusal.code)
        return Verdict(Answer.REFUSE, refusal.code)
    if PassageRow.objects.filter(queue_id=posting.queue_id).exists():
        return _TAKEN
    if posting.origin is Origin.REPLIED:
        verdict, strangers = _weighed_reply(account_id, limits, now), frozenset[str]()
    elif opened_by_mailbox(posting.mailbox) is None:
        return Verdict(Answer.REFUSE, "outbox.redirect-limit")
    else:
        verdict, strangers = _weighed(account_id, posting, limits, now)
        if verdict.answer is not Answer.TAKE:
            verdict = Verdict(Answer.REFUSE, "outbox.redirect-limit", verdict.until)
    if verdict.answer is Answer.TAKE:
        is_counted = posting.origin is Origin.REDIRECTED
        _write_down(account_id, posting, verdict, strangers, now, counted=is_counted)
    else:
        record("outbox.limit-refused", to=f"account:{account_id}", by="gate", at=now, reason=verdict.code)
    return verdict


def _weighed_reply(account_id: int, limits: Limits, now: datetime) -> Verdict:
    replies = PassageRow.objects.filter(account_id=account_id, origin=Origin.REPLIED)
    for window in limits.replies:
        since = now - timedelta(minutes=window.minutes)
        if replies.filter(at__gt=since).count() >= window.most:
            return Verdict(Answer.REFUSE, "outbox.limit", now + timedelta(minutes=window.minutes))
    return _TAKEN


def _weighed(
    account_id: int, posting: Posting, limits: Limits, now: datetime
) -> tuple[Verdict, frozenset[str]]:
    to = frozenset(address.lower() for address in posting.recipients)
    known = Acquaintance.objects.filter(account_id=account_id, address__in=to)
    strangers = to - frozenset(known.values_list("address", flat=True))
    # Made before it is locked: without a row the first messages at once would be judged on the same sums.
    SenderRow.objects.bulk_create([SenderRow(account_id=account_id)], ignore_conflicts=True)
    sender = SenderRow.objects.select_for_update().filter(account_id=account_id).first()
    if sender and sender.bulk_until and sender.bulk_until > now and sender.bulk_left >= len(to):
        sender.bulk_left -= len(to)
        sender.save(update_fields=("bulk_left",))
        return _TAKEN, strangers
    mine = Q(account_id=account_id)
    windows = tuple(window.minutes for window in limits.by_sender)
    sums = _sums(mine, windows, now)
    there: dict[int, int] = {}
    if posting.network:
        there = _sums(Q(network=posting.network), tuple(w.minutes for w in limits.by_network), now)
    sent = Sent(sums, there, _sums(mine, (_HOUR,), now, column="strangers")[_HOUR])
    is_confirmed = bool(sender and sender.confirmed_until and sender.confirmed_until > now)
    verdict = judged(
        limits, sent, recipients=len(to), strangers=len(strangers), is_confirmed=is_confirmed, at=now
    )
    return verdict, strangers


def _sums(which: Q, minutes: Iterable[int], now: datetime, column: str = "counted") -> dict[int, int]:
    """Recipients counted over each of the windows that end now."""
    wanted = tuple(minutes)
    asked = {f"m{one}": Sum(column, filter=Q(at__gt=now - timedelta(minutes=one))) for one in wanted}
    longest = now - timedelta(minutes=max(wanted))
    found = PassageRow.objects.filter(which, at__gt=longest).aggregate(**asked)
    return {one: int(found[f"m{one}"] or 0) for one in wanted}


def _write_down(
    account_id: int,
    posting: Posting,
    verdict: Verdict,
    strangers: Collection[str],
    now: datetime,
    *,
    counted: bool,
) -> None:
    is_held = verdict.answer is Answer.HOLD
    row = PassageRow.objects.create(
        account_id=account_id,
        queue_id=posting.queue_id,
        origin=posting.origin,
        message_id=posting.message_id[:255],
        sender=posting.sender[:254],
        subject=posting.subject[:255],
        recipients=list(posting.recipients),
        counted=len(posting.recipients) if counted else 0,
        strangers=len(strangers),
        network=posting.network,
        hold=PassageRow.Hold.HELD if is_held else PassageRow.Hold.NONE,
        hold_code=verdict.code if is_held else "",
        at=now,
    )
    met = [Acquaintance(account_id=account_id, address=address[:254]) for address in strangers]
    Acquaintance.objects.bulk_create(met, ignore_conflicts=True)
    if is_held:
        record("outbox.message-held", to=f"account:{account_id}", by="gate", at=now, reason=verdict.code)
        announce(MailHeld(account_id, row.pk, now.isoformat()))
