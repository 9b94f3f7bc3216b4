"""French labels of plan rows, shared by the pages and the command line."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from vaguemestre.people.directory.rules.nomenclature import discipline_label
from vaguemestre.people.intake.values import Difference, Field, Situation

NOTHING = "–"
FIELDS: Mapping[Field, str] = {
    Field.DOSSIER: "Dossier",
    Field.NUMEN: "NUMEN",
    Field.CIVILITY: "Civilité",
    Field.BIRTH_NAME: "Nom de naissance",
    Field.USAGE_NAME: "Nom d’usage",
    Field.FIRST_NAME: "Prénom",
    Field.BIRTH_DATE: "Date de naissance",
    Field.CATEGORY: "Catégorie",
    Field.RECOVERY_ADDRESS: "Adresse de secours",
    Field.POST: "Nouvelle affectation",
    Field.END: "Fin d’affectation",
    Field.STATUS: "Statut",
    Field.CORPS: "Corps",
    Field.DISCIPLINE: "Discipline",
    Field.PRIMARY: "Affectation principale",
    Field.SOURCE: "Source",
    Field.SITUATION: "Situation",
    Field.ACCOUNT: "Compte",
}
CATEGORIES: Mapping[str, str] = {
    "1D_PUBLIC": "Premier degré public",
    "2D_PUBLIC": "Second degré public",
    "CPE": "CPE",
    "PSYEN": "Psychologue",
    "DIRECTION": "Direction",
    "ATSS": "ATSS",
    "PRIVE_1D": "Premier degré privé",
    "PRIVE_2D": "Second degré privé",
    "AESH": "AESH",
    "AED": "AED",
}
SITUATIONS: Mapping[str, str] = {
    Situation.ACTIVE: "en activité",
    Situation.LEAVE: "congé",
    Situation.LONG_LEAVE: "congé long, disponibilité ou détachement",
    Situation.TRANSFER: "mutation",
    Situation.RETIREMENT: "retraite",
    Situation.DEATH: "décès",
}
_STATES = {"open": "ouvert", "closed": "fermé"}
# What says that somebody leaves, as the list of departures does.
_LEAVING = frozenset({Field.END, Field.SITUATION, Field.ACCOUNT, Field.SOURCE, Field.STATUS, Field.PRIMARY})
_DAYS = frozenset({Field.BIRTH_DATE, Field.POST, Field.END})
_PLACES = frozenset({Field.PRIMARY})


class DifferenceLabels(NamedTuple):
    """A difference in French. `place`: the school of the post it is about, or ""."""

    label: str
    before: str
    after: str
    place: str


def difference_labels(difference: Difference, places: Mapping[str, str]) -> DifferenceLabels:
    """The labels of a difference. `places`: UAI → name; a code without a name is shown as it is."""
    place = places.get(difference.uai, "") or difference.uai
    before, after = (
        _value_label(difference.field, value, places) for value in (difference.before or "", difference.after)
    )
    if difference.field is Field.POST:
        after = f"{place}, depuis le {after}"
        place = ""
    return DifferenceLabels(FIELDS[difference.field], before, after, place)


def differences_text(differences: Sequence[Difference], places: Mapping[str, str]) -> str:
    """All differences, on one line."""
    rows = (difference_labels(difference, places) for difference in differences)
    return " ; ".join(
        f"{row.label}{f' ({row.place})' if row.place else ''} {row.before} → {row.after}" for row in rows
    )


def differences_beside_leaving(differences: Sequence[Difference]) -> tuple[Difference, ...]:
    """Of somebody who leaves: what changes besides, such as a name, and with it an address."""
    return tuple(difference for difference in differences if difference.field not in _LEAVING)


def uais_in_differences(differences: Sequence[Difference]) -> set[str]:
    """UAI of the establishments named in these differences."""
    uais = {difference.uai for difference in differences if difference.uai}
    for difference in differences:
        if difference.field in _PLACES:
            uais |= {value for value in (difference.before, difference.after) if value}
    return uais


def day_text(day: date | None) -> str:
    """`24/11/2026`."""
    return f"{day:%d/%m/%Y}" if day else ""


def _value_label(field: Field, value: str, places: Mapping[str, str]) -> str:
    if not value:
        return NOTHING
    if field in _DAYS:
        return day_text(date.fromisoformat(value))
    if field in _PLACES:
        return places.get(value, "") or value
    if field is Field.CATEGORY:
        return CATEGORIES.get(value, value)
    if field is Field.DISCIPLINE:
        return discipline_label(value)
    if field is Field.SITUATION:
        return SITUATIONS.get(value, value)
    if field is Field.ACCOUNT:
        return _STATES.get(value, value)
    return value
