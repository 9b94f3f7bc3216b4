"""The target rosters: the stored ones with the requests of an AAF export applied."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.rules.places import parse_uai
from vaguemestre.schools.rosters.rules.addresses import ent_address
from vaguemestre.schools.rosters.values import (
    AafAct,
    AafCategory,
    AafRequest,
    GroupKey,
    GroupKind,
    Pupil,
    RejectedLine,
    Relative,
    Roster,
    TargetRosters,
    Teacher,
)

type Digest = Callable[[str], str]

_PUPIL_GROUPS = {"ENTEleveClasses": GroupKind.CLASS, "ENTEleveGroupes": GroupKind.GROUP}
_STAFF_GROUPS = {
    "ENTAuxEnsClasses": GroupKind.CLASS, "ENTAuxEnsClassesMatieres": GroupKind.CLASS,
    "ENTAuxEnsClassesPrincipal": GroupKind.CLASS, "ENTAuxEnsGroupes": GroupKind.GROUP,
    "ENTAuxEnsGroupesMatieres": GroupKind.GROUP,
}  # fmt: skip
_MAX_NAME_CHARACTERS = 100


class _Unusable(Exception):
    """A request that cannot be used; its reason holds no personal data."""


class _Draft:
    """The rosters while requests are applied. Schools are identified by their id in the export."""

    def __init__(self, stored: Mapping[str, Roster], digest: Digest, domain: str) -> None:
        self.digest, self.domain = digest, domain
        self.uais = {roster.source: uai for uai, roster in stored.items() if roster.source}
        self.pupils: dict[str, tuple[str, Pupil]] = {}
        self.teachers: dict[str, dict[str, Teacher]] = {}
        self.relatives: dict[str, Relative] = {}
        self.described: set[str] = set()  # schools the export has a record of
        self.without_address = self.foreign_addresses = 0
        for roster in stored.values():
            self.pupils |= {key: (roster.source, pupil) for key, pupil in roster.pupils.items()}
            self.relatives |= roster.relatives
            for key, teacher in roster.teachers.items():
                self.teachers.setdefault(key, {})[roster.source] = teacher


def target_rosters(
    requests: Iterable[AafRequest],
    stored: Mapping[str, Roster],
    digest: Digest,
    *,
    is_full: bool,
    domain: str,
) -> TargetRosters:
    """The rosters of the schools concerned, after these requests.

    `is_full`: people the export no longer names are removed; a rejected record leaves its person unchanged.
    `digest` replaces the export's ids; addresses outside `domain`, the ENT's, are dropped.
    """
    draft, rejected = _Draft(stored, digest, domain), []
    keys_in_export: dict[AafCategory, set[str]] = {category: set() for category in AafCategory}
    for request in requests:
        keys_in_export[request.category].add(digest(f"{request.category}:{request.id}"))
        try:
            _APPLY[request.category](draft, request)
        except _Unusable as error:
            rejected.append(RejectedLine(request.file, request.line, str(error)))
    if is_full:
        _drop_unnamed(draft, keys_in_export)
        touched = {uai for source, uai in draft.uais.items() if source in draft.described}
    else:
        touched = set(draft.uais.values())
    rosters = {uai: _roster(draft, uai, source) for source, uai in draft.uais.items() if uai in touched}
    unknown_schools = {source for source, _ in draft.pupils.values() if source not in draft.uais}
    notices = _notices(draft, unknown_schools)
    return TargetRosters(rosters, tuple(rejected), notices)


def _drop_unnamed(draft: _Draft, keys_in_export: Mapping[AafCategory, set[str]]) -> None:
    """Remove people a complete export no longer names. A category without file is left unchanged."""
    if keys_in_export[AafCategory.PUPIL]:
        missing = {
            key
            for key, (source, _) in draft.pupils.items()
            if source in draft.described and key not in keys_in_export[AafCategory.PUPIL]
        }
        draft.pupils = {key: entry for key, entry in draft.pupils.items() if key not in missing}
    if keys_in_export[AafCategory.STAFF]:
        for key in set(draft.teachers) - keys_in_export[AafCategory.STAFF]:
            by_school = draft.teachers[key]
            draft.teachers[key] = {
                source: teacher for source, teacher in by_school.items() if source not in draft.described
            }


def _roster(draft: _Draft, uai: str, source: str) -> Roster:
    pupils = {key: pupil for key, (school, pupil) in draft.pupils.items() if school == source}
    pupils = {
        key: replace(pupil, relatives=pupil.relatives & draft.relatives.keys())
        for key, pupil in pupils.items()
    }
    relative_keys = {key for pupil in pupils.values() for key in pupil.relatives}
    teachers = {key: by_school[source] for key, by_school in draft.teachers.items() if by_school.get(source)}
    taught = {group for teacher in teachers.values() for group in teacher.groups}
    with_pupils = {group for pupil in pupils.values() for group in pupil.groups}
    return Roster(
        uai,
        source,
        frozenset(taught | with_pupils),
        pupils,
        {key: relative for key, relative in draft.relatives.items() if key in relative_keys},
        teachers,
    )


def _notices(draft: _Draft, unknown_schools: set[str]) -> tuple[str, ...]:
    notices = []
    if unknown_schools:
        notices.append(
            f"Établissements que l’export ne décrit pas, laissés de côté : {len(unknown_schools)}."
        )
    if draft.foreign_addresses:
        notices.append(f"Adresses hors de l’ENT, non gardées : {draft.foreign_addresses}.")
    if draft.without_address:
        notices.append(f"Personnes sans adresse dans l’ENT, à qui rien ne partira : {draft.without_address}.")
    return tuple(notices)


def _apply_school(draft: _Draft, request: AafRequest) -> None:
    if request.act is AafAct.DELETE:
        raise _Unusable("la fermeture d’un établissement ne vient pas de l’ENT")
    typed = _first(request, "ENTStructureUAI")
    if not typed:
        if request.act is AafAct.MODIFY and request.id in draft.uais:
            return
        raise _Unusable("établissement sans code UAI")
    try:
        uai = parse_uai(typed).text
    except Refusal as refusal:
        raise _Unusable("le code UAI de l’établissement est faux") from refusal
    for source in [source for source, other in draft.uais.items() if other == uai and source != request.id]:
        raise _Unusable(f"cet établissement porte déjà un autre numéro ({source[:20]})")
    draft.uais[request.id] = uai
    draft.described.add(request.id)


def _apply_pupil(draft: _Draft, request: AafRequest) -> None:
    key = draft.digest(f"{AafCategory.PUPIL}:{request.id}")
    if request.act is AafAct.DELETE:
        if draft.pupils.pop(key, None) is None:
            raise _Unusable("élève à retirer, mais inconnu")
        return
    source, before = draft.pupils.get(key, ("", None))
    if request.act is AafAct.MODIFY and before is None:
        raise _Unusable("élève à modifier, mais inconnu")
    source = _first(request, "ENTEleveStructRattachId") or _first(request, "ENTPersonStructRattach") or source
    if not source:
        raise _Unusable("élève sans établissement de rattachement")
    if before is None or request.act is AafAct.ADD:
        before = Pupil("", "", "")
    name = _name_of(request, before.first_name, before.last_name, "élève")
    address = _address(draft, request, before.address)
    groups = _groups(request, _PUPIL_GROUPS, source, before.groups)
    pupil = Pupil(*name, address, groups, _relatives(draft, request, before.relatives))
    draft.pupils[key] = (source, pupil)
    if not address:
        draft.without_address += 1


def _apply_relative(draft: _Draft, request: AafRequest) -> None:
    key = draft.digest(f"{AafCategory.RELATIVE}:{request.id}")
    if request.act is AafAct.DELETE:
        if draft.relatives.pop(key, None) is None:
            raise _Unusable("responsable à retirer, mais inconnu")
        for pupil_key, (source, pupil) in draft.pupils.items():
            if key in pupil.relatives:
                draft.pupils[pupil_key] = (source, replace(pupil, relatives=pupil.relatives - {key}))
        return
    before = draft.relatives.get(key)
    if request.act is AafAct.MODIFY and before is None:
        raise _Unusable("responsable à modifier, mais inconnu")
    if before is None or request.act is AafAct.ADD:
        before = Relative("", "", "")
    name = _name_of(request, before.first_name, before.last_name, "responsable")
    address = _address(draft, request, before.address)
    draft.relatives[key] = Relative(*name, address)
    if not address:
        draft.without_address += 1


def _apply_staff(draft: _Draft, request: AafRequest) -> None:
    """Staff without a class, or without an académie address, are ignored."""
    key = draft.digest(f"{AafCategory.STAFF}:{request.id}")
    before = draft.teachers.get(key, {})
    if request.act is AafAct.DELETE:
        draft.teachers.pop(key, None)
        return
    address = _first(request, "mail").lower()
    if address:
        try:
            address = str(parse_address(address))
        except Refusal as refusal:
            raise _Unusable("l’adresse du professeur est mal formée") from refusal
    else:
        address = next((teacher.address for teacher in before.values()), "")
    attributes = {name: request.attributes[name] for name in _STAFF_GROUPS if name in request.attributes}
    if attributes or request.act is AafAct.ADD:
        taught = _taught(attributes)
    else:
        taught = {source: teacher.groups for source, teacher in before.items()}
    if taught and not address:
        raise _Unusable("professeur sans adresse académique : ses classes ne lui sont pas ouvertes")
    draft.teachers[key] = {source: Teacher(address, groups) for source, groups in taught.items() if groups}


def _taught(attributes: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[GroupKey]]:
    """School id → groups, from `numéro d’établissement$classe[$matière]` values."""
    taught: dict[str, set[GroupKey]] = {}
    for name, values in attributes.items():
        for value in values:
            source, _, rest = value.partition("$")
            group = rest.partition("$")[0].strip()[:_MAX_NAME_CHARACTERS]
            if source and group:
                taught.setdefault(source, set()).add(GroupKey(_STAFF_GROUPS[name], group))
    return {source: frozenset(groups) for source, groups in taught.items()}


def _groups(
    request: AafRequest, names: Mapping[str, GroupKind], source: str, before: frozenset[GroupKey]
) -> frozenset[GroupKey]:
    """The pupil's groups in their school; kinds the request does not mention are unchanged."""
    groups = set(before)
    for name, kind in names.items():
        if name not in request.attributes:
            continue
        groups = {group for group in groups if group.kind is not kind}
        for value in request.attributes[name]:
            school, separator, group = value.partition("$")
            if not separator or not group.strip():
                raise _Unusable("classe mal écrite (« numéro$classe » attendu)")
            if school == source:
                groups.add(GroupKey(kind, group.partition("$")[0].strip()[:_MAX_NAME_CHARACTERS]))
    return frozenset(groups)


