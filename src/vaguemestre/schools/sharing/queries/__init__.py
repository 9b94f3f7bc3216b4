"""Queries of shared mailboxes."""

from vaguemestre.schools.sharing.queries.access import (
    BoxCard,
    access_to,
    accounts_with_access,
    box_card,
    box_id_of_account,
    boxes_of,
    delegated_inbox_only,
    ended_session_names,
    has_access,
    schools_managed_by,
    search_boxes,
    session_names_open_until,
    structure_id_of,
    title_of_box,
)
from vaguemestre.schools.sharing.queries.collaboration import activity_of, collaboration_on, follow_up_rows
from vaguemestre.schools.sharing.queries.members import (
    boxes_without_owner,
    history_of,
    members_of,
    owners_of,
    pending_requests,
    requests_of,
)

__all__ = [
    "BoxCard",
    "access_to",
    "accounts_with_access",
    "activity_of",
    "box_card",
    "box_id_of_account",
    "boxes_of",
    "boxes_without_owner",
    "collaboration_on",
    "delegated_inbox_only",
    "ended_session_names",
    "follow_up_rows",
    "has_access",
    "history_of",
    "members_of",
    "owners_of",
    "pending_requests",
    "requests_of",
    "schools_managed_by",
    "search_boxes",
    "session_names_open_until",
    "structure_id_of",
    "title_of_box",
]
