"""French labels of the journal's actions on messages: removals, reports, composition."""

MAIL_ACTION_LABELS = {
    "removals.approved": "Retrait de courriels : accord de la deuxième personne",
    "removals.copies-removed": "Courriel dangereux retiré d’une boîte",
    "removals.copies-restored": "Courriel retiré, remis dans une boîte",
    "removals.decided": "Retrait de courriels décidé",
    "removals.looked-for": "Courriel cherché dans les boîtes",
    "removals.redone": "Retrait de courriels refait après une restauration",
    "removals.retried": "Retrait de courriels : boîtes non atteintes réessayées",
    "removals.right-given": "Droit de retirer des courriels donné",
    "removals.right-withdrawn": "Droit de retirer des courriels retiré",
    "removals.stopped": "Retrait de courriels interrompu",
    "removals.undo-approved": "Retrait de courriels annulé : accord de la deuxième personne",
    "removals.undo-asked": "Retrait de courriels à annuler, attend une deuxième personne",
    "removals.undone": "Retrait de courriels annulé",
    "reports.message-reported": "Courriel signalé",
    "reports.reports-closed": "Signalements traités",
    "compose.identity-removed": "Identité d’envoi retirée",
    "compose.identity-saved": "Identité d’envoi enregistrée",
    "compose.mailing-begun": "Publipostage commencé",
    "compose.mailing-stopped": "Publipostage arrêté",
    "compose.text-shared": "Réponse type partagée",
}
