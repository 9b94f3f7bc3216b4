"""Audiences a person may write to today, and their addressees."""

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
from vaguemestre.people.lifecycle.queries import withdrawn_among
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
from vaguemestre.schools.rosters.rules.group_names import audience_label, join_names, matches_query
from vaguemestre.schools.rosters.rules.writing_rights import OWNERS, may_write, rights_of
from vaguemestre.schools.rosters.values import (
    Addressee,
    Audience,
    AudienceChoice,
    ClassWriter,
    GroupKind,
    Reach,
    Right,
    Role,
    School,
    Side,
)

_HAS_ADDRESS = Q(address__gt="")


def schools_of(writer: ClassWriter) -> tuple[School, ...]:
    """The schools where they serve today or whose mailbox they manage, by name.

    None for somebody away for long, or who left: as of their lists and shared mailboxes.
    """
    if withdrawn_among([writer.account_id]):
        return ()
    person_id = identified(writer.account_id).person_id
    functions: dict[str, list[str]] = defaultdict(list)
    for post, _ in served_places(person_id, writer.today) if person_id else ():
        functions[post.uai].append(post.function)
    structures = structures_by_uai({*functions, *writer.managed})
    return tuple(
        School(
            structure_id,
            uai,
            name,
            tuple(functions.get(uai, ())),
            uai in writer.managed or bool(OWNERS & set(functions.get(uai, ()))),
        )
        for uai, (structure_id, name) in sorted(structures.items(), key=lambda item: item[1][1])
    )


def has_classes(managed: Collection[str], served: Collection[tuple[str, str]]) -> bool:
    """Whether the page of classes has any content for a person.

    `managed`: UAIs of the mailboxes they manage. `served`: (UAI, function) of their posts.
    """
    if managed or any(function in OWNERS for _, function in served):
        return True
    return RosterRow.objects.filter(structure__uai__in={uai for uai, _ in served}).exists()


def own_school(writer: ClassWriter, uai: str) -> School:
    """The school with that UAI, if they own it. Raises Refusal `rosters.not-the-owner`."""
    for school in schools_of(writer):
        if school.uai == uai and school.is_owner:
            return school
    raise Refusal("rosters.not-the-owner")


def audiences_of(writer: ClassWriter, *, only: Audience | None = None) -> tuple[AudienceChoice, ...]:
    """The audiences they may write to today that have addressees, by name."""
    choices = _audiences(writer, schools_of(writer), (only.group_id,) if only else None)
    return tuple(choice for choice in choices if only is None or choice.audience == only)


def _audiences(
    writer: ClassWriter, schools: Iterable[School], groups: Collection[int] | None
) -> tuple[AudienceChoice, ...]:
    """The audiences in these schools. `groups`: only these group ids."""
    person_id = identified(writer.account_id).person_id
    person = find_person(person_id) if person_id else None
    if person is None:
        return ()
    addresses = {address for address, _, _ in addresses_by_person([person.pk]).get(person.pk, ())}
    identity = _WriterIdentity(person.pk, person.category, frozenset(addresses))
    return tuple(choice for school in schools for choice in _in_school(identity, school, groups))


@dataclass(frozen=True, slots=True)
class _WriterIdentity:
    person_id: int
    category: str
    addresses: frozenset[str]


def _in_school(
    identity: _WriterIdentity, school: School, groups: Collection[int] | None
) -> Iterable[AudienceChoice]:
    in_school = GroupRow.objects.filter(roster__structure_id=school.structure_id)
    rows = list(
        (in_school.filter(pk__in=groups) if groups is not None else in_school).order_by("kind", "name")
    )
    if not rows:
        return
    teachers = TeacherRow.objects.filter(
        roster__structure_id=school.structure_id, address__in=identity.addresses
    )
    taught = set(teachers.values_list("groups", flat=True))
    rights = rights_in(school.structure_id)
    if AllowedRow.objects.filter(structure_id=school.structure_id, person_id=identity.person_id).exists():
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
                category=identity.category,
            )
            if may and counts[row.pk, side]:
                yield _choice(row, side, school, counts[row.pk, side])


