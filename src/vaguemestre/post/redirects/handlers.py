"""Rounds of redirects."""

from django.utils import timezone

from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.queries import is_closed
from vaguemestre.post.redirects import services


def purge_old_clicks() -> None:
    """Periodic task: delete clicks after 30 days."""
    services.delete_old_clicks(timezone.now())


def forget_person(event: PersonErased) -> None:
    """Delete the data of a person erased from the directory (GDPR art. 17)."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)
