"""States and acts in words."""

from vaguemestre.enrolment.values import State

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
    "credentials.role-given": "Rôle changé",
}
