"""French labels of states, match reasons, media types and journal actions."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from vaguemestre.desks.enrolment.values import RequestState, StepRow
from vaguemestre.foundation.journal.values import number_of
from vaguemestre.people.directory.rules.similarity import MatchReason

STATE_LABELS = {
    RequestState.SUBMITTED: "Reçue",
    RequestState.UNDER_REVIEW: "À l’étude",
    RequestState.NEEDS_INFORMATION: "Une pièce est attendue",
    RequestState.APPROVED: "NUMEN attribué",
    RequestState.EXISTING_FOUND: "Vous avez déjà un NUMEN",
    RequestState.REJECTED: "Refusée",
    RequestState.DELIVERED: "NUMEN remis",
    RequestState.CLOSED: "Close",
}

# As officers read them.
OFFICER_STATE_LABELS = {**STATE_LABELS, RequestState.EXISTING_FOUND: "Avait déjà un NUMEN"}

# What an officer has just done to a request.
DONE_LABELS = {
    "prendre": "Demande prise en charge.",
    "demander": "Pièce demandée : un courriel prévient la personne.",
    "refuser": "Demande refusée : un courriel prévient la personne.",
    "existe": "C’est noté : la demande est de cette personne. La lettre reste à remettre.",
    "creer": "NUMEN attribué : un courriel prévient la personne. La lettre reste à remettre.",
    "remis": "C’est noté : la lettre est partie ou remise.",
    "confier": "C’est noté : la demande a changé de mains.",
    "noter": "Note ajoutée.",
    "transmettre": "Demande transmise.",
    "exercice": "Corrigé : le service qui crée la personne suit ce choix.",
}

MATCH_REASON_LABELS = {
    MatchReason.SAME: "mêmes noms, même naissance",
    MatchReason.NAMES: "noms proches, même naissance",
    MatchReason.BIRTH_DATE: "mêmes noms, même établissement, naissance à un chiffre près",
    MatchReason.SCHOOL: "noms proches, même établissement, autre date de naissance",
    MatchReason.NAMESAKE: "mêmes noms, autre date de naissance, autre établissement",
}

MEDIA_TYPE_LABELS = {"application/pdf": "PDF", "image/jpeg": "JPEG", "image/png": "PNG"}

HISTORY_LABELS = {
    "directory.person-registered": "Personne enregistrée",
    "directory.person-changed": "Fiche modifiée",
    "directory.numen-recorded": "NUMEN enregistré",
    "enrolment.numen-shown": "NUMEN montré",
    "enrolment.person-received": "Arrivée saisie à la main",
    "credentials.account-opened": "Compte créé",
    "credentials.account-activated": "Compte activé",
    "credentials.account-suspended": "Compte suspendu",
    "credentials.account-resumed": "Compte rétabli",
    "credentials.account-closed": "Compte fermé",
    "credentials.account-reopened": "Compte rouvert",
    "credentials.mailbox-open": "Boîte ouverte",
    "credentials.mailbox-closed": "Boîte fermée",
    "credentials.mailbox-held": "Boîte bloquée après une compromission",
    "credentials.mailbox-frozen": "Boîte gelée",
    "credentials.mailbox-purged": "Boîte effacée",
    "lifecycle.leave": "Congé déclaré",
    "lifecycle.long-leave": "Congé long déclaré",
    "lifecycle.transfer": "Mutation déclarée",
    "lifecycle.retirement": "Retraite déclarée",
    "lifecycle.contract-end": "Fin de contrat",
    "lifecycle.death": "Décès déclaré",
    "lifecycle.suspension": "Suspension disciplinaire",
    "lifecycle.ended": "Retour, ou déclaration retirée",
    "lifecycle.closing-put-off": "Fermeture reportée",
    "directory.civil-status-erased": "État civil effacé",
    "directory.person-hidden": "Retirée de l’annuaire",
    "directory.person-shown": "Remise dans l’annuaire",
    "credentials.role-given": "Rôle changé",
}


class LabelledStep(NamedTuple):
    """A step with the label of its state; `message` is "" where it repeats the label."""

    at: datetime
    label: str
    message: str


def labelled_steps(steps: Iterable[StepRow], labels: Mapping[RequestState, str]) -> list[LabelledStep]:
    """The steps of a request as its pages list them."""
    rows = []
    for step in steps:
        label = labels[step.state]
        message = "" if step.message.rstrip(".") == label else step.message
        rows.append(LabelledStep(step.at, label, message))
    return rows


def writer_of(by: str, names: Mapping[int, str]) -> str:
    """Who wrote a note. `by`: `account:7`, or `system`; `names`: by account id."""
    number = number_of("account", by)
    return names.get(number, "Compte supprimé") if number else "Le système"
