"""Administration, membership, arrival, moderation and fan-out of lists."""

from vaguemestre.schools.lists.services.administration import (
    change_rule,
    change_settings,
    close_list,
    create_list,
    creation_scope,
    remove_role,
    set_role,
)
from vaguemestre.schools.lists.services.arrival import read_list
from vaguemestre.schools.lists.services.delivery_events import announce_mail, handle_deliveries, resume_fanout
from vaguemestre.schools.lists.services.erasure import forget_person
from vaguemestre.schools.lists.services.fanout import fan_out
from vaguemestre.schools.lists.services.former_posts import end_with_posts
from vaguemestre.schools.lists.services.membership import (
    join_list,
    leave_academy,
    leave_by_token,
    leave_list,
    letter_token,
    read_letter_token,
    read_unsubscribe_token,
    subscribe,
    unsubscribe,
    unsubscribe_token,
)
from vaguemestre.schools.lists.services.moderation import (
    accept_letter,
    drop_letter,
    refuse_letter,
    resume_letter,
    stop_letter,
    unschedule_letter,
)
from vaguemestre.schools.lists.services.restoration import stop_restored_letters
from vaguemestre.schools.lists.services.retention import delete_old_copies

__all__ = [
    "accept_letter",
    "announce_mail",
    "change_rule",
    "change_settings",
    "close_list",
    "create_list",
    "creation_scope",
    "delete_old_copies",
    "drop_letter",
    "end_with_posts",
    "fan_out",
    "forget_person",
    "handle_deliveries",
    "join_list",
    "leave_academy",
    "leave_by_token",
    "leave_list",
    "letter_token",
    "read_letter_token",
    "read_list",
    "read_unsubscribe_token",
    "refuse_letter",
    "remove_role",
    "resume_fanout",
    "resume_letter",
    "set_role",
    "stop_letter",
    "stop_restored_letters",
    "subscribe",
    "unschedule_letter",
    "unsubscribe",
    "unsubscribe_token",
]
