"""Names of the journal's actors, such as `account:7`."""

from collections.abc import Callable, Collection, Iterable

from vaguemestre.foundation.journal.values import number_of, numbers_of
from vaguemestre.foundation.kernel.texts import without_accents

_ACTOR_LABELS = {
    "anybody": "quelqu’un de non connecté",
    "applicant": "la personne qui demande",
    "cli": "ligne de commande",
    "feed": "l’import RH",
    "gate": "le contrôle des envois",
    "instance": "l’instance",
    "link": "un lien reçu",
    "nobody": "un identifiant inconnu",
    "program": "une application",
    "system": "l’instance",
}


def actor_codes(typed: str) -> tuple[str, ...]:
    """The codes of actors with that label (« l’instance »)."""
    label_typed = without_accents(typed)
    return tuple(word for word, label in _ACTOR_LABELS.items() if without_accents(label) == label_typed)


def actor_names(
    subjects: Iterable[str], names_of: Callable[[Collection[int]], dict[int, str]]
) -> dict[str, str]:
    """Subject → name, for known accounts and for actors that are no account."""
    present = [subject for subject in subjects if subject]
    names = names_of(numbers_of("account", present))
    return {subject: _ACTOR_LABELS.get(subject, "") or _name(subject, names) for subject in present}


def _name(subject: str, names: dict[int, str]) -> str:
    return names.get(number_of("account", subject), subject)
