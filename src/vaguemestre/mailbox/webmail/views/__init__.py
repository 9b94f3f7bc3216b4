"""Views of the webmail."""

from vaguemestre.mailbox.webmail.views.actions import act_on_messages, renew_ticket
from vaguemestre.mailbox.webmail.views.attachments import list_attachments
from vaguemestre.mailbox.webmail.views.bulks import show_bulk, start_bulk, undo_bulk
from vaguemestre.mailbox.webmail.views.choices import change_label, change_search, save_choices
from vaguemestre.mailbox.webmail.views.deleted_messages import list_deleted, recover_messages
from vaguemestre.mailbox.webmail.views.folders import change_folder, count_shared_unread
from vaguemestre.mailbox.webmail.views.listing.lists import (
    find_day,
    list_folders,
    list_rows,
    show_folder,
    show_inbox,
)
from vaguemestre.mailbox.webmail.views.listing.merged import list_all_rows, show_all_boxes
from vaguemestre.mailbox.webmail.views.message.cards import show_card
from vaguemestre.mailbox.webmail.views.message.files import (
    save_all_parts,
    save_message,
    save_part,
    show_header,
    show_picture,
    show_source,
)
from vaguemestre.mailbox.webmail.views.message.messages import (
    open_enclosed,
    open_message,
    print_message,
    show_body,
    show_conversation,
)
from vaguemestre.mailbox.webmail.views.message.one_click import (
    answer_invitation,
    answer_receipt,
    choose_showing,
    free_time,
    report_message,
    unsubscribe,
)
from vaguemestre.mailbox.webmail.views.message.previews import make_preview, pdf_reader, preview_part
from vaguemestre.mailbox.webmail.views.reminders import (
    await_answer,
    cancel_reminders,
    list_reminders,
    offer_choices,
    snooze_messages,
)
from vaguemestre.mailbox.webmail.views.reports import close_reports, list_reports

__all__ = [
    "act_on_messages",
    "answer_invitation",
    "answer_receipt",
    "await_answer",
    "cancel_reminders",
    "change_folder",
    "change_label",
    "change_search",
    "choose_showing",
    "close_reports",
    "count_shared_unread",
    "find_day",
    "free_time",
    "list_all_rows",
    "list_attachments",
    "list_deleted",
    "list_folders",
    "list_reminders",
    "list_reports",
    "list_rows",
    "make_preview",
    "offer_choices",
    "open_enclosed",
    "open_message",
    "pdf_reader",
    "preview_part",
    "print_message",
    "recover_messages",
    "renew_ticket",
    "report_message",
    "save_all_parts",
    "save_choices",
    "save_message",
    "save_part",
    "show_all_boxes",
    "show_body",
    "show_bulk",
    "show_card",
    "show_conversation",
    "show_folder",
    "show_header",
    "show_inbox",
    "show_picture",
    "show_source",
    "snooze_messages",
    "start_bulk",
    "undo_bulk",
    "unsubscribe",
]
