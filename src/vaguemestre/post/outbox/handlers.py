"""Jobs of the outbox."""

from django.conf import settings
from django.utils import timezone

from vaguemestre.foundation.jobs.periodic import without_backoff
from vaguemestre.foundation.jobs.tasks import follow_up
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.queries import is_closed
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.post.outbox import services
from vaguemestre.post.outbox.events import HoldEnded, MessageQueued
from vaguemestre.post.outbox.ports import (
    end_hold,
    file_sent,
    is_draft_deleted,
    mark_answered,
    store_round_trip,
    submit,
    was_accepted,
)
from vaguemestre.post.outbox.rules.self_mail import self_mail_address


def resume_lost_messages() -> None:
    """Announce again messages whose job was lost with its worker."""
    services.retry_overdue_messages(now=timezone.now())


@without_backoff
def send_self_mail() -> None:
    """Send a message round, so that a metric tells how long mail takes."""
    if settings.CONFIG.metrics.self_mail:
        services.send_self_mail(
            self_mail_address(settings.CONFIG.academy.domain),
            submit.get(),
            open_mailbox.get(),
            store_round_trip.get(),
            now=timezone.now(),
        )


def send(event: MessageQueued) -> None:
    """Send a message, and do what follows its filing.

    In this job and not in one of its own, which would cost as much again as the filing: a worker that dies
    before the end leaves this one, and whoever takes it up finds the message filed.
    """
    filed = services.send_message(
        event.outbox_id,
        submit=submit.get(),
        was_accepted=was_accepted.get(),
        mark_answered=mark_answered.get(),
        file_sent=file_sent.get(),
        is_draft_deleted=is_draft_deleted.get(),
        now=timezone.now(),
    )
    if filed is not None:
        follow_up(filed)


def follow_hold(event: HoldEnded) -> None:
    """Apply the decision on a held submission to the mail queue."""
    services.end_hold(event.submission_id, end_hold.get(), now=timezone.now())


def end_own_holds() -> None:
    """Tell the queue of this machine what was decided on others of messages it holds."""
    services.end_holds(end_hold.get(), now=timezone.now())


def purge_old_submissions() -> None:
    services.purge_submissions(settings.CONFIG.retention.submissions_days, now=timezone.now())


def forget_person(event: PersonErased) -> None:
    """Delete the data of a person erased from the directory (GDPR art. 17)."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)
