"""The text of the letter that delivers a NUMEN, block by block."""

import re

from vaguemestre.desks.enrolment.values import DeliveryLetter

TITLE = "Votre identifiant et votre NUMEN"
_SLIP_TITLE = "Activer votre compte de messagerie professionnelle"
_SLIP_TITLE_ACTIVATED = "Votre compte de messagerie professionnelle"
NUMEN = "NUMEN"
_SALUTATIONS = {"Mme": "Madame", "M.": "Monsieur"}
_TOWN = re.compile(r"^\s*\d{5}\s+(.+?)(?:\s+cedex(?:\s+\d+)?)?\s*$", re.IGNORECASE)


def sender(letter: DeliveryLetter) -> tuple[str, ...]:
    """The letterhead."""
    return (letter.academy, letter.service, *_lines(letter.service_postal), *letter.contacts)


def recipient(letter: DeliveryLetter) -> tuple[str, ...]:
    """The lines in the window of the envelope."""
    return (letter.name, *_lines(letter.postal))


def place_and_date(letter: DeliveryLetter, day: str) -> str:
    """« Amiens, le 27 novembre 2026 »; without a town, the day alone."""
    towns = [match[1] for line in _lines(letter.service_postal) if (match := _TOWN.match(line))]
    return f"{towns[-1].title() if towns[-1].isupper() else towns[-1]}, le {day}" if towns else f"Le {day}"


def references(letter: DeliveryLetter) -> tuple[tuple[str, str], ...]:
    number = " – ".join(part for part in (letter.service_code, letter.reference or letter.username) if part)
    lines = [("Nos références", number), ("Objet", TITLE)]
    if letter.writer:
        lines.insert(1, ("Affaire suivie par", letter.writer))
    return tuple(lines)


def salutation(letter: DeliveryLetter) -> str:
    return _SALUTATIONS.get(letter.civility, "Madame, Monsieur")


def paragraphs(letter: DeliveryLetter) -> tuple[str, ...]:
    """The paragraphs before the closing."""
    own = (letter.paragraph,) if letter.paragraph else ()
    how = "vous connecter" if letter.is_activated else "choisir votre mot de passe"
    return (
        f"{salutation(letter)},",
        "Vous trouverez au bas de cette lettre, à découper et à conserver, votre NUMEN, votre identifiant et "
        f"la marche à suivre pour {how}. Le NUMEN est confidentiel et vous suivra toute "
        "votre carrière : personne n’a à vous le demander par téléphone ni par courriel.",
        *own,
    )


def closing(letter: DeliveryLetter) -> str:
    return f"Je vous prie d’agréer, {salutation(letter)}, l’expression de ma considération distinguée."


def signatory(letter: DeliveryLetter) -> tuple[str, ...]:
    return ("Pour l’autorité académique, et par délégation,", letter.service)


def username_line(letter: DeliveryLetter) -> str:
    return (
        f"{letter.username} (un homonyme existe, d’où le chiffre)" if letter.has_namesake else letter.username
    )


def facts(letter: DeliveryLetter) -> tuple[tuple[str, str], ...]:
    return (
        (NUMEN, letter.numen),
        ("Identifiant", username_line(letter)),
        ("Adresse électronique", letter.address),
    )


def slip_title(letter: DeliveryLetter) -> str:
    return _SLIP_TITLE_ACTIVATED if letter.is_activated else _SLIP_TITLE


def steps(letter: DeliveryLetter) -> tuple[str, ...]:
    """How to activate the account; how to sign in, once it is: the NUMEN activates it no second time."""
    page = f"Ouvrez la page {letter.page}, ou visez le code carré ci-contre avec un téléphone."
    if letter.is_activated:
        return (
            page,
            "Votre compte est déjà activé : connectez-vous avec votre identifiant et votre mot de passe.",
            "Mot de passe perdu : « Je ne connais pas mon identifiant ou mon mot de passe », puis « J’ai "
            "oublié mon mot de passe ». Dans le NUMEN, un zéro est barré, la lettre O non.",
        )
    return (
        page,
        "Écrivez votre NUMEN et votre date de naissance, puis suivez les indications.",
        "Choisissez votre mot de passe. Le NUMEN n’en est pas un. Un zéro y est barré, la lettre O non.",
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
