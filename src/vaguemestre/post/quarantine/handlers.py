"""Jobs and rounds of the quarantine."""

from django.conf import settings
from django.utils import timezone

from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.queries import is_closed
from vaguemestre.people.provisioning.ports import mail_directory
from vaguemestre.post.quarantine import ports, services
from vaguemestre.post.quarantine.events import ReleaseAsked
from vaguemestre.post.trace.events import MailQuarantined, MailUnexamined


def follow_delivery(event: MailQuarantined) -> None:
    """Write down what was delivered into quarantine."""
    services.store_found(event.mailbox, ports.quarantined_mail.get())


def hand_over(event: ReleaseAsked) -> None:
    """Move what was asked for to the inbox."""
    services.hand_over(event.mailbox, ports.quarantined_mail.get())


def note_unexamined(event: MailUnexamined) -> None:
    """Write down what has to be examined."""
    services.note_unexamined(event.queue_ids, now=timezone.now())


def examine_unexamined() -> None:
    """Periodic task: what was delivered without the virus check or the filter."""
    services.examine_unexamined(
        services.Examiner(
            ports.virus_check.get(),
            ports.content_filter.get(),
            ports.late_examination.get(),
            mail_directory.get().mailboxes_of,
            timezone.now,
        )
    )


def purge_old_notes() -> None:
    """Periodic task: forget what could not be examined in time."""
    services.delete_old_notes(now=timezone.now())


def send_digests() -> None:
    """Periodic task: at 8:00 on working days."""
    services.send_digests(now=timezone.now())


def purge_old_messages() -> None:
    """Periodic task: delete the messages whose time in quarantine is over."""
    days = settings.CONFIG.retention.quarantine_days
    services.delete_old_messages(days, ports.quarantined_mail.get(), now=timezone.now())


def forget_person(event: PersonErased) -> None:
    """Delete the data of a person erased from the directory (GDPR art. 17)."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)
