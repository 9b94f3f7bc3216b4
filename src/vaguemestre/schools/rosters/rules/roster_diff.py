"""From the requests of an export and the rosters known, to what the rosters are to be."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.rules.places import parse_uai
from vaguemestre.schools.rosters.rules.addresses import ent_address
from vaguemestre.schools.rosters.values import (
    PUPIL,
    RELATIVE,
    SCHOOL,
    STAFF,
    Gathered,
    GroupKey,
    Kind,
    Pupil,
    Relative,
    Request,
    Roster,
    Teacher,
    Wrong,
)

type Digest = Callable[[str], str]

_PUPIL_GROUPS = {"ENTEleveClasses": Kind.CLASS, "ENTEleveGroupes": Kind.GROUP}
_STAFF_GROUPS = {
    "ENTAuxEnsClasses": Kind.CLASS,
    "ENTAuxEnsClassesMatieres": Kind.CLASS,
    "ENTAuxEnsClassesPrincipal": Kind.CLASS,
    "ENTAuxEnsGroupes": Kind.GROUP,
    "ENTAuxEnsGroupesMatieres": Kind.GROUP,
}
_LONGEST_NAME = 100


class _Unusable(Exception):
    """One request cannot be used; the reason names nobody."""


class _Draft:
    """The rosters being changed. Pupils and teachers stand under (school number in the export, key)."""

    def __init__(self, known: Mapping[str, Roster], digest: Digest, domain: str) -> None:
        self.digest, self.domain = digest, domain
        self.uais = {roster.source: uai for uai, roster in known.items() if roster.source}
        self.pupils: dict[str, tuple[str, Pupil]] = {}
        self.teachers: dict[str, dict[str, Teacher]] = {}
        self.relatives: dict[str, Relative] = {}
        self.seen: set[str] = set()
        self.unreachable = self.personal = 0
        for roster in known.values():
            self.pupils |= {key: (roster.source, pupil) for key, pupil in roster.pupils.items()}
            self.relatives |= roster.relatives
            for key, teacher in roster.teachers.items():
                self.teachers.setdefault(key, {})[roster.source] = teacher


def gathered(
    requests: Iterable[Request], known: Mapping[str, Roster], digest: Digest, *, is_full: bool, domain: str
) -> Gathered:
    """What the rosters of the schools concerned become.

    `is_full`: whoever a school's export does not name any more is gone; a record that is refused leaves whom
    it is about as they were. `digest` hides the export's numbers; `domain` is the ENT's: no other is kept.
    """
    draft, wrong, touched = _Draft(known, digest, domain), [], set[str]()
    named: dict[str, set[str]] = {PUPIL: set(), RELATIVE: set(), STAFF: set(), SCHOOL: set()}
    for request in requests:
        named[request.category].add(digest(f"{request.category}:{request.id}"))
        try:
            _TAKE[request.category](draft, request)
        except _Unusable as error:
            wrong.append(Wrong(request.file, request.line, str(error)))
    if is_full:
        _drop_unnamed(draft, named)
        touched = {uai for source, uai in draft.uais.items() if source in draft.seen}
    else:
        touched = set(draft.uais.values())
    rosters = {uai: _roster(draft, uai, source) for source, uai in draft.uais.items() if uai in touched}
    strangers = {source for source, _ in draft.pupils.values() if source not in draft.uais}
    notices = _notices(draft, strangers)
    return Gathered(rosters, tuple(wrong), notices)


def _drop_unnamed(draft: _Draft, named: Mapping[str, set[str]]) -> None:
    """Of the schools a complete export speaks of. A kind it has no file of stays as it was."""
    if named[PUPIL]:
        gone = {
            key
            for key, (source, _) in draft.pupils.items()
            if source in draft.seen and key not in named[PUPIL]
        }
        draft.pupils = {key: kept for key, kept in draft.pupils.items() if key not in gone}
    if named[STAFF]:
        for key in set(draft.teachers) - named[STAFF]:
            here = draft.teachers[key]
            draft.teachers[key] = {source: one for source, one in here.items() if source not in draft.seen}


def _roster(draft: _Draft, uai: str, source: str) -> Roster:
    pupils = {key: pupil for key, (place, pupil) in draft.pupils.items() if place == source}
    pupils = {
        key: replace(pupil, relatives=pupil.relatives & draft.relatives.keys())
        for key, pupil in pupils.items()
    }
    wanted = {key for pupil in pupils.values() for key in pupil.relatives}
    teachers = {key: here[source] for key, here in draft.teachers.items() if here.get(source)}
    taught = {group for one in teachers.values() for group in one.groups}
    filled = {group for pupil in pupils.values() for group in pupil.groups}
    return Roster(
        uai,
        source,
        frozenset(taught | filled),
        pupils,
        {key: one for key, one in draft.relatives.items() if key in wanted},
        teachers,
    )


def _notices(draft: _Draft, strangers: set[str]) -> tuple[str, ...]:
    told = []
    if strangers:
        told.append(f"Établissements que l’export ne décrit pas, laissés de côté : {len(strangers)}.")
    if draft.personal:
        told.append(f"Adresses hors de l’ENT, non gardées : {draft.personal}.")
    if draft.unreachable:
        told.append(f"Personnes sans adresse dans l’ENT, à qui rien ne partira : {draft.unreachable}.")
    return tuple(told)


def _take_school(draft: _Draft, request: Request) -> None:
    if request.act == "delete":
        raise _Unusable("la fermeture d’un établissement ne vient pas de l’ENT")
    typed = _first(request, "ENTStructureUAI")
    if not typed:
        if request.act == "modify" and request.id in draft.uais:
            return
        raise _Unusable("établissement sans code UAI")
    try:
        uai = parse_uai(typed).text
    except Refusal as refusal:
        raise _Unusable("le code UAI de l’établissement est faux") from refusal
    for source in [source for source, known in draft.uais.items() if known == uai and source != request.id]:
        raise _Unusable(f"cet établissement porte déjà un autre numéro ({source[:20]})")
    draft.uais[request.id] = uai
    draft.seen.add(request.id)


def _take_pupil(draft: _Draft, request: Request) -> None:
    key = draft.digest(f"{PUPIL}:{request.id}")
    if request.act == "delete":
        if draft.pupils.pop(key, None) is None:
            raise _Unusable("élève à retirer, mais inconnu")
        return
    source, before = draft.pupils.get(key, ("", None))
    if request.act == "modify" and before is None:
        raise _Unusable("élève à modifier, mais inconnu")
    source = _first(request, "ENTEleveStructRattachId") or _first(request, "ENTPersonStructRattach") or source
    if not source:
        raise _Unusable("élève sans établissement de rattachement")
    if before is None or request.act == "add":
        before = Pupil("", "", "")
    named = _named(request, before.first_name, before.last_name, "élève")
    address = _address(draft, request, before.address)
    groups = _groups(request, _PUPIL_GROUPS, source, before.groups)
    pupil = Pupil(*named, address, groups, _relatives(draft, request, before.relatives))
    draft.pupils[key] = (source, pupil)
    if not address:
        draft.unreachable += 1


def _take_relative(draft: _Draft, request: Request) -> None:
    key = draft.digest(f"{RELATIVE}:{request.id}")
    if request.act == "delete":
        if draft.relatives.pop(key, None) is None:
            raise _Unusable("responsable à retirer, mais inconnu")
        for pupil_key, (source, pupil) in draft.pupils.items():
            if key in pupil.relatives:
                draft.pupils[pupil_key] = (source, replace(pupil, relatives=pupil.relatives - {key}))
        return
    before = draft.relatives.get(key)
    if request.act == "modify" and before is None:
        raise _Unusable("responsable à modifier, mais inconnu")
    if before is None or request.act == "add":
        before = Relative("", "", "")
    named = _named(request, before.first_name, before.last_name, "responsable")
    address = _address(draft, request, before.address)
    draft.relatives[key] = Relative(*named, address)
    if not address:
        draft.unreachable += 1


def _take_staff(draft: _Draft, request: Request) -> None:
    """Who has no class is of no concern here; neither is who has no address in the académie."""
    key = draft.digest(f"{STAFF}:{request.id}")
    before = draft.teachers.get(key, {})
    if request.act == "delete":
        draft.teachers.pop(key, None)
        return
    address = _first(request, "mail").lower()
    if address:
        try:
            address = str(parse_address(address))
        except Refusal as refusal:
            raise _Unusable("l’adresse du professeur est mal formée") from refusal
    else:
        address = next((one.address for one in before.values()), "")
    given = {name: request.attributes[name] for name in _STAFF_GROUPS if name in request.attributes}
    if given or request.act == "add":
        taught = _taught(given)
    else:
        taught = {source: one.groups for source, one in before.items()}
    if taught and not address:
        raise _Unusable("professeur sans adresse académique : ses classes ne lui sont pas ouvertes")
    draft.teachers[key] = {source: Teacher(address, groups) for source, groups in taught.items() if groups}


def _taught(given: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[GroupKey]]:
    """`numéro d’établissement$classe[$matière]`: one teacher may serve in several schools."""
    found: dict[str, set[GroupKey]] = {}
    for name, values in given.items():
        for value in values:
            source, _, rest = value.partition("$")
            group = rest.partition("$")[0].strip()
            if source and group:
                found.setdefault(source, set()).add(GroupKey(_STAFF_GROUPS[name], group[:_LONGEST_NAME]))
    return {source: frozenset(groups) for source, groups in found.items()}


def _groups(
    request: Request, names: Mapping[str, Kind], source: str, before: frozenset[GroupKey]
) -> frozenset[GroupKey]:
    """Those of the pupil's own school; what the request does not speak of stays."""
    kept = set(before)
    for name, kind in names.items():
        if name not in request.attributes:
            continue
        kept = {group for group in kept if group.kind is not kind}
        for value in request.attributes[name]:
            place, mark, group = value.partition("$")
            if not mark or not group.strip():
                raise _Unusable("classe mal écrite (« numéro$classe » attendu)")
            if place == source:
                kept.add(GroupKey(kind, group.partition("$")[0].strip()[:_LONGEST_NAME]))
    return frozenset(kept)


