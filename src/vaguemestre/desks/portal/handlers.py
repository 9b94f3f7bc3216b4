"""Event handlers of the portal."""

from vaguemestre.desks.portal import services
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.queries import is_closed


def forget_person(event: PersonErased) -> None:
    """Delete what this room holds about a person whose civil status was erased."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)
