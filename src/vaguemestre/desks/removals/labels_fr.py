"""French words of removals."""

from vaguemestre.desks.removals.values import BoxPhase, RemovalState

STATES = {
    RemovalState.COUNTING: "Recherche en cours",
    RemovalState.COUNTED: "Attend une décision",
    RemovalState.AWAITING: "Attend une deuxième personne",
    RemovalState.REMOVING: "Retrait en cours",
    RemovalState.STOPPED: "Interrompu",
    RemovalState.REMOVED: "Retiré",
    RemovalState.UNDO_AWAITING: "Remise qui attend une deuxième personne",
    RemovalState.RESTORING: "Remise en cours",
    RemovalState.RESTORED: "Remis",
    RemovalState.REDOING: "Retrait refait après une restauration",
}
PHASES = {
    BoxPhase.LISTED: "À chercher",
    BoxPhase.COUNTED: "Trouvé",
    BoxPhase.REMOVED: "Retiré",
    BoxPhase.RESTORED: "Remis",
}
