"""Views of contacts."""

from vaguemestre.mailbox.contacts.views.card_button import keep_address, show_card
from vaguemestre.mailbox.contacts.views.cards import (
    add_contact,
    delete_contact,
    edit_contact,
    list_contacts,
    show_photo,
)
from vaguemestre.mailbox.contacts.views.exchange import export_contacts, import_contacts, show_duplicates
from vaguemestre.mailbox.contacts.views.groups import add_group, edit_group
from vaguemestre.mailbox.contacts.views.school_books import begin_book, change_writers

__all__ = [
    "add_contact",
    "add_group",
    "begin_book",
    "change_writers",
    "delete_contact",
    "edit_contact",
    "edit_group",
    "export_contacts",
    "import_contacts",
    "keep_address",
    "list_contacts",
    "show_card",
    "show_duplicates",
    "show_photo",
]