def _relatives(draft: _Draft, request: Request, before: frozenset[str]) -> frozenset[str]:
    """Those who answer for the pupil by law; everybody the export relates to them when it says no more."""
    told = request.attributes.get("ENTElevePersRelEleve")
    lawful = request.attributes.get("ENTEleveAutoriteParentale")
    if told is None and lawful is None:
        return before
    numbers = set(lawful or ())
    for value in told or ():
        number, *marks = value.split("$")
        if len(marks) < 3 or marks[2] in (
            "1",
            "2",
        ):  # lien, resp. financière, resp. légale, contact, paiement
            numbers.add(number)
    return frozenset(draft.digest(f"{RELATIVE}:{number}") for number in numbers if number)


def _named(request: Request, first: str, last: str, who: str) -> tuple[str, str]:
    first = _first(request, "givenName") or first
    last = _first(request, "sn") or last
    if not last or not first:
        raise _Unusable(f"{who} sans nom ou sans prénom")
    if not (first + last).isprintable() or max(len(first), len(last)) > _LONGEST_NAME:
        raise _Unusable(f"nom ou prénom inutilisable ({who})")
    return first, last


def _address(draft: _Draft, request: Request, before: str) -> str:
    if "mail" not in request.attributes and "ENTPersonLogin" not in request.attributes:
        return before
    found = ent_address(_first(request, "mail"), _first(request, "ENTPersonLogin"), draft.domain)
    if _first(request, "mail") and not found:
        draft.personal += 1
    return found


def _first(request: Request, name: str) -> str:
    return next(iter(request.attributes.get(name, ())), "")


_TAKE = {PUPIL: _take_pupil, RELATIVE: _take_relative, STAFF: _take_staff, SCHOOL: _take_school}
