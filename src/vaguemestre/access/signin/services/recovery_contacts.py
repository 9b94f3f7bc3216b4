"""Changes of a recovery contact. Use cases."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from vaguemestre.access.signin.events import AccountTouched, ContactMailDue
from vaguemestre.access.signin.rules.contact_mails import seal_letter
from vaguemestre.access.signin.services.security_notices import notify_owner
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import contacts_of
from vaguemestre.people.credentials.rules.delivered_codes import contact_address
from vaguemestre.people.credentials.services import confirm_contact, drop_contact, propose_contact
from vaguemestre.people.credentials.values import SecretKeys


@transaction.atomic(durable=True)
def begin_contact(
    account_id: int, typed: str, own_domains: Collection[str], keys: SecretKeys, *, now: datetime
) -> None:
    """Mail a code to the contact. Raises Refusal `kernel.address-malformed`, `credentials.contact-inside`."""
    address = contact_address(typed, own_domains)
    code = propose_contact(account_id, address, keys, now=now)
    announce(ContactMailDue(account_id, "confirm", seal_letter(address, code, account_id, keys)))


@transaction.atomic(durable=True)
def finish_contact(account_id: int, code: str, keys: SecretKeys, *, now: datetime) -> AccountTouched | None:
    """Confirm the contact by its code and notify owner and former contacts; None for a wrong code.

    A failed attempt is counted, so it must commit too.
    """
    former = [contact.address for contact in contacts_of(account_id, now)]
    number = confirm_contact(account_id, code, keys, by=account_subject(account_id), now=now)
    if not number:
        return None
    for address in former:
        announce(ContactMailDue(account_id, "replaced", seal_letter(address, "", account_id, keys)))
    return notify_owner(account_id, "contact-set", now=now, number=number)


@transaction.atomic(durable=True)
def remove_contact(account_id: int, contact_id: int, *, now: datetime) -> AccountTouched:
    """Remove a contact. Raises Refusal `signin.contact-gone`."""
    if not drop_contact(account_id, contact_id, by=account_subject(account_id), now=now):
        raise Refusal("signin.contact-gone")
    return notify_owner(account_id, "contact-dropped", now=now, number=contact_id)
