"""Queries of rosters."""

from vaguemestre.schools.rosters.queries.audiences import (
    account_of_ent_user,
    addressees_of,
    audience_choice,
    audiences_of,
    has_classes,
    is_linked,
    own_school,
    rights_in,
    schools_of,
    search_audiences,
)
from vaguemestre.schools.rosters.queries.rosters import stored_rosters
from vaguemestre.schools.rosters.queries.screens import allowed_writers, imports_of, roster_summary

__all__ = [
    "account_of_ent_user",
    "addressees_of",
    "allowed_writers",
    "audience_choice",
    "audiences_of",
    "has_classes",
    "imports_of",
    "is_linked",
    "own_school",
    "rights_in",
    "roster_summary",
    "schools_of",
    "search_audiences",
    "stored_rosters",
]
