"""Event handlers of the portal."""

from django.utils import timezone

from vaguemestre.desks.portal import services
from vaguemestre.desks.portal.events import AnnouncementMailed
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.queries import is_closed


def prepare_mail(event: AnnouncementMailed) -> None:
    """List whom an announcement would reach by mail."""
    services.prepare_mail(event.announcement_id, now=timezone.now())


def forget_person(event: PersonErased) -> None:
    """Delete what this room holds about a person whose civil status was erased."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)
