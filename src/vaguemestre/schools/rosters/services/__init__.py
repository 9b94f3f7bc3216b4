"""Use cases of classes, one file each."""

from vaguemestre.schools.rosters.services.deciding import allow_person, decide_rights, forbid_person
from vaguemestre.schools.rosters.services.forgetting import forget_person
from vaguemestre.schools.rosters.services.gateways import gateway_of
from vaguemestre.schools.rosters.services.importing import File, Progress, Setting, apply, check
from vaguemestre.schools.rosters.services.linking import burn_answer, link_ent, take_link_back, unlink_ent
from vaguemestre.schools.rosters.services.purging import purge
from vaguemestre.schools.rosters.services.staging import apply_staged, drop_staged, stage_files, staged_plan

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
