"""What the worker does for an outgoing message."""

from django.utils import timezone

from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.queries import is_closed
from vaguemestre.post.outbox import services
from vaguemestre.post.outbox.events import HoldEnded, MessageQueued
from vaguemestre.post.outbox.ports import accepted, end_hold, file_sent, submit


def find_lost_messages() -> None:
    """A message whose job was lost with its worker gets a new one."""
    services.resume_messages(now=timezone.now())


def send(event: MessageQueued) -> None:
    services.send_message(
        event.outgoing_id,
        submit=submit.get(),
        accepted=accepted.get(),
        file_sent=file_sent.get(),
        now=timezone.now(),
    )


def follow_hold(event: HoldEnded) -> None:
    """The queue obeys what was decided of a held message."""
    services.end_hold(event.passage_id, end_hold.get())


def forget_old_passages() -> None:
    services.forget_passages(now=timezone.now())


def forget_person(event: PersonErased) -> None:
    """Their civil status is erased: nothing of theirs stays here."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)
