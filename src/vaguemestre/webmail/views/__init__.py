"""The reader's screens."""

from vaguemestre.webmail.views.files import (
    look_at_part,
    save_message,
    save_part,
    show_picture,
    show_source,
)
from vaguemestre.webmail.views.lists import list_folders, list_rows, show_folder, show_inbox
from vaguemestre.webmail.views.messages import open_message, show_body, show_conversation
from vaguemestre.webmail.views.moves import act, renew_ticket

__all__ = [
    "act",
    "list_folders",
    "list_rows",
    "look_at_part",
    "open_message",
    "renew_ticket",
    "save_message",
    "save_part",
    "show_body",
    "show_conversation",
    "show_folder",
    "show_inbox",
    "show_picture",
    "show_source",
]
