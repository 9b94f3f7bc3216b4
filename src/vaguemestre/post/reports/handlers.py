"""Jobs of reports."""

from django.conf import settings
from django.utils import timezone

from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.queries import is_closed
from vaguemestre.post.reports import services


def forget_person(event: PersonErased) -> None:
    """Delete the data of a person erased from the directory (GDPR art. 17)."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)


def purge_old_reports() -> None:
    """Periodic task: delete reports whose retention is over."""
    services.delete_old_reports(settings.CONFIG.retention.reports_days, now=timezone.now())
