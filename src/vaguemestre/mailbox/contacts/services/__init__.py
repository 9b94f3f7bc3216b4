"""Keeping address books: one's own, and those one may write in."""

from vaguemestre.mailbox.contacts.services.cards import (
    MOST_COLLECTED,
    collect_addresses,
    delete_contact,
    delete_on,
    delete_stored,
    keep_address,
    save_contact,
    save_on,
    store_card,
)
from vaguemestre.mailbox.contacts.services.erasure import forget_person
from vaguemestre.mailbox.contacts.services.exchange import import_file
from vaguemestre.mailbox.contacts.services.groups import choose_members, join_groups, save_group
from vaguemestre.mailbox.contacts.services.school_books import allow_writer, begin_book, forbid_writer
from vaguemestre.mailbox.contacts.services.twins import merge_cards

__all__ = [
    "MOST_COLLECTED",
    "allow_writer",
    "begin_book",
    "choose_members",
    "collect_addresses",
    "delete_contact",
    "delete_on",
    "delete_stored",
    "forbid_writer",
    "forget_person",
    "import_file",
    "join_groups",
    "keep_address",
    "merge_cards",
    "save_contact",
    "save_group",
    "save_on",
    "store_card",
]
