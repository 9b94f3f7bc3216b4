"""Making and keeping lists, taking mail in, deciding, handing copies over."""

from vaguemestre.schools.lists.services.administration import (
    add_keeper,
    change_rule,
    change_settings,
    close_list,
    make_list,
    reach_of,
    remove_keeper,
)
from vaguemestre.schools.lists.services.arrival import read_list
from vaguemestre.schools.lists.services.delivery_events import carry_again, hear_again, hear_deliveries
from vaguemestre.schools.lists.services.erasure import forget_person
from vaguemestre.schools.lists.services.fanout import carry_letter
from vaguemestre.schools.lists.services.membership import (
    join_list,
    leave_academy,
    leave_by_token,
    leave_list,
    letter_token,
    read_letter_token,
    read_token,
    subscribe,
    token_of,
    unsubscribe,
)
from vaguemestre.schools.lists.services.moderation import (
    accept_letter,
    drop_letter,
    go_on,
    refuse_letter,
    stop_letter,
)

__all__ = [
    "accept_letter",
    "add_keeper",
    "carry_again",
    "carry_letter",
    "change_rule",
    "change_settings",
    "close_list",
    "drop_letter",
    "forget_person",
    "go_on",
    "hear_again",
    "hear_deliveries",
    "join_list",
    "leave_academy",
    "leave_by_token",
    "leave_list",
    "letter_token",
    "make_list",
    "reach_of",
    "read_letter_token",
    "read_list",
    "read_token",
    "refuse_letter",
    "remove_keeper",
    "stop_letter",
    "subscribe",
    "token_of",
    "unsubscribe",
]
