"""What the worker looks after."""

from django.utils import timezone

from vaguemestre.credentials.events import PersonErased
from vaguemestre.credentials.queries import is_closed
from vaguemestre.enrolment import services


def forget_old_proofs() -> None:
    """Each minute: proofs of requests closed long enough go."""
    services.forget_old_proofs(now=timezone.now())


def forget_person(event: PersonErased) -> None:
    """Their civil status is erased: nothing of theirs stays here."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id, event.person_id)
