"""Views of lists: « Mes listes », administration, moderation, letters."""

from vaguemestre.schools.lists.views.administration import (
    add_members,
    change_roles,
    close,
    create,
    edit_rule,
    edit_settings,
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
    "change_roles",
    "close",
    "create",
    "decide",
    "edit_rule",
    "edit_settings",
    "join",
    "leave",
    "leave_by_link",
    "list_lists",
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
