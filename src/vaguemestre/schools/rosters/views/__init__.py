"""The pages of classes."""

from vaguemestre.schools.rosters.views.ent_sign_in import (
    come_back,
    come_back_by_saml,
    come_in,
    consume,
    link,
    show_metadata,
    unlink,
    write_to,
)
from vaguemestre.schools.rosters.views.my_classes import list_classes
from vaguemestre.schools.rosters.views.roster_import import apply_files, drop_files, stage_files
from vaguemestre.schools.rosters.views.settings import change_people, decide_rights, show_settings

__all__ = [
    "apply_files",
    "change_people",
    "come_back",
    "come_back_by_saml",
    "come_in",
    "consume",
    "decide_rights",
    "drop_files",
    "link",
    "list_classes",
    "show_metadata",
    "show_settings",
    "stage_files",
    "unlink",
    "write_to",
]
