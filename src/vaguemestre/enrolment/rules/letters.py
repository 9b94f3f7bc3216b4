"""What a delivery letter says, paragraph by paragraph."""

from vaguemestre.enrolment.values import Letter

TITLE = "Votre identifiant et votre NUMEN"


def paragraphs(letter: Letter) -> tuple[str, ...]:
    return (
        f"{letter.name},",
        "Vous trouverez ci-dessous votre NUMEN et votre identifiant. Le NUMEN est confidentiel et vous "
        "suivra toute votre carrière : personne n’a à vous le demander par téléphone ni par courriel.",
    )


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


def activation(letter: Letter) -> str:
    return (
        f"Pour choisir votre mot de passe : ouvrez {letter.activation}, écrivez votre NUMEN et votre date de "
        "naissance, puis suivez les indications. Le NUMEN n’est pas un mot de passe. Un zéro y est barré, "
        "la lettre O non."
    )
