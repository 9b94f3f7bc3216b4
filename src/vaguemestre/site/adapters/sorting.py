"""What sorting knows of contacts."""

from vaguemestre.mailbox.contacts.queries import contacts_of


def known_addresses(account_id: int) -> tuple[str, ...]:
    return tuple(one.address for one in contacts_of(account_id))
