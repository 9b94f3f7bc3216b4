"""French words of the quarantine."""

from vaguemestre.post.quarantine.values import Reason, State

REASONS = {
    Reason.VIRUS: "Virus",
    Reason.FRAUD: "Lien dangereux",
    Reason.MACRO: "Document avec macros",
}
STATES = {
    State.HELD: "En quarantaine",
    State.RELEASING: "Remise en cours",
    State.RELEASED: "Remis",
}
