"""French names of what journal lines are about, such as `feed:4`, where the thing has no name of its own."""

import re

from vaguemestre.foundation.journal.values import Subject
from vaguemestre.foundation.kernel.texts import without_accents

_KINDS = {
    "academy": "académie",
    "account": "compte",
    "announcement": "annonce",
    "answer-text": "réponse type",
    "application": "application",
    "book": "carnet",
    "box": "boîte partagée",
    "box-request": "demande de boîte",
    "breach": "violation de données",
    "bulk": "acte sur plusieurs personnes",
    "domain": "domaine",
    "feed": "import RH",
    "job": "travail",
    "link": "lien",
    "list": "liste",
    "numen-request": "demande de NUMEN",
    "person": "personne",
    "queue": "file d’attente",
    "removal": "retrait",
    "request": "demande d’assistance",
    "sender": "expéditeur",
    "service": "service",
    "service-class": "classe de service",
    "structure": "établissement",
}
_WHOLES = {
    "first-day": "l’ouverture du service",
    "inventory": "l’inventaire",
    "journal": "le journal",
    "numens": "les NUMEN",
    "proofs": "les pièces des demandes",
    "stock": "le stock de clés OTP",
}
_NUMBERED = re.compile(r"(.+) n° ?(\d+)")


def thing_label(subject: str) -> str:
    """« import RH n° 4 » for `feed:4`; an unknown subject as it is stored."""
    kind, name = Subject.parse(subject)
    if not name or kind not in _KINDS:
        return _WHOLES.get(subject, subject)
    return f"{_KINDS[kind]} n° {name}" if name.isdigit() else f"{_KINDS[kind]} {name}"


def things_labelled(typed: str) -> tuple[str, ...]:
    """The subjects that a typed label names."""
    plain = without_accents(typed)
    wholes = [subject for subject, label in _WHOLES.items() if without_accents(label) == plain]
    if match := _NUMBERED.fullmatch(typed.strip()):
        words = without_accents(match[1])
        wholes += [f"{kind}:{match[2]}" for kind, label in _KINDS.items() if without_accents(label) == words]
    return tuple(wholes)
