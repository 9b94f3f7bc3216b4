"""Reading classes: bound to a school, and to who asks."""

from vaguemestre.schools.rosters.queries.audiences import (
    account_of_ent,
    audience_shown,
    audiences_like,
    audiences_of,
    has_classes,
    is_linked,
    own_school,
    people_of,
    rights_in,
    schools_of,
)
from vaguemestre.schools.rosters.queries.rosters import known_rosters
from vaguemestre.schools.rosters.queries.screens import allowed_in, imports_of, roster_shown

__all__ = [
    "account_of_ent",
    "allowed_in",
    "audience_shown",
    "audiences_like",
    "audiences_of",
    "has_classes",
    "imports_of",
    "is_linked",
    "known_rosters",
    "own_school",
    "people_of",
    "rights_in",
    "roster_shown",
    "schools_of",
]
