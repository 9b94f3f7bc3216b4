"""Messages to private addresses: announced sealed, sent from the platform's own mailbox."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from vaguemestre.access.assistant.events import LetterDue
from vaguemestre.access.assistant.rules.letters import SENDER
from vaguemestre.access.signin.rules.contact_mails import seal_letter
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.people.credentials.queries import find_account
from vaguemestre.people.credentials.services import activate_with_hash, open_account
from vaguemestre.people.credentials.values import AccountRole, SecretKeys

_QUOTA_MB = 50


def announce_letter(
    account_id: int, kind: str, address: str, keys: SecretKeys, *, now: datetime, code: str = ""
) -> None:
    """Announce a message to that address; one to "" is announced too, and not sent.

    Inside the caller's transaction.
    """
    owner = account_id if address else 0
    announce(LetterDue(owner, kind, seal_letter(address, code, owner, keys), now.isoformat()))


@transaction.atomic(durable=True)
def letter_sender(domain: str, *, now: datetime) -> str:
    """Use case: the platform's sending mailbox, created at first use. No password opens it."""
    mailbox = f"{SENDER}@{domain}"
    if find_account(mailbox) is None:
        account_id = open_account(None, SENDER, mailbox, AccountRole.AGENT, _QUOTA_MB, by="system", now=now)
        activate_with_hash(account_id, make_password(None), charter="", by="system", now=now)
    return mailbox
