"""Files given on the page: kept sealed while their plan is read, then applied or given up."""

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.rules.numen_vault import seal_bytes, unseal_bytes
from vaguemestre.people.directory.values import NumenKeys
from vaguemestre.schools.rosters.aaf.xml import chunks_of
from vaguemestre.schools.rosters.models import StagedRow
from vaguemestre.schools.rosters.queries import own_school
from vaguemestre.schools.rosters.services.roster_import import File, Setting, apply, check
from vaguemestre.schools.rosters.values import Asker, Plan

MOST_OCTETS = 30_000_000
_PURPOSE = b"classes staged"


@transaction.atomic(durable=True)
def stage_files(
    asker: Asker, uai: str, given: Mapping[str, bytes], keys: NumenKeys, *, now: datetime
) -> None:
    """Keep them for their owner to look at what they would change.

    Raises Refusal `rosters.not-the-owner`, `rosters.no-file`, `rosters.file-too-big`.
    """
    school = own_school(asker, uai)
    if not given:
        raise Refusal("rosters.no-file", field="documents")
    if sum(map(len, given.values())) > MOST_OCTETS:
        raise Refusal("rosters.file-too-big", field="documents")
    told = {name: base64.b64encode(content).decode() for name, content in given.items()}
    sealed = seal_bytes(json.dumps(told).encode(), keys, _PURPOSE)
    StagedRow.objects.update_or_create(
        account_id=asker.account_id,
        structure_id=school.structure_id,
        defaults={"sealed": sealed, "at": now},
    )


def staged_plan(asker: Asker, uai: str, keys: NumenKeys, setting: Setting) -> Plan | None:
    """What they would change; None when nothing was given. Raises the Refusals of `check`."""
    files = _staged(asker, own_school(asker, uai).structure_id, keys)
    return check(files, setting) if files else None


def apply_staged(asker: Asker, uai: str, keys: NumenKeys, setting: Setting, *, now: datetime) -> Plan:
    """Apply and forget them. Raises Refusal `rosters.staged-gone` and those of `apply`."""
    school = own_school(asker, uai)
    files = _staged(asker, school.structure_id, keys)
    if not files:
        raise Refusal("rosters.staged-gone")
    plan = apply(files, setting, now=now, progress=lambda done, total: None)
    drop_staged(asker, uai)
    return plan


@transaction.atomic(durable=True)
def drop_staged(asker: Asker, uai: str) -> None:
    school = own_school(asker, uai)
    StagedRow.objects.filter(account_id=asker.account_id, structure_id=school.structure_id).delete()


def _staged(asker: Asker, structure_id: int, keys: NumenKeys) -> list[File]:
    row = StagedRow.objects.filter(account_id=asker.account_id, structure_id=structure_id).first()
    if row is None:
        return []
    told = json.loads(unseal_bytes(bytes(row.sealed), keys, _PURPOSE))
    return [File(name, _again(base64.b64decode(content))) for name, content in told.items()]


def _again(content: bytes) -> Callable[[], Iterable[bytes]]:
    return lambda: chunks_of(content)
