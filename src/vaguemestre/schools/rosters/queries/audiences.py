"""Whom somebody may write to, and who they are. Every question is bound to who asks, and to today."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import identified
from vaguemestre.people.directory.queries import (
    addresses_by_person,
    find_person,
    served_places,
    structures_by_uai,
)
from vaguemestre.schools.rosters.models import (
    AllowedRow,
    EntLinkRow,
    GroupRow,
    PupilRow,
    RelativeRow,
    RightRow,
    RosterRow,
    TeacherRow,
)
from vaguemestre.schools.rosters.rules.addresses import audience_address
from vaguemestre.schools.rosters.rules.group_names import is_meant, listed_names, shown_audience
from vaguemestre.schools.rosters.rules.rights import OWNERS, may_write, rights_of
from vaguemestre.schools.rosters.values import (
    Addressee,
    Asker,
    Audience,
    AudienceShown,
    Kind,
    Reach,
    Right,
    Role,
    School,
    Side,
)

_HAS_ADDRESS = Q(address__gt="")


def schools_of(asker: Asker) -> tuple[School, ...]:
    """Where they serve today, or whose box they manage."""
    person_id = identified(asker.account_id).person_id
    functions: dict[str, list[str]] = defaultdict(list)
    for post, _ in served_places(person_id, asker.today) if person_id else ():
        functions[post.uai].append(post.function)
    known = structures_by_uai({*functions, *asker.managed})
    return tuple(
        School(
            structure_id,
            uai,
            name,
            tuple(functions.get(uai, ())),
            uai in asker.managed or bool(OWNERS & set(functions.get(uai, ()))),
        )
        for uai, (structure_id, name) in sorted(known.items(), key=lambda item: item[1][1])
    )


def has_classes(managed: Collection[str], served: Collection[tuple[str, str]]) -> bool:
    """Whether the page of classes has anything to say to whoever manages those boxes (UAI), and serves there.

    `served`: (UAI, function), known to whoever asks.
    """
    if managed or any(function in OWNERS for _, function in served):
        return True
    return RosterRow.objects.filter(structure__uai__in={uai for uai, _ in served}).exists()


def own_school(asker: Asker, uai: str) -> School:
    """Raises Refusal `rosters.not-the-owner` for a school they do not decide for."""
    for school in schools_of(asker):
        if school.uai == uai and school.is_owner:
            return school
    raise Refusal("rosters.not-the-owner")


def audiences_of(asker: Asker, *, only: Audience | None = None) -> tuple[AudienceShown, ...]:
    """Every audience they may write to today, where somebody is; in the order of names."""
    found = _audiences(asker, schools_of(asker), (only.group_id,) if only else None)
    return tuple(one for one in found if only is None or one.audience == only)


def _audiences(
    asker: Asker, schools: Iterable[School], groups: Collection[int] | None
) -> tuple[AudienceShown, ...]:
    """`groups`: those that count, when others do not."""
    person_id = identified(asker.account_id).person_id
    person = find_person(person_id) if person_id else None
    if person is None:
        return ()
    addresses = {address for address, _, _ in addresses_by_person([person.pk]).get(person.pk, ())}
    writer = _Writer(person.pk, person.category, frozenset(addresses))
    return tuple(one for school in schools for one in _in_school(writer, school, groups))


@dataclass(frozen=True, slots=True)
class _Writer:
    person_id: int
    category: str
    addresses: frozenset[str]


def _in_school(writer: _Writer, school: School, groups: Collection[int] | None) -> Iterable[AudienceShown]:
    there = GroupRow.objects.filter(roster__structure_id=school.structure_id)
    rows = list((there.filter(pk__in=groups) if groups is not None else there).order_by("kind", "name"))
    if not rows:
        return
    teachers = TeacherRow.objects.filter(
        roster__structure_id=school.structure_id, address__in=writer.addresses
    )
    taught = set(teachers.values_list("groups", flat=True))
    rights = rights_in(school.structure_id)
    if AllowedRow.objects.filter(structure_id=school.structure_id, person_id=writer.person_id).exists():
        rights = dict.fromkeys(rights, Reach.ALL)
    counts = counts_of([row.pk for row in rows])
    for row in rows:
        for side in Side:
            may = may_write(
                school.functions,
                rights,
                side,
                is_own=row.pk in taught,
                is_owner=school.is_owner,
                category=writer.category,
            )
            if may and counts[row.pk, side]:
                yield _shown(row, side, school, counts[row.pk, side])


def audiences_like(asker: Asker, typed: str, *, limit: int = 6) -> tuple[AudienceShown, ...]:
    """Those the words typed may mean. Names first: who types a colleague's pays for no more than that."""
    schools = schools_of(asker)
    rows = GroupRow.objects.filter(roster__structure_id__in=[one.structure_id for one in schools])
    named = {
        row.pk
        for row in rows
        for side in Side
        if is_meant(typed, shown_audience(row.name, side).partition(" — ")[0], side) or row.kind != Kind.CLASS
    }
    found = _audiences(asker, schools, named) if named else ()
    meant = [one for one in found if is_meant(typed, group_of(one), one.audience.side)]
    return tuple(meant[:limit])


