"""Uploaded files, stored sealed until their plan is applied or discarded."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.rules.numen_vault import open_envelope, seal_envelope
from vaguemestre.people.directory.values import NumenKeys
from vaguemestre.schools.rosters.models import StagedRow
from vaguemestre.schools.rosters.ports import ReadApart
from vaguemestre.schools.rosters.queries import own_school
from vaguemestre.schools.rosters.services.class_files import UploadedFile
from vaguemestre.schools.rosters.services.roster_import import (
    ImportSettings,
    apply_import,
    plan_import,
)
from vaguemestre.schools.rosters.values import STAGED_PURPOSE, ClassWriter, ImportPlan

MAX_BYTES = 30_000_000


@transaction.atomic(durable=True)
def stage_files(
    writer: ClassWriter, uai: str, files: Mapping[str, bytes], keys: NumenKeys, *, now: datetime
) -> None:
    """Store uploaded files so that their owner can review the plan.

    Raises Refusal `rosters.not-the-owner`, `rosters.no-file`, `rosters.file-too-big`.
    """
    school = own_school(writer, uai)
    if not files:
        raise Refusal("rosters.no-file", field="documents")
    if sum(map(len, files.values())) > MAX_BYTES:
        raise Refusal("rosters.file-too-big", field="documents")
    encoded = {name: base64.b64encode(content).decode() for name, content in files.items()}
    sealed = seal_envelope(json.dumps(encoded).encode(), keys, STAGED_PURPOSE)
    StagedRow.objects.update_or_create(
        account_id=writer.account_id,
        structure_id=school.structure_id,
        defaults={"sealed": sealed, "at": now},
    )


def staged_plan(
    writer: ClassWriter, uai: str, keys: NumenKeys, setting: ImportSettings, read_apart: ReadApart
) -> ImportPlan | None:
    """What they would change; None when nothing was given. Raises the Refusals of `plan_import`."""
    files = _staged(writer, own_school(writer, uai).structure_id, keys, read_apart)
    return plan_import(files, setting) if files else None


def apply_staged(
    writer: ClassWriter,
    uai: str,
    keys: NumenKeys,
    setting: ImportSettings,
    read_apart: ReadApart,
    *,
    now: datetime,
) -> ImportPlan:
    """Apply and forget them. Raises Refusal `rosters.staged-gone` and those of `apply_import`."""
    school = own_school(writer, uai)
    files = _staged(writer, school.structure_id, keys, read_apart)
    if not files:
        raise Refusal("rosters.staged-gone")
    plan = apply_import(files, setting, now=now, progress=lambda done, total: None)
    discard_staged(writer, uai)
    return plan


@transaction.atomic(durable=True)
def discard_staged(writer: ClassWriter, uai: str) -> None:
    school = own_school(writer, uai)
    StagedRow.objects.filter(account_id=writer.account_id, structure_id=school.structure_id).delete()


def _staged(
    writer: ClassWriter, structure_id: int, keys: NumenKeys, read_apart: ReadApart
) -> list[UploadedFile]:
    row = StagedRow.objects.filter(account_id=writer.account_id, structure_id=structure_id).first()
    if row is None:
        return []
    encoded = json.loads(open_envelope(bytes(row.sealed), keys, STAGED_PURPOSE))
    return [UploadedFile(name, base64.b64decode(content), read_apart) for name, content in encoded.items()]
