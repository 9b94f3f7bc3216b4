"""Jobs of autoconfig."""

from django.utils import timezone

from vaguemestre.mailbox.autoconfig import services
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.queries import is_closed


def forget_person(event: PersonErased) -> None:
    """Delete the data of a person erased from the directory (GDPR art. 17)."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)


def purge_old_codes() -> None:
    """Periodic task: delete consent codes that ended."""
    services.delete_old_codes(now=timezone.now())
