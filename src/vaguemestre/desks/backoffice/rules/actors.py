"""Who the journal writes as `account:7`, in names."""

from collections.abc import Callable, Collection, Iterable

from vaguemestre.foundation.kernel.texts import bare

_PLAIN = {
    "anybody": "quelqu’un de non connecté",
    "applicant": "la personne qui demande",
    "cli": "ligne de commande",
    "feed": "le flux RH",
    "gate": "le contrôle des envois",
    "instance": "l’instance",
    "link": "un lien reçu",
    "nobody": "un identifiant inconnu",
    "program": "une application",
    "system": "l’instance",
}


def actors_of(typed: str) -> tuple[str, ...]:
    """How the journal writes whom is shown by that label (« l’instance »)."""
    wanted = bare(typed)
    return tuple(word for word, label in _PLAIN.items() if bare(label) == wanted)


def numbers_of(kind: str, told: Iterable[str]) -> set[int]:
    """The numbers of what is written `kind:7`."""
    cut = [one.partition(":") for one in told]
    return {int(number) for name, _, number in cut if name == kind and number.isascii() and number.isdigit()}


def actors_in(told: Iterable[str], names_of: Callable[[Collection[int]], dict[int, str]]) -> dict[str, str]:
    """What is written → what is shown, for accounts that are still known and for what is no account."""
    written = [one for one in told if one]
    names = names_of(numbers_of("account", written))
    return {one: _PLAIN.get(one, "") or _named(one, names) for one in written}


def _named(one: str, names: dict[int, str]) -> str:
    kind, _, number = one.partition(":")
    return names.get(int(number), one) if kind == "account" and number.isdigit() else one
