"""Use cases of classes, one file each."""

from vaguemestre.schools.rosters.services.ent_links import burn_answer, link_ent, take_link_back, unlink_ent
from vaguemestre.schools.rosters.services.erasure import forget_person
from vaguemestre.schools.rosters.services.gateways import gateway_of
from vaguemestre.schools.rosters.services.retention import purge
from vaguemestre.schools.rosters.services.rights import allow_person, decide_rights, forbid_person
from vaguemestre.schools.rosters.services.roster_import import File, Progress, Setting, apply, check
from vaguemestre.schools.rosters.services.staged_files import (
    apply_staged,
    drop_staged,
    stage_files,
    staged_plan,
)

__all__ = [
    "File",
    "Progress",
    "Setting",
    "allow_person",
    "apply",
    "apply_staged",
    "burn_answer",
    "check",
    "decide_rights",
    "drop_staged",
    "forbid_person",
    "forget_person",
    "gateway_of",
    "link_ent",
    "purge",
    "stage_files",
    "staged_plan",
    "take_link_back",
    "unlink_ent",
]
