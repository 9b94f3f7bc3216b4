"""Handlers of compose: follow sent and refused messages, run mailings."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.compose import queries, services
from vaguemestre.mailbox.compose.events import MailingDue
from vaguemestre.mailbox.compose.http import whole_size_limit
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.queries import is_closed
from vaguemestre.people.intake.events import PersonTransferred
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.post.outbox.events import MessageFiled, MessageRefused
from vaguemestre.post.outbox.queries import find_outgoing
from vaguemestre.schools.rosters.ports import managed_schools
from vaguemestre.schools.sharing.events import SendingEnded


def delete_filed_draft(event: MessageFiled) -> None:
    """Delete the draft of a message filed in Sent."""
    services.delete_filed_draft(event.account_id, event.key, open_mailbox.get())


def move_identities(event: PersonTransferred) -> None:
    """Move the identities of somebody who goes to another académie of this installation."""
    services.move_identities(event.account_id, event.left_domain, event.new_address)


def run_mailing(event: MailingDue) -> None:
    """Hand copies of the mailing to the outbox."""
    services.run_mailing(
        event.mailing_id,
        open_mailbox.get(),
        limit=whole_size_limit(),
        now=timezone.now(),
        managed=managed_schools.get(),
    )


def stop_member_mailings(event: SendingEnded) -> None:
    """Stop the mailings of a member who may no longer send from that mailbox, and tell them."""
    services.stop_member_mailings(event.box_account_id, event.account_id, by=event.by, now=timezone.now())


def resume_lost_mailings() -> None:
    """Periodic: announce the mailings whose job was lost, for the worker of long work to run them."""
    now = timezone.now()
    services.resume_mailings(queries.running_mailings(now - timedelta(minutes=5)), now=now)


def is_draft_deleted(account_id: int, key: str) -> bool:
    """Implements `outbox.ports.IsDraftDeleted`."""
    return services.is_sent_draft_gone(account_id, key, open_mailbox.get())


def purge_old_mailings() -> None:
    """Periodic: delete abandoned compositions, and to whom old mailings went."""
    now = timezone.now()
    services.delete_abandoned(now=now)
    services.delete_old_mailings(settings.CONFIG.retention.submissions_days, now=now)


def restore_refused_draft(event: MessageRefused) -> None:
    """Put the text of a refused message back into its draft, and tell its author why."""
    outgoing = find_outgoing(event.account_id, event.key)
    why = sentence(Refusal(outgoing.reason, address=outgoing.about)) if outgoing and outgoing.reason else ""
    services.restore_refused_draft(
        event.account_id, event.key, open_mailbox.get(), why=why, now=timezone.now()
    )


def forget_person(event: PersonErased) -> None:
    """Erase the compose data of an erased person."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)