def group_of(shown: AudienceShown) -> str:
    """`4e B` of `4e B — familles`."""
    return shown.name.partition(" — ")[0]


def audience_shown(asker: Asker, audience: Audience) -> AudienceShown:
    """Raises Refusal `rosters.not-yours` for one they may not write to: nothing else is told."""
    for one in audiences_of(asker, only=audience):
        return one
    raise Refusal("rosters.not-yours")


def people_of(asker: Asker, audience: Audience) -> tuple[Addressee, ...]:
    """One for each address. Raises Refusal `rosters.not-yours`."""
    shown = audience_shown(asker, audience)
    group = group_of(shown)
    pupils = PupilRow.objects.filter(groups=audience.group_id).order_by("last_name", "first_name", "pk")
    if audience.side is Side.PUPILS:
        return _once(
            Addressee(_name(one), one.address, _name(one), group) for one in pupils.filter(_HAS_ADDRESS)
        )
    children: dict[int, list[int]] = defaultdict(list)
    answering = PupilRow.relatives.through.objects.filter(pupilrow__groups=audience.group_id)
    for pupil_id, relative_id in answering.order_by("pk").values_list("pupilrow_id", "relativerow_id"):
        children[relative_id].append(pupil_id)
    named = {one.pk: _name(one) for one in pupils}
    relatives = RelativeRow.objects.filter(_HAS_ADDRESS, pk__in=children).order_by("last_name", "first_name")
    return _once(
        Addressee(
            _name(one),
            one.address,
            listed_names([named[pk] for pk in sorted(children[one.pk], key=int)]),
            group,
        )
        for one in relatives
    )


def rights_in(structure_id: int) -> dict[tuple[Role, Side], Reach]:
    rows = RightRow.objects.filter(structure_id=structure_id).values_list("role", "side", "reach")
    return rights_of([Right(Role(role), Side(side), Reach(reach)) for role, side, reach in rows])


def counts_of(group_ids: Iterable[int]) -> Mapping[tuple[int, Side], int]:
    """How many would get a copy, by class and side."""
    found: dict[tuple[int, Side], int] = defaultdict(int)
    wanted = list(group_ids)
    for side, path in ((Side.PUPILS, "pupils"), (Side.FAMILIES, "pupils__relatives")):
        rows = GroupRow.objects.filter(pk__in=wanted, **{f"{path}__address__gt": ""})
        told = rows.values_list("pk").annotate(count=Count(f"{path}__address", distinct=True))
        found |= {(pk, side): count for pk, count in told}
    return found


def _shown(row: GroupRow, side: Side, school: School, count: int) -> AudienceShown:
    audience = Audience(side, row.pk)
    name = (
        shown_audience(row.name, side)
        if row.kind == Kind.CLASS
        else f"Groupe {shown_audience(row.name, side)}"
    )
    return AudienceShown(audience, name, school.name, school.uai, count, audience_address(audience))


def _name(one: PupilRow | RelativeRow) -> str:
    return f"{one.first_name} {one.last_name}"


def _once(people: Iterable[Addressee]) -> tuple[Addressee, ...]:
    """An address that serves two people gets one copy, for both."""
    found: dict[str, Addressee] = {}
    for one in people:
        known = found.get(one.address)
        if known is None:
            found[one.address] = one
        else:
            found[one.address] = Addressee(
                f"{known.name}, {one.name}"[:200], one.address, f"{known.pupils}, {one.pupils}", one.group
            )
    return tuple(found.values())


def account_of_ent(subject: str) -> int | None:
    """The account an ENT user was linked to."""
    return EntLinkRow.objects.filter(subject=subject).values_list("account_id", flat=True).first()


def is_linked(account_id: int) -> bool:
    return EntLinkRow.objects.filter(account_id=account_id).exists()