def search_audiences(writer: ClassWriter, typed: str, *, limit: int = 6) -> tuple[AudienceChoice, ...]:
    """The audiences matching the typed words."""
    schools = schools_of(writer)
    # Match names before checking rights: most typed words match no class.
    rows = GroupRow.objects.filter(roster__structure_id__in=[school.structure_id for school in schools])
    group_ids = {
        row.pk
        for row in rows
        for side in Side
        if matches_query(typed, audience_label(row.name, side).partition(" — ")[0], side)
        or row.kind != GroupKind.CLASS
    }
    choices = _audiences(writer, schools, group_ids) if group_ids else ()
    matches = [choice for choice in choices if matches_query(typed, group_of(choice), choice.audience.side)]
    return tuple(matches[:limit])


def group_of(choice: AudienceChoice) -> str:
    """`4e B` of `4e B — familles`."""
    return choice.name.partition(" — ")[0]


def audience_choice(writer: ClassWriter, audience: Audience) -> AudienceChoice:
    """The audience as a choice, if they may write to it. Raises Refusal `rosters.not-yours`."""
    for choice in audiences_of(writer, only=audience):
        return choice
    raise Refusal("rosters.not-yours")


def addressees_of(writer: ClassWriter, audience: Audience) -> tuple[Addressee, ...]:
    """The addressees of an audience, one for each address. Raises Refusal `rosters.not-yours`."""
    choice = audience_choice(writer, audience)
    group = group_of(choice)
    pupils = PupilRow.objects.filter(groups=audience.group_id).order_by("last_name", "first_name", "pk")
    if audience.side is Side.PUPILS:
        return _merge_by_address(
            Addressee(_name(pupil), pupil.address, _name(pupil), group)
            for pupil in pupils.filter(_HAS_ADDRESS)
        )
    children: dict[int, list[int]] = defaultdict(list)
    links = PupilRow.relatives.through.objects.filter(pupilrow__groups=audience.group_id)
    for pupil_id, relative_id in links.order_by("pk").values_list("pupilrow_id", "relativerow_id"):
        children[relative_id].append(pupil_id)
    names = {pupil.pk: _name(pupil) for pupil in pupils}
    relatives = RelativeRow.objects.filter(_HAS_ADDRESS, pk__in=children).order_by("last_name", "first_name")
    return _merge_by_address(
        Addressee(
            _name(relative),
            relative.address,
            join_names([names[pk] for pk in sorted(children[relative.pk])]),
            group,
        )
        for relative in relatives
    )


def rights_in(structure_id: int) -> dict[tuple[Role, Side], Reach]:
    rows = RightRow.objects.filter(structure_id=structure_id).values_list("role", "side", "reach")
    return rights_of([Right(Role(role), Side(side), Reach(reach)) for role, side, reach in rows])


def counts_of(group_ids: Iterable[int]) -> Mapping[tuple[int, Side], int]:
    """The number of copies, by group id and side."""
    counts: dict[tuple[int, Side], int] = defaultdict(int)
    pks = list(group_ids)
    for side, path in ((Side.PUPILS, "pupils"), (Side.FAMILIES, "pupils__relatives")):
        rows = GroupRow.objects.filter(pk__in=pks, **{f"{path}__address__gt": ""})
        counted = rows.values_list("pk").annotate(count=Count(f"{path}__address", distinct=True))
        counts |= {(pk, side): count for pk, count in counted}
    return counts


def _choice(row: GroupRow, side: Side, school: School, count: int) -> AudienceChoice:
    audience = Audience(side, row.pk)
    name = (
        audience_label(row.name, side)
        if row.kind == GroupKind.CLASS
        else f"Groupe {audience_label(row.name, side)}"
    )
    return AudienceChoice(audience, name, school.name, school.uai, count, audience_address(audience))


def _name(row: PupilRow | RelativeRow) -> str:
    return f"{row.first_name} {row.last_name}"


def _merge_by_address(people: Iterable[Addressee]) -> tuple[Addressee, ...]:
    """One addressee for each address; two people sharing one get a single copy."""
    merged: dict[str, Addressee] = {}
    for person in people:
        other = merged.get(person.address)
        if other is None:
            merged[person.address] = person
        else:
            merged[person.address] = Addressee(
                f"{other.name}, {person.name}"[:200],
                person.address,
                f"{other.pupils}, {person.pupils}",
                person.group,
            )
    return tuple(merged.values())


def account_of_ent_user(subject: str) -> int | None:
    """The account linked to an ENT user."""
    return EntLinkRow.objects.filter(subject=subject).values_list("account_id", flat=True).first()


def is_linked(account_id: int) -> bool:
    return EntLinkRow.objects.filter(account_id=account_id).exists()
