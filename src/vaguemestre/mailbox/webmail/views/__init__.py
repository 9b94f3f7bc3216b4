"""The reader's screens."""

from vaguemestre.mailbox.webmail.views.answers import (
    answer_invitation,
    answer_receipt,
    choose_showing,
    leave_list,
    report_message,
)
from vaguemestre.mailbox.webmail.views.bulks import show_bulk, start_bulk, undo_bulk
from vaguemestre.mailbox.webmail.views.cards import show_card
from vaguemestre.mailbox.webmail.views.choices import change_label, change_search, save_choices
from vaguemestre.mailbox.webmail.views.files import (
    save_all_parts,
    save_message,
    save_part,
    show_header,
    show_picture,
    show_source,
)
from vaguemestre.mailbox.webmail.views.folders import change_folder, count_elsewhere
from vaguemestre.mailbox.webmail.views.lists import find_day, list_folders, list_rows, show_folder, show_inbox
from vaguemestre.mailbox.webmail.views.looks import look_at_part, make_preview, pdf_reader
from vaguemestre.mailbox.webmail.views.messages import (
    open_enclosed,
    open_message,
    print_message,
    show_body,
    show_conversation,
)
from vaguemestre.mailbox.webmail.views.moves import act, renew_ticket
from vaguemestre.mailbox.webmail.views.queues import close_reports, list_files, list_reports
from vaguemestre.mailbox.webmail.views.reminders import (
    await_answer,
    call_off,
    list_reminders,
    propose_moments,
    put_off,
)

__all__ = [
    "act",
    "answer_invitation",
    "answer_receipt",
    "await_answer",
    "call_off",
    "change_folder",
    "change_label",
    "change_search",
    "choose_showing",
    "close_reports",
    "count_elsewhere",
    "find_day",
    "leave_list",
    "list_files",
    "list_folders",
    "list_reminders",
    "list_reports",
    "list_rows",
    "look_at_part",
    "make_preview",
    "open_enclosed",
    "open_message",
    "pdf_reader",
    "print_message",
    "propose_moments",
    "put_off",
    "renew_ticket",
    "report_message",
    "save_all_parts",
    "save_choices",
    "save_message",
    "save_part",
    "show_body",
    "show_bulk",
    "show_card",
    "show_conversation",
    "show_folder",
    "show_header",
    "show_inbox",
    "show_picture",
    "show_source",
    "start_bulk",
    "undo_bulk",
]
