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
    "credentials.mailbox-open": "Boîte ouverte",
    "credentials.mailbox-closed": "Boîte fermée",
    "credentials.mailbox-held": "Boîte bloquée après une compromission",
    "credentials.mailbox-frozen": "Boîte gelée",
    "credentials.mailbox-purged": "Boîte effacée",
    "lives.leave": "Congé déclaré",
    "lives.long-leave": "Congé long déclaré",
    "lives.transfer": "Mutation déclarée",
    "lives.retirement": "Retraite déclarée",
    "lives.contract-end": "Fin de contrat",
    "lives.death": "Décès déclaré",
    "lives.suspension": "Suspension disciplinaire",
    "lives.ended": "Retour, ou déclaration retirée",
    "lives.closing-put-off": "Fermeture reportée",
    "directory.civil-status-erased": "État civil effacé",
    "directory.person-hidden": "Retirée de l’annuaire",
    "directory.person-shown": "Remise dans l’annuaire",
    "credentials.role-given": "Rôle changé",
}
