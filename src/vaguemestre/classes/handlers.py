"""What the worker does for classes."""

from django.conf import settings
from django.utils import timezone

from vaguemestre.classes import services
from vaguemestre.signin.events import AccountTouched

# What says that somebody else may have been in: the ENT's door is shut too.
_SHUT_BY = {"alarm-raised", "recovered", "password-changed", "desk-compromised"}


def follow_account(event: AccountTouched) -> None:
    if event.act in _SHUT_BY:
        services.unlink_ent(event.account_id, by="system", now=timezone.now())


def purge_rosters() -> None:
    services.purge(now=timezone.now(), ent_domain=settings.CONFIG.ent.domain)
