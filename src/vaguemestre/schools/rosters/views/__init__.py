"""Pages of rosters."""

from vaguemestre.schools.rosters.views.ent_sign_in import (
    finish_cas_sign_in,
    finish_saml_sign_in,
    link,
    open_composer,
    receive_saml_response,
    show_metadata,
    start_sign_in,
    unlink,
)
from vaguemestre.schools.rosters.views.my_classes import list_classes
from vaguemestre.schools.rosters.views.roster_import import apply_files, discard_files, stage_files
from vaguemestre.schools.rosters.views.settings import change_people, decide_rights, show_settings

__all__ = [
    "apply_files",
    "change_people",
    "decide_rights",
    "discard_files",
    "finish_cas_sign_in",
    "finish_saml_sign_in",
    "link",
    "list_classes",
    "open_composer",
    "receive_saml_response",
    "show_metadata",
    "show_settings",
    "stage_files",
    "start_sign_in",
    "unlink",
]
