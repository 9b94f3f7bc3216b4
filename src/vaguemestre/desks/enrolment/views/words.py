"""States and acts in words."""

from collections.abc import Iterable, Mapping

from vaguemestre.desks.enrolment.values import State, StepSeen
from vaguemestre.people.directory.rules.similarity import MatchReason

STATES = {
    State.SUBMITTED: "Reçue",
    State.UNDER_REVIEW: "À l’étude",
    State.NEEDS_INFORMATION: "Une pièce est attendue",
    State.APPROVED: "NUMEN attribué",
    State.EXISTING_FOUND: "Vous avez déjà un NUMEN",
    State.REJECTED: "Refusée",
    State.DELIVERED: "NUMEN remis",
    State.CLOSED: "Close",
}

# What whoever answers the requests reads.
OFFICERS_STATES = {**STATES, State.EXISTING_FOUND: "Avait déjà un NUMEN"}

MATCH_REASONS = {
    MatchReason.SAME: "mêmes noms, même naissance",
    MatchReason.NAMES: "noms proches, même naissance",
    MatchReason.BIRTH_DATE: "mêmes noms, même établissement, naissance à un chiffre près",
    MatchReason.SCHOOL: "noms proches, même établissement, autre date de naissance",
    MatchReason.NAMESAKE: "mêmes noms, autre date de naissance, autre établissement",
}

KINDS = {"application/pdf": "PDF", "image/jpeg": "JPEG", "image/png": "PNG"}

STORY = {
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


def told_steps(steps: Iterable[StepSeen], states: Mapping[State, str]) -> list[tuple[StepSeen, str, str]]:
    """Each step, its state in words, and what was written with it unless that is the state again."""
    told = [(step, states[step.state]) for step in steps]
    return [(step, title, "" if step.words.rstrip(".") == title else step.words) for step, title in told]
