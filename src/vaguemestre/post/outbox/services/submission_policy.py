"""Submission policy: each message is judged, and stored before it is accepted."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from vaguemestre.foundation.cluster.frequent_queries import FrequentQuery
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import (
    MailboxHolder,
    holder_of_mailbox,
    signing_names_of,
)
from vaguemestre.people.directory.queries import names_somebody_else
from vaguemestre.post.outbox.events import MailHeld
from vaguemestre.post.outbox.models import KnownRecipient, SenderState, Submission
from vaguemestre.post.outbox.queries.recent_sendings import recently_sent, unknown_recipients
from vaguemestre.post.outbox.rules.authors import check_authors, correct_names, display_name
from vaguemestre.post.outbox.rules.automatic import check_automatic
from vaguemestre.post.outbox.rules.limits import Limits, limits_verdict
from vaguemestre.post.outbox.rules.message import is_too_heavy
from vaguemestre.post.outbox.services.sender_state import locked_limits
from vaguemestre.post.outbox.values import (
    Decision,
    FieldCorrection,
    HoldState,
    Origin,
    SignerName,
    SubmissionRequest,
    Verdict,
)

_ACCEPTED = Verdict(Decision.TAKE)
_STORED = FrequentQuery(
    lambda queue_id: Submission.objects.filter(queue_id=queue_id).values_list("hold", "hold_code"), "queue"
)


class _Judged(NamedTuple):
    """`new`: recipients the account never wrote to before; `counts_new`: whether they may make a burst."""

    verdict: Verdict
    new: frozenset[str] = frozenset()
    counts_new: bool = True


def judge_submission(
    request: SubmissionRequest,
    own: Collection[str],
    limits: Limits,
    exempt: Collection[str],
    *,
    now: datetime,
    forwards_mail: bool = False,
    withdrawn_at: float = 0.0,
    title_of_box: Callable[[int], str] = lambda account_id: "",
) -> Verdict:
    """Accept, hold or refuse a message, and count it unless it is refused; correct its display names.

    `own`: addresses the mailbox may write as, lower case; `exempt`: addresses that are never counted;
    `forwards_mail`: the mailbox forwards what others wrote (a list): any From is accepted, nothing is
    counted. `withdrawn_at`: when the credentials of this kind of connection were last withdrawn. Older
    connections, and accounts that may no longer sign in, must authenticate again. Idempotent by queue
    identifier. Concurrent messages of an account are judged one after the other.
    """
    holder = holder_of_mailbox(request.mailbox)
    if holder is None:
        return Verdict(Decision.REFUSE, "outbox.from-somebody-else")
    account_id = holder.account_id
    if (refusal := _refused_at_once(request, holder, withdrawn_at)) is not None:
        return refusal
    try:
        authors = request.authors if not forwards_mail else ()
        check_authors(authors, request.senders, own)
    except Refusal as faults:
        verdict = Verdict(Decision.REFUSE, faults.code)
        with transaction.atomic(durable=True):
            return _refused(account_id, "outbox.author-refused", verdict, now)
    is_exempt = forwards_mail or request.sender.lower() in exempt or request.mailbox in exempt
    # the transaction locks the whole of an SQLite database: reads come before and after it
    with transaction.atomic(durable=True):
        verdict = _judge_amount(account_id, request, limits, now, is_exempt=is_exempt)
    if verdict.decision is Decision.REFUSE:
        return verdict
    corrections = _name_corrections((*authors, *request.senders), account_id, request, title_of_box)
    return replace(verdict, corrections=corrections)


def _refused_at_once(
    request: SubmissionRequest, holder: MailboxHolder, withdrawn_at: float
) -> Verdict | None:
    """The refusal of an access that ended, or of a message larger than the class of service allows."""
    if request.signed_in_between.connected < withdrawn_at or not holder.is_open:
        return Verdict(Decision.REFUSE, "outbox.access-ended")
    if is_too_heavy(request.size, limit_mb := holder.limits.message_mb):
        return Verdict(Decision.REFUSE, "outbox.class-too-large", limit_mb=limit_mb)
    return None


def _judge_amount(
    account_id: int, request: SubmissionRequest, limits: Limits, now: datetime, *, is_exempt: bool
) -> Verdict:
    """Verdict of the sending limits unless exempt, stored once for each queue identifier."""
    for hold, hold_code in _STORED.rows(request.queue_id):
        return Verdict(Decision.HOLD, hold_code) if hold == HoldState.HELD else _ACCEPTED
    judgement = _Judged(_ACCEPTED) if is_exempt else _judge_limits(account_id, request, limits, now)
    verdict = judgement.verdict
    if verdict.decision is not Decision.REFUSE:
        _store(account_id, request, judgement, now, is_counted=not is_exempt)
    elif verdict.code.startswith("outbox.limit"):
        return _refused(account_id, "outbox.limit-refused", verdict, now)
    return verdict


def _name_corrections(
    fields: Sequence[str],
    account_id: int,
    request: SubmissionRequest,
    title_of_box: Callable[[int], str],
) -> tuple[FieldCorrection, ...]:
    """Corrections of the display names. No query for a message that gives none.

    A shared mailbox signs with its title in mail programs; on its pages, as its members choose.
    """
    if not any(display_name(field) for field in fields):
        return ()
    if names := signing_names_of(account_id):
        own = (names.shown, *names.surnames)
        signer = SignerName(names.shown, names.surnames)
        return correct_names(fields, signer, lambda name: names_somebody_else(name, own))
    title = title_of_box(account_id) if not request.by_token else ""
    return correct_names(fields, SignerName(title, (title,))) if title else ()


@transaction.atomic(durable=True)
def judge_automatic(
    request: SubmissionRequest,
    addresses: Collection[str],
    limits: Limits,
    *,
    leaves_academy: bool,
    reaches_list: bool,
    now: datetime,
    goes_outside: bool = False,
) -> Verdict:
    """Accept or refuse a message sent by a Sieve script, and count it unless it is refused.

    `addresses`, `leaves_academy`, `reaches_list`: as in `check_automatic`; `goes_outside`: a recipient is of
    another domain, where the class of service of the owner may let nothing go. Redirects have the limits of
    their owner, counted apart, and stay in the mailbox if refused; replies have their own: neither a flood
    nor an absence keeps its owner from writing. Replies are sent for suspended and departed accounts too.
    """
    holder = holder_of_mailbox(request.mailbox)
    if holder is None:
        return Verdict(Decision.REFUSE, "outbox.from-somebody-else")
    account_id = holder.account_id
    leaves_academy |= goes_outside and not holder.limits.forwards_outside
    try:
        check_automatic(request, addresses, leaves_academy=leaves_academy, reaches_list=reaches_list)
    except Refusal as refusal:
        return _refused(account_id, "outbox.script-refused", Verdict(Decision.REFUSE, refusal.code), now)
    if Submission.objects.filter(queue_id=request.queue_id).exists():
        return _ACCEPTED
    if request.origin is Origin.REPLIED:
        judgement = _Judged(_judge_reply(account_id, limits, now))
    elif not holder.is_open:
        return Verdict(Decision.REFUSE, "outbox.redirect-limit")
    else:
        judgement = _judge_limits(account_id, request, limits, now)
        if judgement.verdict.decision is not Decision.TAKE:
            judgement = _Judged(Verdict(Decision.REFUSE, "outbox.redirect-limit", judgement.verdict.until))
    if judgement.verdict.decision is not Decision.TAKE:
        return _refused(account_id, "outbox.limit-refused", judgement.verdict, now)
    _store(account_id, request, judgement, now, is_counted=request.origin is Origin.REDIRECTED)
    return judgement.verdict


def _refused(account_id: int, action: str, verdict: Verdict, now: datetime) -> Verdict:
    """The verdict, recorded in the journal."""
    record(action, to=account_subject(account_id), by="gate", at=now, reason=verdict.code)
    return verdict


def _judge_reply(account_id: int, limits: Limits, now: datetime) -> Verdict:
    """Verdict on one more vacation reply."""
    replies = Submission.objects.filter(account_id=account_id, origin=Origin.REPLIED)
    for window in limits.replies:
        since = now - timedelta(minutes=window.minutes)
        if replies.filter(at__gt=since).count() >= window.most:
            return Verdict(Decision.REFUSE, "outbox.limit", now + timedelta(minutes=window.minutes))
    return _ACCEPTED


def _judge_limits(account_id: int, request: SubmissionRequest, limits: Limits, now: datetime) -> _Judged:
    """Verdict of the sending limits. An announced sending uses up what was announced, and no limit."""
    recipients = frozenset(address.lower() for address in request.recipients)
    strangers = unknown_recipients(account_id, recipients)
    sender = locked_limits(account_id)
    is_own = request.origin is not Origin.REDIRECTED  # what was announced is not for what others write
    is_announced = sender.bulk_until is not None and sender.bulk_until > now
    if is_own and is_announced and sender.bulk_left >= len(recipients):
        left = sender.bulk_left - len(recipients)
        SenderState.objects.filter(account_id=account_id).update(bulk_left=left)
        return _Judged(_ACCEPTED, strangers, counts_new=False)
    is_confirmed = sender.confirmed_until is not None and sender.confirmed_until > now
    verdict = limits_verdict(
        limits,
        recently_sent(account_id, request.network, request.origin, limits, now),
        recipients=len(recipients),
        strangers=len(strangers),
        is_confirmed=is_confirmed,
        at=now,
    )
    return _Judged(verdict, strangers)


def _store(
    account_id: int,
    request: SubmissionRequest,
    judged: _Judged,
    now: datetime,
    *,
    is_counted: bool,
) -> None:
    """Store an accepted or held submission, and remember its recipients."""
    verdict = judged.verdict
    is_held = verdict.decision is Decision.HOLD
    row = Submission.objects.create(
        account_id=account_id,
        queue_id=request.queue_id,
        origin=request.origin,
        message_id=request.message_id[:255],
        sender=request.sender[:254],
        subject=request.subject[:255],
        recipients=list(request.recipients),
        counted=len(request.recipients) if is_counted else 0,
        strangers=len(judged.new) if judged.counts_new else 0,
        network=request.network,
        hold=HoldState.HELD if is_held else HoldState.NONE,
        hold_code=verdict.code if is_held else "",
        at=now,
    )
    recipients = [KnownRecipient(account_id=account_id, address=address[:254]) for address in judged.new]
    KnownRecipient.objects.bulk_create(recipients, ignore_conflicts=True)
    if is_held:
        record("outbox.message-held", to=account_subject(account_id), by="gate", at=now, reason=verdict.code)
        announce(MailHeld(account_id, row.pk, now.isoformat()))
