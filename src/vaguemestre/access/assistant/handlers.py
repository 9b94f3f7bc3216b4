"""Handlers: welcome message, messages to private addresses, erasure."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from vaguemestre.access.assistant import services
from vaguemestre.access.assistant.events import LetterDue
from vaguemestre.access.assistant.ports import deliver_welcome
from vaguemestre.access.assistant.rules.letters import private_letter
from vaguemestre.access.assistant.rules.welcome import welcome_id, welcome_message
from vaguemestre.access.assistant.services import letter_sender
from vaguemestre.access.signin.ports import send_outside
from vaguemestre.access.signin.rules.contact_mails import unseal_letter
from vaguemestre.foundation.ui.academy import academy_of_address
from vaguemestre.people.credentials.events import AccountActivated, PersonErased
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import identified, is_closed, presented
from vaguemestre.people.credentials.values import AccountState
from vaguemestre.people.paragraphs.queries import paragraph_for
from vaguemestre.people.paragraphs.values import LetterKind


def send_welcome(event: AccountActivated) -> None:
    """Deliver the welcome message, once."""
    account = presented(event.account_id)
    if (
        account is None
        or account.state != AccountState.ACTIVE
        or identified(event.account_id).person_id is None
    ):
        return
    now, domain = timezone.now(), account.address.rpartition("@")[2]
    content = welcome_message(
        name=account.name,
        address=account.address,
        mailbox=account.mailbox,
        username=account.username,
        site=settings.CONFIG.site_of(domain),
        now=now,
        paragraph=paragraph_for(LetterKind.WELCOME, domain),
    )
    deliver_welcome.get()(account.mailbox, content, welcome_id(account.mailbox), now)


def send_letter(event: LetterDue) -> None:
    """Send a message to a private address, in any state of the account: it may say how to reopen it."""
    if not event.account_id:
        return
    to, code = unseal_letter(event.sealed, event.account_id, secret_keys.get())
    at = datetime.fromisoformat(event.at)
    account = presented(event.account_id)
    academy = academy_of_address(account.address if account else "")
    sender, site = letter_sender(academy.domain, now=timezone.now()), settings.CONFIG.site_of(academy.domain)
    content = private_letter(event.kind, to=to, code=code, sender=sender, site=site, at=at)
    send_outside.get()(sender, sender, [to], content)


def erase_account(event: PersonErased) -> None:
    """Erase what this room keeps of a person whose account is closed (GDPR art. 17)."""
    if is_closed(event.account_id):
        services.erase_account(event.account_id)


def purge_old_codes() -> None:
    """Periodic task: delete issued codes that ended long ago."""
    services.delete_old_codes(now=timezone.now())