def _relatives(draft: _Draft, request: AafRequest, before: frozenset[str]) -> frozenset[str]:
    """The keys of the relatives with parental authority; of all of them if the export does not say."""
    related = request.attributes.get("ENTElevePersRelEleve")
    legal = request.attributes.get("ENTEleveAutoriteParentale")
    if related is None and legal is None:
        return before
    ids = set(legal or ())
    for value in related or ():
        export_id, *marks = value.split("$")
        if len(marks) < 3 or marks[2] in (
            "1",
            "2",
        ):  # lien, resp. financière, resp. légale, contact, paiement
            ids.add(export_id)
    return frozenset(draft.digest(f"{AafCategory.RELATIVE}:{export_id}") for export_id in ids if export_id)


def _name_of(request: AafRequest, first: str, last: str, category: str) -> tuple[str, str]:
    first = _first(request, "givenName") or first
    last = _first(request, "sn") or last
    if not last or not first:
        raise _Unusable(f"{category} sans nom ou sans prénom")
    if not (first + last).isprintable() or max(len(first), len(last)) > _MAX_NAME_CHARACTERS:
        raise _Unusable(f"nom ou prénom inutilisable ({category})")
    return first, last


def _address(draft: _Draft, request: AafRequest, before: str) -> str:
    if "mail" not in request.attributes and "ENTPersonLogin" not in request.attributes:
        return before
    address = ent_address(_first(request, "mail"), _first(request, "ENTPersonLogin"), draft.domain)
    if _first(request, "mail") and not address:
        draft.foreign_addresses += 1
    return address


def _first(request: AafRequest, name: str) -> str:
    return next(iter(request.attributes.get(name, ())), "")


_APPLY = {
    AafCategory.PUPIL: _apply_pupil, AafCategory.RELATIVE: _apply_relative,
    AafCategory.STAFF: _apply_staff, AafCategory.SCHOOL: _apply_school,
}  # fmt: skip
