"""What follows a compromise."""

from vaguemestre.credentials.queries import presented
from vaguemestre.helpdesk.events import AccountSheltered
from vaguemestre.provisioning.ports import connections


def cut_off(event: AccountSheltered) -> None:
    """Every open connection to its mailbox ends."""
    account = presented(event.account_id)
    if account:
        connections.get().cut(account.mailbox)
