"""Reading shared mailboxes. Nothing here writes."""

from vaguemestre.schools.sharing.queries.access import (
    BoxCard,
    access_to,
    box_card,
    box_of_account,
    boxes_like,
    boxes_of,
    is_open_to,
    keys_over,
    lent_through,
    people_may_open,
    schools_managed_by,
    structure_of,
)
from vaguemestre.schools.sharing.queries.members import (
    boxes_without_owner,
    history_of,
    members_of,
    owners_of,
    requests_of,
    requests_waiting,
)
from vaguemestre.schools.sharing.queries.together import care_of, deeds_of, followed

__all__ = [
    "BoxCard",
    "access_to",
    "box_card",
    "box_of_account",
    "boxes_like",
    "boxes_of",
    "boxes_without_owner",
    "care_of",
    "deeds_of",
    "followed",
    "history_of",
    "is_open_to",
    "keys_over",
    "lent_through",
    "members_of",
    "owners_of",
    "people_may_open",
    "requests_of",
    "requests_waiting",
    "schools_managed_by",
    "structure_of",
]
