"""What follows an activation: a first message."""

from django.conf import settings
from django.utils import timezone

from vaguemestre.assistant.ports import deliver_welcome
from vaguemestre.assistant.rules import welcome as welcoming
from vaguemestre.assistant.rules import welcome_id
from vaguemestre.credentials.events import AccountActivated
from vaguemestre.credentials.queries import presented


def welcome(event: AccountActivated) -> None:
    """Put the welcome message in the inbox, once."""
    account = presented(event.account_id)
    if account is None or account.state != "active":
        return
    now = timezone.now()
    content = welcoming(
        name=account.name,
        address=account.address,
        mailbox=account.mailbox,
        username=account.username,
        site=settings.CONFIG.public_url,
        now=now,
    )
    deliver_welcome.get()(account.mailbox, content, welcome_id(account.mailbox), now)
