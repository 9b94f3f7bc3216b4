"""French names of the states of an account and of its mailbox: alone in a cell, and inside a sentence."""

from collections.abc import Mapping

from vaguemestre.people.credentials.values import AccountState, MailboxState

ACCOUNT_STATE_LABELS: Mapping[str, str] = {
    AccountState.PENDING: "Jamais activé",
    AccountState.ACTIVE: "Actif",
    AccountState.SUSPENDED: "Suspendu",
    AccountState.CLOSED: "Fermé",
}
ACCOUNT_STATE_WORDS: Mapping[str, str] = {
    state: label.lower() for state, label in ACCOUNT_STATE_LABELS.items()
}
MAILBOX_STATE_WORDS: Mapping[str, str] = {
    MailboxState.OPEN: "ouverte",
    MailboxState.HELD: "bloquée après une compromission, le courrier arrive",
    MailboxState.CLOSED: "fermée, encore gardée",
    MailboxState.FROZEN: "gelée",
    MailboxState.PURGED: "effacée",
}
