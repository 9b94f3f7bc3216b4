"""What the worker does for a composer whose message left, or did not."""

from django.utils import timezone

from vaguemestre.outbox.events import MessageFiled, MessageRefused
from vaguemestre.webmail.ports import open_mailbox
from vaguemestre.writing import services


def forget_composer(event: MessageFiled) -> None:
    services.forget_writing(event.account_id, event.key, open_mailbox.get())


def bring_draft_back(event: MessageRefused) -> None:
    services.take_back(event.account_id, event.key, open_mailbox.get(), now=timezone.now())
