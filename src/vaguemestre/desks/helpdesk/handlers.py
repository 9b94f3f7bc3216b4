"""What follows a compromise."""

from vaguemestre.desks.helpdesk import services
from vaguemestre.desks.helpdesk.events import AccountSheltered
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.queries import is_closed, presented
from vaguemestre.people.provisioning.ports import connections


def cut_off(event: AccountSheltered) -> None:
    """Every open connection to its mailbox ends."""
    account = presented(event.account_id)
    if account:
        connections.get().cut(account.mailbox)


def forget_person(event: PersonErased) -> None:
    """Their civil status is erased: nothing of theirs stays here."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)
