"""What a feed does to establishments, in sentences for whoever decides."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from vaguemestre.foundation.kernel.texts import counted, inflected
from vaguemestre.people.directory.values import PlaceChange

_PLACES_NAMED = 10
_LABELS = {
    "name": "nom",
    "kind": "type",
    "sector": "secteur",
    "department": "département",
    "town": "commune",
    "postal_code": "code postal",
    "district": "circonscription",
}


def opened_notices(names: Mapping[str, str]) -> tuple[str, ...]:
    """A sentence on the establishments it opens, the first ones by name. `names`: by UAI, "" if unknown."""
    new = sorted(names, key=lambda uai: (not names[uai], names[uai], uai))
    if not new:
        return ()
    listing = ", ".join(f"{names[uai]} ({uai})" if names[uai] else uai for uai in new[:_PLACES_NAMED])
    number = counted(len(new), "établissement nouveau", "établissements nouveaux")
    return (f"{number} {inflected(len(new), 'sera ouvert', 'seront ouverts')} : {listing}{_others(new)}.",)


def changed_notices(changes: Sequence[PlaceChange]) -> tuple[str, ...]:
    """A sentence on the establishments it describes otherwise, the first ones with before and after."""
    if not changes:
        return ()
    number = counted(len(changes), "établissement")
    verb = inflected(len(changes), "sera modifié", "seront modifiés")
    return (f"{number} {verb} : {' ; '.join(map(_change, changes[:_PLACES_NAMED]))}{_others(changes)}.",)


def _change(change: PlaceChange) -> str:
    before, after = asdict(change.before), asdict(change.after)
    differences = ", ".join(
        f"{label} « {before[name] or '–'} » → « {after[name]} »"
        for name, label in _LABELS.items()
        if before[name] != after[name]
    )
    return f"{change.before.name} ({change.before.uai}), {differences}"


def _others(places: Sequence[object]) -> str:
    return f", et {len(places) - _PLACES_NAMED} de plus" if len(places) > _PLACES_NAMED else ""
