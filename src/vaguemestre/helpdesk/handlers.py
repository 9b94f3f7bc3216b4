"""What follows a compromise."""

from vaguemestre.credentials.events import PersonErased
from vaguemestre.credentials.queries import is_closed, presented
from vaguemestre.helpdesk import services
from vaguemestre.helpdesk.events import AccountSheltered
from vaguemestre.provisioning.ports import connections


def cut_off(event: AccountSheltered) -> None:
    """Every open connection to its mailbox ends."""
    account = presented(event.account_id)
    if account:
        connections.get().cut(account.mailbox)


def forget_person(event: PersonErased) -> None:
    """Their civil status is erased: nothing of theirs stays here."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)
