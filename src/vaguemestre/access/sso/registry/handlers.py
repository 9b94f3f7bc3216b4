"""Handlers: end visits with their sessions and accounts."""

from django.utils import timezone

from vaguemestre.access.signin.events import SessionsEnded
from vaguemestre.access.sso.registry import services
from vaguemestre.people.credentials.events import AccountChanged, AccountsChanged, PersonErased
from vaguemestre.people.credentials.queries import is_closed


def follow_sessions(event: SessionsEnded) -> None:
    """End the visits of ended sessions; a session replaced after a fresh proof keeps its visits."""
    if event.continued_by:
        services.move_visits(event.session_keys, event.continued_by)
    elif event.session_keys:
        services.end_visits_of_sessions(event.session_keys, now=timezone.now())


def follow_account(event: AccountChanged) -> None:
    """End the visits of an account that is no longer open."""
    services.end_visits_of_accounts([event.account_id], now=timezone.now())


def follow_accounts(event: AccountsChanged) -> None:
    """End the visits of those accounts that are no longer open."""
    services.end_visits_of_accounts(event.account_ids, now=timezone.now())


def end_expired_visits() -> None:
    """Periodic task: end the visits of expired sessions."""
    services.end_visits_of_expired(timezone.now())


def forget_old_visits() -> None:
    """Periodic task: delete old visits."""
    services.delete_old_visits(timezone.now())


def erase_account(event: PersonErased) -> None:
    """Erase what this room keeps of a person whose account is closed (GDPR art. 17)."""
    if is_closed(event.account_id):
        services.erase_account(event.account_id)
