"""Rosters: files read and compared, then applied school by school, each in one transaction."""

import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.db import transaction

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.directory.queries import structure_ids
from vaguemestre.schools.rosters import queries
from vaguemestre.schools.rosters.aaf.csv import read_classes
from vaguemestre.schools.rosters.aaf.names import read_name
from vaguemestre.schools.rosters.aaf.xml import read_requests
from vaguemestre.schools.rosters.models import (
    GroupRow,
    ImportRow,
    PupilRow,
    RelativeRow,
    RosterRow,
    TeacherRow,
)
from vaguemestre.schools.rosters.rules.import_plan import planned
from vaguemestre.schools.rosters.rules.periods import purge_day
from vaguemestre.schools.rosters.rules.roster_diff import gathered
from vaguemestre.schools.rosters.values import Plan, Request, Roster, Step

type Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class File:
    """A file handed over: `chunks` reads it again from its start each time."""

    name: str
    chunks: Callable[[], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Setting:
    """For whom files are read: the académie, the ENT's domain, the key of digests, who does it.

    `only`: the one school they may speak of; "" for any. `is_full` None: the files' names say.
    """

    academy_id: int
    ent_domain: str
    digest_key: bytes
    by: str
    only: str = ""
    is_full: bool | None = None
    losses_confirmed: bool = False


def check(files: Sequence[File], setting: Setting) -> Plan:
    """Read everything and compare; nothing changes.

    Raises Refusal `rosters.no-ent`, `rosters.no-file`, `rosters.kinds-mixed`, `rosters.school-unsaid`,
    `rosters.file-broken` (file, line, reason), and those of a CSV that cannot be read.
    """
    if not setting.ent_domain:
        raise Refusal("rosters.no-ent")
    if not files:
        raise Refusal("rosters.no-file")
    tables = [file for file in files if file.name.lower().endswith(".csv")]
    if tables and (len(files) > 1):
        raise Refusal("rosters.kinds-mixed")
    return _compared_csv(tables[0], setting) if tables else _compared_xml(files, setting)


def apply(
    files: Sequence[File],
    setting: Setting,
    *,
    now: datetime,
    progress: Progress,
    planned: Callable[[Plan], None] = lambda _: None,
) -> Plan:
    """Check, tell `planned`, then write each school's roster whole, or not at all.

    Interrupted anywhere, run again: schools already done have nothing to change. Raises Refusal
    `rosters.import-refused` (reason) and those of `check`.
    """
    plan = check(files, setting)
    planned(plan)
    if plan.refusal:
        raise Refusal("rosters.import-refused", reason=plan.refusal)
    structures = structure_ids(setting.academy_id)
    steps = [step for step in plan.steps if step.differs]
    progress(0, len(steps))
    for done, step in enumerate(steps, 1):
        _write(plan, step, structures[step.uai], setting, _kind(files), now)
        progress(done, len(steps))
    return plan


def digest_with(key: bytes) -> Callable[[str], str]:
    return lambda text: hmac.digest(key, b"classes:" + text.encode(), "sha256").hex()


def _kind(files: Sequence[File]) -> str:
    if files[0].name.lower().endswith(".csv"):
        return "csv"
    return "delta" if read_name(files[0].name).is_full is False else "full"


def _compared_csv(file: File, setting: Setting) -> Plan:
    if not setting.only:
        raise Refusal("rosters.school-unsaid")
    read = read_classes(
        b"".join(file.chunks()),
        file.name,
        setting.only,
        digest_with(setting.digest_key),
        domain=setting.ent_domain,
    )
    known = queries.known_rosters(setting.academy_id, [setting.only])
    return _ours(planned(read, known, losses_confirmed=setting.losses_confirmed), setting)


def _compared_xml(files: Sequence[File], setting: Setting) -> Plan:
    names = [read_name(file.name) for file in files]
    kinds = {name.is_full for name in names} if setting.is_full is None else {setting.is_full}
    if len(kinds) > 1:
        raise Refusal("rosters.kinds-mixed")
    is_full = kinds.pop()
    if is_full is None:
        raise Refusal("rosters.kind-unsaid")
    ours = structure_ids(setting.academy_id)
    uais = {name.uai for name in names}
    wanted = [setting.only] if setting.only else list(uais) if uais <= set(ours) else None
    known = queries.known_rosters(setting.academy_id, wanted)
    read = gathered(
        _requests(files),
        known,
        digest_with(setting.digest_key),
        is_full=is_full,
        domain=setting.ent_domain,
    )
    return _ours(planned(read, known, losses_confirmed=setting.losses_confirmed), setting)


def _ours(plan: Plan, setting: Setting) -> Plan:
    """Raises Refusal `rosters.other-school` for what is not of the school asked, or of the académie."""
    here = structure_ids(setting.academy_id)
    for step in plan.steps:
        if step.uai not in here or (setting.only and step.uai != setting.only):
            raise Refusal("rosters.other-school", uai=step.uai)
    return plan


def _requests(files: Sequence[File]) -> Iterator[Request]:
    return chain.from_iterable(read_requests(file.chunks(), file.name) for file in files)


@transaction.atomic(durable=True)
def _write(plan: Plan, step: Step, structure_id: int, setting: Setting, kind: str, now: datetime) -> None:
    roster = plan.rosters[step.uai]
    row, _ = RosterRow.objects.update_or_create(
        structure_id=structure_id,
        defaults={"source": roster.source, "purge_on": purge_day(paris_day(now)), "updated_at": now},
    )
    _write_people(row, roster, _write_groups(row, roster))
    ImportRow.objects.create(
        structure_id=structure_id,
        by=setting.by,
        at=now,
        kind=kind,
        pupils_in=step.pupils_in,
        pupils_changed=step.pupils_changed,
        pupils_out=step.pupils_out,
        pupils=step.pupils,
        wrong=[[one.file, one.line, one.reason] for one in plan.wrong[:200]],
    )
    record(
        "rosters.imported",
        to=f"structure:{structure_id}",
        by=setting.by,
        at=now,
        pupils=step.pupils,
        arrivals=step.pupils_in,
        departures=step.pupils_out,
    )


def _write_groups(row: RosterRow, roster: Roster) -> dict[tuple[str, str], int]:
    """Those that stay keep their id."""
    wanted = {(str(group.kind), group.name) for group in roster.groups}
    held = {(group.kind, group.name): group.pk for group in GroupRow.objects.filter(roster=row)}
    GroupRow.objects.filter(pk__in=[pk for key, pk in held.items() if key not in wanted]).delete()
    made = [GroupRow(roster=row, kind=kind, name=name) for kind, name in sorted(wanted - held.keys())]
    GroupRow.objects.bulk_create(made, batch_size=500)
    return {(one.kind, one.name): one.pk for one in GroupRow.objects.filter(roster=row)}


def _write_people(row: RosterRow, roster: Roster, groups: Mapping[tuple[str, str], int]) -> None:
    for model in (PupilRow, RelativeRow, TeacherRow):
        model.objects.filter(roster=row).delete()
    relatives = {
        key: RelativeRow(
            roster=row, key=key, first_name=one.first_name, last_name=one.last_name, address=one.address
        )
        for key, one in roster.relatives.items()
    }
    pupils = {
        key: PupilRow(
            roster=row, key=key, first_name=one.first_name, last_name=one.last_name, address=one.address
        )
        for key, one in roster.pupils.items()
    }
    teachers = {
        key: TeacherRow(roster=row, key=key, address=one.address) for key, one in roster.teachers.items()
    }
    RelativeRow.objects.bulk_create(relatives.values(), batch_size=500)
    PupilRow.objects.bulk_create(pupils.values(), batch_size=500)
    TeacherRow.objects.bulk_create(teachers.values(), batch_size=500)
    in_group, answers, teaches = (
        PupilRow.groups.through,
        PupilRow.relatives.through,
        TeacherRow.groups.through,
    )
    in_group.objects.bulk_create(
        [
            in_group(pupilrow_id=pupils[key].pk, grouprow_id=groups[str(group.kind), group.name])
            for key, one in roster.pupils.items()
            for group in one.groups
        ],
        batch_size=500,
    )
    answers.objects.bulk_create(
        [
            answers(pupilrow_id=pupils[key].pk, relativerow_id=relatives[other].pk)
            for key, one in roster.pupils.items()
            for other in one.relatives
            if other in relatives
        ],
        batch_size=500,
    )
    teaches.objects.bulk_create(
        [
            teaches(teacherrow_id=teachers[key].pk, grouprow_id=groups[str(group.kind), group.name])
            for key, one in roster.teachers.items()
            for group in one.groups
        ],
        batch_size=500,
    )
