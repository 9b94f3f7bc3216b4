"""Use cases of address books."""

from vaguemestre.mailbox.contacts.services.cards import (
    MAX_COLLECTED,
    collect_addresses,
    delete_card,
    delete_contact,
    delete_stored,
    keep_address,
    save_card,
    save_contact,
    store_card,
)
from vaguemestre.mailbox.contacts.services.duplicates import merge_duplicates
from vaguemestre.mailbox.contacts.services.erasure import forget_person
from vaguemestre.mailbox.contacts.services.exchange import import_file
from vaguemestre.mailbox.contacts.services.export import MAX_PAGE_CHARACTERS, export_book
from vaguemestre.mailbox.contacts.services.groups import choose_members, join_groups, save_group
from vaguemestre.mailbox.contacts.services.school_books import allow_writer, begin_book, forbid_writer

__all__ = [
    "MAX_COLLECTED",
    "MAX_PAGE_CHARACTERS",
    "allow_writer",
    "begin_book",
    "choose_members",
    "collect_addresses",
    "delete_card",
    "delete_contact",
    "delete_stored",
    "export_book",
    "forbid_writer",
    "forget_person",
    "import_file",
    "join_groups",
    "keep_address",
    "merge_duplicates",
    "save_card",
    "save_contact",
    "save_group",
    "store_card",
]
