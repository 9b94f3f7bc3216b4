"""The letter that asks somebody to activate their account, block by block. It holds no secret."""

from collections.abc import Sequence
from typing import NamedTuple

TITLE = "Votre compte de messagerie professionnelle"
SLIP_TITLE = "Activer votre compte de messagerie professionnelle"


class Letter(NamedTuple):
    """`site`: the address of the pages, without a slash at its end. `paragraph`: the académie's own."""

    name: str
    username: str
    address: str
    place: str
    academy: str
    service: str
    site: str
    paragraph: str = ""


def sender(letter: Letter) -> Sequence[str]:
    return tuple(part for part in (letter.academy, letter.service) if part)


def recipient(letter: Letter) -> Sequence[str]:
    return tuple(part for part in (letter.name, letter.place) if part)


def paragraphs(letter: Letter) -> Sequence[str]:
    own = (letter.paragraph,) if letter.paragraph else ()
    return (
        "Madame, Monsieur,",
        "Votre académie vous a ouvert un compte de messagerie professionnelle, qui n’a pas encore été "
        "activé. Vos courriels professionnels vous y attendent.",
        "La marche à suivre est au bas de cette lettre, à découper et à conserver. Elle demande votre "
        "NUMEN : si vous ne l’avez pas, ou plus, demandez-le à votre service de gestion : lui seul le dit. "
        "Personne n’a à vous le demander par téléphone ni par courriel.",
        *own,
    )


def facts(letter: Letter) -> Sequence[tuple[str, str]]:
    return (("Identifiant", letter.username), ("Adresse électronique", letter.address))


def activation_page(letter: Letter) -> str:
    return f"{letter.site}/assistant/"


def steps(letter: Letter) -> Sequence[str]:
    return (
        f"Ouvrez la page {activation_page(letter)}, ou visez le code carré ci-contre avec un téléphone.",
        "Écrivez votre NUMEN et votre date de naissance, puis suivez les indications.",
        "Choisissez votre mot de passe.",
    )
