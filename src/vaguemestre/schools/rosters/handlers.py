"""Event handlers of rosters."""

from django.conf import settings
from django.utils import timezone

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.queries import is_closed
from vaguemestre.schools.rosters import services

# Signs that an account may be compromised: its ENT link is removed.
_UNLINKING_ACTS = {"alarm-raised", "recovered", "password-changed", "desk-compromised"}


def unlink_after_alarm(event: AccountTouched) -> None:
    if event.act in _UNLINKING_ACTS:
        services.unlink_ent(event.account_id, by="system", now=timezone.now())


def purge_rosters() -> None:
    services.purge_rosters(now=timezone.now(), ent_domain=settings.CONFIG.ent.domain)


def forget_person(event: PersonErased) -> None:
    """Delete what this room holds about a person whose civil status was erased."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id, event.person_id)
