"""French words of removals."""

from vaguemestre.desks.removals.values import Box, BoxPhase, RemovalFile, RemovalState
from vaguemestre.foundation.kernel.texts import counted

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
# Where the mail is in no mailbox, and in quarantine.
_QUARANTINED = {
    RemovalState.COUNTED: "Dans aucune boîte, {} en quarantaine",
    RemovalState.REMOVED: "En quarantaine : il n’est plus remis à personne",
    RemovalState.RESTORED: "Refermé : {} en quarantaine, à remettre à qui le demande",
}


def state_fr(file: RemovalFile) -> str:
    """The state, for a page."""
    if file.counts.quarantined and not file.counts.holding and file.state in _QUARANTINED:
        return _QUARANTINED[file.state].format(counted(file.counts.quarantined, "copie"))
    if file.state is RemovalState.COUNTED and not file.counts.holding:
        asked = ", le reste attend une décision" if file.criteria.has_content else " : rien à retirer"
        return f"Dans aucune boîte{asked}"
    if file.state is RemovalState.REMOVED and not file.counts.holding:
        return "Aucun courriel n’était à retirer"
    if file.state is RemovalState.REMOVED and not file.counts.removed:
        return "Rien n’est retiré : les copies n’étaient plus dans les boîtes"
    if file.state is RemovalState.RESTORED and not file.counts.restored:
        return "Refermé : rien n’était à remettre"
    return STATES[file.state]


def phase_fr(box: Box) -> str:
    """What was done in that mailbox, for a page."""
    is_without = box.phase is BoxPhase.REMOVED and not box.holds_copies
    return "Plus rien à retirer" if is_without else PHASES[box.phase]
