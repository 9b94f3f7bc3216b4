"""What a delivery letter says: an administrative letter, line by line."""

import re

from vaguemestre.desks.enrolment.values import Letter

TITLE = "Votre identifiant et votre NUMEN"
_SALUTATIONS = {"Mme": "Madame", "M.": "Monsieur"}
_TOWN = re.compile(r"^\s*\d{5}\s+(.+?)(?:\s+cedex(?:\s+\d+)?)?\s*$", re.IGNORECASE)


def sender(letter: Letter) -> tuple[str, ...]:
    """The letterhead."""
    return (letter.academy, letter.service, *_lines(letter.service_postal), *letter.reached)


def recipient(letter: Letter) -> tuple[str, ...]:
    """The lines of the window."""
    return (letter.name, *_lines(letter.postal))


def place_and_date(letter: Letter, day: str) -> str:
    """« Amiens, le 27 novembre 2026 »; without a town, the day alone."""
    towns = [found[1] for line in _lines(letter.service_postal) if (found := _TOWN.match(line))]
    return f"{towns[-1].title() if towns[-1].isupper() else towns[-1]}, le {day}" if towns else f"Le {day}"


def references(letter: Letter) -> tuple[tuple[str, str], ...]:
    number = " – ".join(part for part in (letter.service_code, letter.reference or letter.username) if part)
    told = [("Nos références", number), ("Objet", TITLE)]
    if letter.writer:
        told.insert(1, ("Affaire suivie par", letter.writer))
    return tuple(told)


def salutation(letter: Letter) -> str:
    return _SALUTATIONS.get(letter.civility, "Madame, Monsieur")


def paragraphs(letter: Letter) -> tuple[str, ...]:
    """Before the facts."""
    return (
        f"{salutation(letter)},",
        "Vous trouverez ci-dessous votre NUMEN et votre identifiant. Le NUMEN est confidentiel et vous "
        "suivra toute votre carrière : personne n’a à vous le demander par téléphone ni par courriel.",
    )


def closing(letter: Letter) -> str:
    return f"Je vous prie d’agréer, {salutation(letter)}, l’expression de ma considération distinguée."


def signatory(letter: Letter) -> tuple[str, ...]:
    return ("Pour l’autorité académique, et par délégation,", letter.service)


def username_told(letter: Letter) -> str:
    return (
        f"{letter.username} (un homonyme existe, d’où le chiffre)" if letter.has_namesake else letter.username
    )


def facts(letter: Letter) -> tuple[tuple[str, str], ...]:
    return (
        ("NUMEN", letter.numen),
        ("Identifiant", username_told(letter)),
        ("Adresse électronique", letter.address),
    )


def activation(letter: Letter) -> tuple[str, ...]:
    """How the account is activated; the address stands on a line of its own."""
    return (
        "Pour choisir votre mot de passe, ouvrez cette page, écrivez votre NUMEN et votre date de naissance, "
        "puis suivez les indications :",
        letter.activation,
        "Le NUMEN n’est pas un mot de passe. Un zéro y est barré, la lettre O non.",
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
