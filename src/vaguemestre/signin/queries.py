"""Reading sessions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from vaguemestre.credentials.queries import presented
from vaguemestre.signin.models import BrowserSession
from vaguemestre.signin.values import Who


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that is not over, and its person; `ends_at` if nothing more is asked."""

    who: Who
    started: datetime
    ends_at: datetime


def open_session(session_key: str, now: datetime) -> OpenSession | None:
    """None when it is over, or its account is not active."""
    columns = ("account_id", "started_at", "expire_date", "is_shared_computer")
    row = BrowserSession.objects.filter(pk=session_key, expire_date__gt=now, account__isnull=False)
    found = row.values_list(*columns).first()
    if found is None:
        return None
    account_id, started, ends_at, shared = found
    account = presented(account_id) if account_id and started else None
    if account is None or account.state != "active" or started is None:
        return None
    who = Who(
        account_id=account.account_id,
        username=account.username,
        mailbox=account.mailbox,
        address=account.address,
        name=account.name,
        first_name=account.first_name,
        role=account.role,
        session_key=session_key,
        signed_in_at=started,
        shared=shared,
        theme=account.theme,
    )
    return OpenSession(who, started, ends_at)


def sessions_over(session_keys: Collection[str], now: datetime) -> set[str]:
    """Those of the keys that open nothing any more."""
    alive = BrowserSession.objects.filter(
        pk__in=session_keys, expire_date__gt=now, account__state="active"
    ).values_list("pk", flat=True)
    return set(session_keys) - set(alive)
