"""Import of rosters: files compared with what is stored, then applied, one transaction per school."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.db import transaction

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import structure_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.directory.queries import structure_ids
from vaguemestre.people.directory.values import NumenKeys
from vaguemestre.schools.rosters import queries
from vaguemestre.schools.rosters.aaf.csv import read_classes
from vaguemestre.schools.rosters.aaf.file_names import parse_export_name
from vaguemestre.schools.rosters.models import ImportRow, RosterRow
from vaguemestre.schools.rosters.rules.import_plan import plan_changes
from vaguemestre.schools.rosters.rules.retention import purge_day
from vaguemestre.schools.rosters.rules.roster_diff import target_rosters
from vaguemestre.schools.rosters.services.class_files import ClassFile
from vaguemestre.schools.rosters.services.roster_rows import replace_people, write_groups
from vaguemestre.schools.rosters.values import (
    AafRequest,
    ImportPlan,
    Roster,
    SchoolChange,
    TargetRosters,
)

type Progress = Callable[[int, int], None]
_MAX_REJECTED = 200


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """The context of an import: the académie, the ENT's domain, the digest of identifiers, the actor.

    `only_uai`: the one school allowed, or "" for any. `is_full`: None to read it from the file names.
    """

    academy_id: int
    ent_domain: str
    digest: Callable[[str], str]
    by: str
    only_uai: str = ""
    is_full: bool | None = None
    losses_confirmed: bool = False


def plan_import(files: Sequence[ClassFile], settings: ImportSettings) -> ImportPlan:
    """Read all files and compare them with the stored rosters, without writing.

    Raises Refusal `rosters.no-ent`, `rosters.no-file`, `rosters.kinds-mixed`, `rosters.school-unsaid`,
    `rosters.file-broken` (file, line, reason), and those of a CSV that cannot be read.
    """
    if not settings.ent_domain:
        raise Refusal("rosters.no-ent")
    if not files:
        raise Refusal("rosters.no-file")
    tables = [file for file in files if file.name.lower().endswith(".csv")]
    if tables and (len(files) > 1):
        raise Refusal("rosters.kinds-mixed")
    return _plan_csv(tables[0], settings) if tables else _plan_xml(files, settings)


def apply_import(
    files: Sequence[ClassFile],
    settings: ImportSettings,
    *,
    now: datetime,
    progress: Progress,
    on_plan: Callable[[ImportPlan], None] = lambda _: None,
) -> ImportPlan:
    """Plan the import, pass the plan to `on_plan`, then write each school's roster in one transaction.

    Idempotent: after an interruption, schools already written have no change. Raises Refusal
    `rosters.import-refused` (reason) and those of `plan_import`.
    """
    plan = plan_import(files, settings)
    on_plan(plan)
    if plan.refusal:
        raise Refusal("rosters.import-refused", reason=plan.refusal)
    structures = structure_ids(settings.academy_id)
    steps = [step for step in plan.steps if step.differs]
    progress(0, len(steps))
    for done, step in enumerate(steps, 1):
        _write_school(plan, step, structures[step.uai], settings, _import_kind(files), now)
        progress(done, len(steps))
    return plan


def digest_function(keys: NumenKeys) -> Callable[[str], str]:
    """The keyed digest (HMAC-SHA-256, hex) that replaces the export's identifiers."""
    return lambda text: keys.digest(f"classes:{text}")


def _import_kind(files: Sequence[ClassFile]) -> str:
    if files[0].name.lower().endswith(".csv"):
        return "csv"
    return "delta" if parse_export_name(files[0].name).is_full is False else "full"


def _plan_csv(file: ClassFile, settings: ImportSettings) -> ImportPlan:
    if not settings.only_uai:
        raise Refusal("rosters.school-unsaid")
    target = read_classes(
        file.table(),
        file.name,
        settings.only_uai,
        settings.digest,
        domain=settings.ent_domain,
    )
    stored = queries.stored_rosters(settings.academy_id, [settings.only_uai])
    return _compare(target, stored, settings)


def _plan_xml(files: Sequence[ClassFile], settings: ImportSettings) -> ImportPlan:
    names = [parse_export_name(file.name) for file in files]
    kinds = {name.is_full for name in names} if settings.is_full is None else {settings.is_full}
    if len(kinds) > 1:
        raise Refusal("rosters.kinds-mixed")
    is_full = kinds.pop()
    if is_full is None:
        raise Refusal("rosters.kind-unsaid")
    structures = structure_ids(settings.academy_id)
    uais_in_names = {name.uai for name in names}
    uais = (
        [settings.only_uai]
        if settings.only_uai
        else list(uais_in_names)
        if uais_in_names <= set(structures)
        else None
    )
    stored = queries.stored_rosters(settings.academy_id, uais)
    target = target_rosters(
        _requests(files),
        stored,
        settings.digest,
        is_full=is_full,
        domain=settings.ent_domain,
    )
    return _compare(target, stored, settings)


def _compare(target: TargetRosters, stored: Mapping[str, Roster], settings: ImportSettings) -> ImportPlan:
    plan = plan_changes(target, stored, losses_confirmed=settings.losses_confirmed)
    return _check_schools(plan, settings)


def _check_schools(plan: ImportPlan, settings: ImportSettings) -> ImportPlan:
    """Raise Refusal `rosters.other-school` for a school outside the académie or other than `only_uai`."""
    structures = structure_ids(settings.academy_id)
    for step in plan.steps:
        if step.uai not in structures or (settings.only_uai and step.uai != settings.only_uai):
            raise Refusal("rosters.other-school", uai=step.uai)
    return plan


def _requests(files: Sequence[ClassFile]) -> Iterator[AafRequest]:
    return chain.from_iterable(file.requests() for file in files)


@transaction.atomic(durable=True)
def _write_school(
    plan: ImportPlan,
    step: SchoolChange,
    structure_id: int,
    settings: ImportSettings,
    kind: str,
    now: datetime,
) -> None:
    roster = plan.rosters[step.uai]
    row, _ = RosterRow.objects.update_or_create(
        structure_id=structure_id,
        defaults={"source": roster.source, "purge_on": purge_day(paris_day(now)), "updated_at": now},
    )
    replace_people(row, roster, write_groups(row, roster))
    ImportRow.objects.create(
        structure_id=structure_id,
        by=settings.by,
        at=now,
        kind=kind,
        pupils_in=step.pupils_in,
        pupils_changed=step.pupils_changed,
        pupils_out=step.pupils_out,
        pupils=step.pupils,
        rejected=[[line.file, line.line, line.reason] for line in plan.rejected[:_MAX_REJECTED]],
    )
    record(
        "rosters.imported",
        to=structure_subject(structure_id),
        by=settings.by,
        at=now,
        pupils=step.pupils,
        arrivals=step.pupils_in,
        departures=step.pupils_out,
    )
