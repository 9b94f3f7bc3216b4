"""What the worker does for portal."""

from vaguemestre.desks.portal import services
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.queries import is_closed


def forget_person(event: PersonErased) -> None:
    """Their civil status is erased: nothing of theirs stays here."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)
