"""Contacts' addresses for filter conditions."""

from vaguemestre.mailbox.contacts.queries import contacts_of


def known_addresses(account_id: int) -> tuple[str, ...]:
    return tuple(contact.address for contact in contacts_of(account_id))
