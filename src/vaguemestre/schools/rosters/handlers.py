"""What the worker does for classes."""

from django.conf import settings
from django.utils import timezone

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.queries import is_closed
from vaguemestre.schools.rosters import services

# What says that somebody else may have been in: the ENT's door is shut too.
_SHUT_BY = {"alarm-raised", "recovered", "password-changed", "desk-compromised"}


def follow_account(event: AccountTouched) -> None:
    if event.act in _SHUT_BY:
        services.unlink_ent(event.account_id, by="system", now=timezone.now())


def purge_rosters() -> None:
    services.purge(now=timezone.now(), ent_domain=settings.CONFIG.ent.domain)


def forget_person(event: PersonErased) -> None:
    """Their civil status is erased: nothing of theirs stays here."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id, event.person_id)
