"""French names of the letters, and where the paragraph stands in each."""

from collections.abc import Mapping
from typing import NamedTuple

from vaguemestre.people.paragraphs.values import LetterKind


class KindLabel(NamedTuple):
    """`place`: where the paragraph stands."""

    title: str
    sent: str
    place: str


KIND_LABELS: Mapping[LetterKind, KindLabel] = {
    LetterKind.NUMEN_LETTER: KindLabel(
        "Lettre qui remet le NUMEN",
        "Imprimée par les services de gestion.",
        "avant la formule de politesse",
    ),
    LetterKind.ACTIVATION_LETTER: KindLabel(
        "Lettre d’activation du compte",
        "Imprimée par l’administration et par les chefs d’établissement.",
        "avant la signature",
    ),
    LetterKind.WELCOME: KindLabel(
        "Message de bienvenue",
        "Déposé dans la boîte le jour où le compte est activé.",
        "avant le rappel sur le mot de passe",
    ),
    LetterKind.NUMEN_REQUEST: KindLabel(
        "Courriels sur une demande de NUMEN",
        "Envoyés à l’adresse donnée par le demandeur, à chaque étape.",
        "après les coordonnées du service",
    ),
    LetterKind.CLOSING: KindLabel(
        "Annonce de la fermeture d’un compte",
        "Envoyée à l’adresse de secours avant la fermeture.",
        "avant le rappel sur le mot de passe",
    ),
}
