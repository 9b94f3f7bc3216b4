"""Reading sessions."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from vaguemestre.access.signin.models import Attempts, BrowserSession, Device
from vaguemestre.access.signin.rules.activity import WORDS, Kind, actor, circumstances, kind_of
from vaguemestre.access.signin.rules.browsers import browser_words
from vaguemestre.access.signin.rules.throttle import ACCOUNT, failures_now, wait_left
from vaguemestre.access.signin.sessions import SessionStore
from vaguemestre.access.signin.values import Who
from vaguemestre.foundation.journal.queries import entries_about
from vaguemestre.people.credentials.queries import (
    identified,
    names_of,
    presented,
    roles_of,
    second_factor_due,
)
from vaguemestre.people.credentials.rules.second_factors import Policy


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that is not over, and its person; `ends_at` if nothing more is asked."""

    who: Who
    started: datetime
    ends_at: datetime


def open_session(session_key: str, now: datetime, policy: Policy | None = None) -> OpenSession | None:
    """None when it is over, or its account is not active."""
    columns = (
        "account_id",
        "started_at",
        "expire_date",
        "is_shared_computer",
        "is_own_device",
        "session_data",
    )
    row = BrowserSession.objects.filter(pk=session_key, expire_date__gt=now, account__isnull=False)
    found = row.values_list(*columns).first()
    if found is None:
        return None
    account_id, started, ends_at, shared, mine, data = found
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
        mine=mine,
        theme=account.theme,
        preferences=account.preferences,
        enrol_before=second_factor_due(account.account_id, account.role, policy),
        must_renew=account.is_barred,
        mail_held_since=account.mail_held_since,
        by=str(SessionStore().decode(data).get("by", "")),
    )
    return OpenSession(who, started, ends_at)


def last_sign_ins(account_ids: Collection[int]) -> dict[int, datetime]:
    """Account → when somebody last got in from a browser; nobody who never did."""
    rows = Device.objects.filter(account_id__in=account_ids).order_by().values_list("account_id")
    return dict(rows.annotate(Max("last_at")))


def was_shared(session_key: str) -> bool:
    """Whether a session that is over was one of a shared computer."""
    return BrowserSession.objects.filter(pk=session_key, is_shared_computer=True).exists()


def sessions_over(session_keys: Collection[str], now: datetime) -> set[str]:
    """Those of the keys that open nothing any more."""
    return set(session_keys) - sessions_open_until(session_keys, now).keys()


def sessions_open_until(session_keys: Collection[str], now: datetime) -> dict[str, datetime]:
    """Key of an open session → when it ends unless it is used in the meantime."""
    rows = BrowserSession.objects.filter(
        pk__in=session_keys, expire_date__gt=now, account__state="active"
    ).values_list("pk", "expire_date")
    return dict(rows)


def is_forgotten(account_id: int, mark: str) -> bool:
    """Whether the owner, or an alarm, struck that browser off: its cookie is worth nothing any more."""
    return Device.objects.filter(account_id=account_id, mark=mark, forgotten_at__isnull=False).exists()


@dataclass(frozen=True, slots=True)
class SessionShown:
    """A session as its owner sees it. `handle` names it on the page without being its key."""

    handle: str
    started: datetime
    network: str
    browser: str
    is_shared: bool
    is_mine: bool
    is_this_one: bool


def sessions_of(account_id: int, this_key: str, now: datetime) -> list[SessionShown]:
    """Those that are open, newest first."""
    rows = BrowserSession.objects.filter(account_id=account_id, expire_date__gt=now).order_by("-started_at")
    columns = ("started_at", "network", "browser", "is_shared_computer", "is_own_device", "pk")
    return [
        SessionShown(handle_of(pk), started, network, browser_words(browser), shared, mine, pk == this_key)
        for started, network, browser, shared, mine, pk in rows.values_list(*columns)
        if started
    ]


def session_named(account_id: int, handle: str, now: datetime) -> str:
    """The key of that session of theirs; "" when it is over."""
    keys = BrowserSession.objects.filter(account_id=account_id, expire_date__gt=now)
    return next((key for key in keys.values_list("pk", flat=True) if handle_of(key) == handle), "")


def handle_of(session_key: str) -> str:
    return hashlib.sha256(f"handle {session_key}".encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class BrowserShown:
    """A browser that may get in whatever strangers fail elsewhere."""

    number: int
    words: str
    network: str
    first_at: datetime
    last_at: datetime


def browsers_of(account_id: int) -> list[BrowserShown]:
    """The last used first."""
    rows = Device.objects.filter(account_id=account_id, forgotten_at__isnull=True).order_by("-last_at")[:50]
    return [
        BrowserShown(one.pk, browser_words(one.told), one.network, one.first_at, one.last_at) for one in rows
    ]


@dataclass(frozen=True, slots=True)
class Happened:
    """A line of « Mon activité »."""

    at: datetime
    kind: Kind
    words: str
    who: str
    more: str


def activity_of(account_id: int, *, limit: int = 150) -> list[Happened]:
    """The newest first: three questions, whatever the number of lines."""
    person_id = identified(account_id).person_id
    lines = entries_about(f"account:{account_id}", limit=limit)
    if person_id:
        lines += entries_about(f"person:{person_id}", limit=limit)
    told = sorted((one for one in lines if one.action in WORDS), key=lambda one: one.at, reverse=True)[:limit]
    others = {int(one.by.partition(":")[2]) for one in told if one.by.startswith("account:")}
    roles = roles_of(others - {account_id})
    names = names_of({_colleague(one.details) for one in told} - {0})
    return [
        Happened(
            one.at,
            kind_of(one.action, one.by, account_id),
            WORDS[one.action],
            actor(one.by, account_id, roles.get(int(one.by.partition(":")[2] or 0), ""))
            if one.by.startswith("account:")
            else actor(one.by, account_id),
            circumstances(one.details, names.get(_colleague(one.details), "")),
        )
        for one in told
    ]


def _colleague(details: Mapping[str, object]) -> int:
    """The account a line speaks of besides its owner's; 0 without one."""
    kind, _, number = str(details.get("colleague") or "").partition(":")
    return int(number) if kind == "account" and number.isdecimal() else 0


@dataclass(frozen=True, slots=True)
class Throttled:
    """Failures that still count against an account, and until when its next try must wait."""

    failures: int
    until: datetime | None


def throttle_of(account_id: int, now: datetime) -> Throttled:
    """As strangers meet it: the owner's known browser has a budget of its own."""
    row = Attempts.objects.filter(subject=f"account:{account_id}").first()
    if row is None:
        return Throttled(0, None)
    left = wait_left(row.failures, row.last_at, ACCOUNT, now)
    return Throttled(failures_now(row.failures, row.last_at, ACCOUNT, now), now + left if left else None)
