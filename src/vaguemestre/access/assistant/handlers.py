"""What follows an activation, and letters to private addresses."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from vaguemestre.access.assistant import services
from vaguemestre.access.assistant.events import LetterDue
from vaguemestre.access.assistant.ports import deliver_welcome
from vaguemestre.access.assistant.rules.letters import letter
from vaguemestre.access.assistant.rules.welcome import welcome as welcoming
from vaguemestre.access.assistant.rules.welcome import welcome_id
from vaguemestre.access.assistant.services import letter_sender
from vaguemestre.access.signin.ports import send_outside
from vaguemestre.access.signin.rules.contact_mails import opened_letter
from vaguemestre.people.credentials.events import AccountActivated, PersonErased
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import identified, is_closed, presented


def welcome(event: AccountActivated) -> None:
    """Put the welcome message in the inbox, once."""
    account = presented(event.account_id)
    if account is None or account.state != "active" or identified(event.account_id).person_id is None:
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


def send_letter(event: LetterDue) -> None:
    """Whatever the account's state: a letter may say how it is opened again."""
    if not event.account_id:
        return
    to, code = opened_letter(event.sealed, event.account_id, secret_keys.get())
    at = datetime.fromisoformat(event.at)
    sender = letter_sender(settings.CONFIG.academy.domain, now=timezone.now())
    content = letter(event.kind, to=to, code=code, sender=sender, site=settings.CONFIG.public_url, at=at)
    send_outside.get()(sender, sender, [to], content)


def forget_person(event: PersonErased) -> None:
    """Their civil status is erased: nothing of theirs stays here."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)
