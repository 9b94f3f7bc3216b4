"""The letter that asks somebody to activate their account, block by block. It holds no secret."""

from collections.abc import Sequence
from typing import NamedTuple

TITLE = "Votre compte de messagerie professionnelle"


class Letter(NamedTuple):
    """`site`: the address of the pages, without a slash at its end."""

    name: str
    username: str
    address: str
    place: str
    academy: str
    service: str
    site: str


def sender(letter: Letter) -> Sequence[str]:
    return tuple(part for part in (letter.academy, letter.service) if part)


def recipient(letter: Letter) -> Sequence[str]:
    return tuple(part for part in (letter.name, letter.place) if part)


def before_facts(letter: Letter) -> Sequence[str]:
    return (
        "Madame, Monsieur,",
        f"{letter.academy} vous a ouvert un compte de messagerie professionnelle, qui n’a pas encore été "
        "activé. Vos courriels professionnels vous y attendent.",
    )


def facts(letter: Letter) -> Sequence[tuple[str, str]]:
    return (("Identifiant", letter.username), ("Adresse électronique", letter.address))


def after_facts(letter: Letter) -> Sequence[str]:
    return (
        "Pour choisir votre mot de passe, ouvrez cette page, écrivez votre NUMEN et votre date de naissance, "
        "puis suivez les indications :",
        f"{letter.site}/assistant/",
        "Votre NUMEN vous a été donné par votre service de gestion, qui peut vous le redire : lui seul le "
        "connaît. Personne n’a à vous le demander par téléphone ni par courriel.",
    )
