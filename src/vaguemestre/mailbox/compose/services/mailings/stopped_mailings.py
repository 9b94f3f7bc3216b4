"""Mailings that stop: of an account somebody else may have used, or for their writer to correct."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from vaguemestre.access.signin.services import notify_owner
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.models import Composition, Mailing
from vaguemestre.mailbox.compose.values import MailingState
from vaguemestre.post.outbox.services import forget_withdrawn_messages, withdraw_author_messages
from vaguemestre.schools.sharing.queries import access_to, box_id_of_account, owners_of
from vaguemestre.schools.sharing.values import Right


def stop_mailings_of(account_id: int, *, by: str, now: datetime) -> None:
    """Stop the mailings of a mailbox and those its person began in others. Inside the caller's transaction.

    Their writers resume or give up. Copies that wait in the outbox of another mailbox do not leave it; what
    waits in one's own is for the caller to stop.
    """
    theirs = Q(account_id=account_id) | Q(acting_id=account_id)
    rows = Mailing.objects.select_for_update().filter(theirs, state=MailingState.RUNNING)
    for mailing in list(rows.order_by("pk")):
        Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.STOPPED)
        record("compose.mailing-stopped", to=account_subject(mailing.account_id), by=by, at=now)
        if mailing.account_id != account_id:
            numbers = mailing.copies.exclude(queued_at=None).values_list("number", flat=True)
            keys = [f"{mailing.series}.{number}" for number in numbers]
            withdraw_author_messages(mailing.account_id, keys, by=by, now=now)


@transaction.atomic(durable=True)
def stop_member_mailings(box_account_id: int, account_id: int, *, by: str, now: datetime) -> None:
    """Stop the mailings that somebody began in a mailbox, if they still may not send from it. Idempotent."""
    access = access_to(box_id_of_account(box_account_id) or 0, account_id, now)
    if access is not None and access.may(Right.SEND):
        return
    theirs = Mailing.objects.filter(
        account_id=box_account_id, acting_id=account_id, state=MailingState.RUNNING
    )
    for mailing in theirs.exclude(composition=None).select_related("composition").order_by("pk"):
        stop_and_tell(mailing, "mailing-stopped", by=by, now=now)


@transaction.atomic
def stop_and_tell(mailing: Mailing, notice: str, *, by: str, now: datetime) -> None:
    """Stop a mailing that its writer may not send any more, or whose draft is gone, and tell them, once.

    In a shared mailbox its owners are told too: they may resume it.
    """
    if not Mailing.objects.filter(pk=mailing.pk, state=MailingState.RUNNING).update(
        state=MailingState.STOPPED
    ):
        return
    record("compose.mailing-stopped", to=account_subject(mailing.account_id), by=by, at=now)
    subject = mailing.composition.subject[:200] if mailing.composition else ""
    author, detail = mailing.acting_id or mailing.account_id, f"Objet : {subject}"
    notify_owner(author, notice, now=now, detail=detail)
    if mailing.acting_id and notice == "mailing-stopped":
        for owner in _owners_of_mailbox(mailing.account_id, now) - {author}:
            notify_owner(owner, "member-mailing-stopped", now=now, detail=detail)


def _owners_of_mailbox(account_id: int, now: datetime) -> set[int]:
    """Owners of a school's or a service's mailbox; of somebody's own, themself."""
    return set(owners_of(box_id_of_account(account_id) or 0, now)) or {account_id}


def take_up_withdrawn(mailing: Mailing) -> None:
    """Let copies be queued again that were withdrawn because their sender might write no longer.

    Whoever resumes the mailing sends them. Inside the caller's transaction.
    """
    keys = forget_withdrawn_messages(mailing.account_id, mailing.series)
    numbers = [int(key.rpartition(".")[2]) for key in keys]
    mailing.copies.filter(number__in=numbers).update(queued_at=None)


@transaction.atomic(durable=True)
def reopen_mailing(account_id: int, key: str) -> None:
    """Give the draft of a stopped mailing back to its writer, with the copies prepared from their file.

    Idempotent. Raises Refusal `compose.gone`, `compose.copies-left` when a copy has been queued.
    """
    rows = Mailing.objects.select_for_update().filter(account_id=account_id, key=key)
    mailing = rows.exclude(composition=None).first()
    if mailing is None:
        raise Refusal("compose.gone")
    if mailing.state == MailingState.READY:
        return
    if mailing.state != MailingState.STOPPED or mailing.copies.exclude(queued_at=None).exists():
        raise Refusal("compose.copies-left")
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.READY, due_at=None)
    Composition.objects.filter(mailing=mailing).update(is_sending=False)
