"""The screens of lists: mine, one of them, its members, its queue, its letters."""

from vaguemestre.schools.lists.views.administration import (
    add_members,
    change_keepers,
    close,
    edit_rule,
    edit_settings,
    make,
    remove_members,
    show_members,
)
from vaguemestre.schools.lists.views.letters import (
    decide,
    save_part,
    save_part_outside,
    show_archive,
    show_body,
    show_copies,
    show_letter,
    show_queue,
    why_outside,
)
from vaguemestre.schools.lists.views.mine import join, leave, leave_by_link, list_lists, show_list, why

__all__ = [
    "add_members",
    "change_keepers",
    "close",
    "decide",
    "edit_rule",
    "edit_settings",
    "join",
    "leave",
    "leave_by_link",
    "list_lists",
    "make",
    "remove_members",
    "save_part",
    "save_part_outside",
    "show_archive",
    "show_body",
    "show_copies",
    "show_letter",
    "show_list",
    "show_members",
    "show_queue",
    "why",
    "why_outside",
]
