"""Use cases of rosters."""

from vaguemestre.schools.rosters.services.class_files import ImportFile
from vaguemestre.schools.rosters.services.ent_links import (
    consume_assertion,
    link_ent,
    return_assertion,
    revoke_ent_link,
    unlink_ent,
)
from vaguemestre.schools.rosters.services.erasure import forget_person
from vaguemestre.schools.rosters.services.gateways import gateway_of
from vaguemestre.schools.rosters.services.retention import purge_rosters
from vaguemestre.schools.rosters.services.roster_import import (
    ImportSettings,
    Progress,
    apply_import,
    plan_import,
)
from vaguemestre.schools.rosters.services.staged_files import (
    apply_staged,
    discard_staged,
    stage_files,
    staged_plan,
)
from vaguemestre.schools.rosters.services.writing_rights import allow_person, decide_rights, forbid_person

__all__ = [
    "ImportFile",
    "ImportSettings",
    "Progress",
    "allow_person",
    "apply_import",
    "apply_staged",
    "consume_assertion",
    "decide_rights",
    "discard_staged",
    "forbid_person",
    "forget_person",
    "gateway_of",
    "link_ent",
    "plan_import",
    "purge_rosters",
    "return_assertion",
    "revoke_ent_link",
    "stage_files",
    "staged_plan",
    "unlink_ent",
]
