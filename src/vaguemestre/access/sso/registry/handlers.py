"""What follows the end of sessions and the closing of accounts, for applications."""

from django.utils import timezone

from vaguemestre.access.signin.events import SessionsEnded
from vaguemestre.access.sso.registry import services
from vaguemestre.people.credentials.events import AccountChanged, AccountsChanged, PersonErased
from vaguemestre.people.credentials.queries import is_closed


def follow_sessions(event: SessionsEnded) -> None:
    """Who signs out here is out everywhere; who proved again who they are stays in."""
    if event.continued_by:
        services.carry_on(event.session_keys, event.continued_by)
    elif event.session_keys:
        services.end_visits_of_sessions(event.session_keys, now=timezone.now())


def follow_account(event: AccountChanged) -> None:
    services.end_visits_of_accounts([event.account_id], now=timezone.now())


def follow_accounts(event: AccountsChanged) -> None:
    services.end_visits_of_accounts(event.account_ids, now=timezone.now())


def end_expired_visits() -> None:
    """Round of the worker: sessions that nobody ended are over too."""
    services.end_visits_of_expired(timezone.now())


def forget_old_visits() -> None:
    """Round of the worker."""
    services.sweep(timezone.now())


def forget_person(event: PersonErased) -> None:
    """Their civil status is erased: nothing of theirs stays here."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)
