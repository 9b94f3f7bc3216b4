"""Queries on sessions, known browsers, activity and throttle."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import Max

from vaguemestre.access.signin.links import Alarm
from vaguemestre.access.signin.models import Attempts, BrowserSession, Device, UsedLink
from vaguemestre.access.signin.rules.activity import WORDS, Kind, actor_label, kind_of, line_details
from vaguemestre.access.signin.rules.browsers import browser_label
from vaguemestre.access.signin.rules.throttle import ACCOUNT, failures_now, wait_left
from vaguemestre.access.signin.sessions import SessionStore
from vaguemestre.access.signin.values import Who
from vaguemestre.foundation.journal.queries import entries_about
from vaguemestre.foundation.journal.values import account_subject, number_of, numbers_of, person_subject
from vaguemestre.people.credentials.queries import (
    Presented,
    identified,
    names_of,
    presented,
    roles_of,
    second_factor_due,
)
from vaguemestre.people.credentials.rules.second_factors import DUE_ROLES, Policy
from vaguemestre.people.credentials.values import AccountState
from vaguemestre.people.directory.queries import (
    academies_outside,
    academy_domain,
    find_academy_id,
    has_several_academies,
)
from vaguemestre.people.directory.values import NO_ACADEMY


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A live session and its user. `ends_at`: its end if no further request comes."""

    who: Who
    started: datetime
    ends_at: datetime


_SESSION = (
    "account_id",
    "started_at",
    "expire_date",
    "is_shared_computer",
    "is_own_device",
    "session_data",
)


def open_session(session_key: str, now: datetime, policy: Policy | None = None) -> OpenSession | None:
    """The open session of that key; None when it is over or its account is not active."""
    row = BrowserSession.objects.filter(pk=session_key, expire_date__gt=now, account__isnull=False)
    values = row.values_list(*_SESSION).first()
    if values is None:
        return None
    account_id, started, ends_at, shared, mine, data = values
    account = presented(account_id) if account_id and started else None
    if account is None or account.state != AccountState.ACTIVE or started is None:
        return None
    opened = SessionStore().decode(data)
    user = Who(
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
        enrol_before=second_factor_due(
            account.account_id, account.role, policy, demanded_at=account.factor_demanded_at
        ),
        must_renew=account.is_barred,
        mail_held_since=account.mail_held_since,
        academy_id=account.academy_id,
        office_academy=office_academy_of(account),
        by=str(opened.get("by", "")),
        proof_mark=str(opened.get("proof_mark", "")),
        person_id=account.person_id,
    )
    return OpenSession(user, started, ends_at)


def office_academy_of(account: Presented) -> int:
    """The académie an office of the account covers; 0 for the whole installation (ADR 0036).

    An account of nobody is of the académie of its mailbox; NO_ACADEMY if that is none.
    """
    is_limited = account.role in DUE_ROLES and not account.spans_academies and has_several_academies()
    if not is_limited:
        return 0
    return account.academy_id or find_academy_id(account.mailbox.rpartition("@")[2]) or NO_ACADEMY


def hidden_academies(who: Who) -> tuple[int, ...]:
    """Académies whose people are no colleagues of the user's: no directory shows them (ADR 0036).

    None, without a query, if the configuration has a single académie.
    """
    if len(settings.CONFIG.academies) == 1:
        return ()
    return _hidden_from(academy_domain(who.academy_id) or who.mailbox.rpartition("@")[2])


def academies_hidden_from(academy_id: int) -> tuple[int, ...]:
    """Académies whose people are no colleagues of that one's, who are let into nothing of its (ADR 0036)."""
    return () if len(settings.CONFIG.academies) == 1 else _hidden_from(academy_domain(academy_id))


def _hidden_from(domain: str) -> tuple[int, ...]:
    config = settings.CONFIG
    colleagues = config.colleague_domains(domain)
    return () if set(config.domains) <= set(colleagues) else academies_outside(colleagues)


def outreaches(account: Presented, other_id: int) -> bool:
    """Whether the account has an office that spans the académies, and that of the other does not."""
    other = presented(other_id)
    is_limited = other is None or bool(office_academy_of(other))
    return is_limited and account.spans_academies and account.role in DUE_ROLES


class SessionHolder(NamedTuple):
    """The person and account of a session."""

    account_id: int
    mailbox: str


def session_holder(session_key: str, now: datetime) -> SessionHolder | None:
    """The holder of that open session; None when it is over or its account is not active."""
    rows = BrowserSession.objects.filter(
        pk=session_key, expire_date__gt=now, account__state=AccountState.ACTIVE
    )
    row = rows.values_list("account_id", "account__mailbox").first()
    return SessionHolder(*row) if row else None


def last_sign_ins(account_ids: Collection[int]) -> dict[int, datetime]:
    """Account → last sign-in from a browser; accounts that never signed in are absent."""
    rows = Device.objects.filter(account_id__in=account_ids).order_by().values_list("account_id")
    return dict(rows.annotate(Max("last_at")))


def was_on_shared_computer(session_key: str) -> bool:
    """Whether a session that is over was on a shared computer."""
    return BrowserSession.objects.filter(pk=session_key, is_shared_computer=True).exists()


def sessions_over(session_keys: Collection[str], now: datetime) -> set[str]:
    """The keys, among these, of sessions that are over."""
    return set(session_keys) - sessions_open_until(session_keys, now).keys()


def sessions_open_until(session_keys: Collection[str], now: datetime) -> dict[str, datetime]:
    """End of each open session if it is not used in the meantime, by key."""
    rows = BrowserSession.objects.filter(
        pk__in=session_keys, expire_date__gt=now, account__state=AccountState.ACTIVE
    ).values_list("pk", "expire_date")
    return dict(rows)


def is_forgotten_browser(account_id: int, mark: str) -> bool:
    """Whether the owner or an alarm revoked that browser's cookie."""
    return Device.objects.filter(account_id=account_id, mark=mark, forgotten_at__isnull=False).exists()


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session on its owner's page. `handle` names it there without revealing its key."""

    handle: str
    started: datetime
    network: str
    browser: str
    is_shared: bool
    is_mine: bool
    is_this_one: bool


def sessions_of(account_id: int, this_key: str, now: datetime) -> list[SessionRow]:
    """The open sessions of an account, newest first."""
    rows = BrowserSession.objects.filter(account_id=account_id, expire_date__gt=now).order_by("-started_at")
    columns = ("started_at", "network", "browser", "is_shared_computer", "is_own_device", "pk")
    return [
        SessionRow(handle_of(pk), started, network, browser_label(browser), shared, mine, pk == this_key)
        for started, network, browser, shared, mine, pk in rows.values_list(*columns)
        if started
    ]


def session_by_handle(account_id: int, handle: str, now: datetime) -> str:
    """The key of the session with that handle; "" when it is over."""
    keys = BrowserSession.objects.filter(account_id=account_id, expire_date__gt=now)
    return next((key for key in keys.values_list("pk", flat=True) if handle_of(key) == handle), "")


def handle_of(session_key: str) -> str:
    """A public name for a session, from which its key cannot be recovered."""
    return hashlib.sha256(f"handle {session_key}".encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class BrowserRow:
    """A known browser: failures made elsewhere do not throttle it."""

    number: int
    words: str
    network: str
    first_at: datetime
    last_at: datetime


def browsers_of(account_id: int) -> list[BrowserRow]:
    """The known browsers of an account, last used first."""
    rows = Device.objects.filter(account_id=account_id, forgotten_at__isnull=True).order_by("-last_at")[:50]
    return [
        BrowserRow(row.pk, browser_label(row.told), row.network, row.first_at, row.last_at) for row in rows
    ]


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """A line of « Mon activité »."""

    at: datetime
    kind: Kind
    words: str
    who: str
    more: str


def activity_of(account_id: int, *, limit: int = 150) -> list[ActivityLine]:
    """Journal lines about an account, newest first, in a constant number of queries."""
    person_id = identified(account_id).person_id
    lines = entries_about(account_subject(account_id), limit=limit)
    if person_id:
        lines += entries_about(person_subject(person_id), limit=limit)
    entries = sorted(
        (line for line in lines if line.action in WORDS), key=lambda line: line.at, reverse=True
    )[:limit]
    roles = roles_of(numbers_of("account", (line.by for line in entries)) - {account_id})
    names = names_of({_colleague(line.details) for line in entries} - {0})
    return [
        ActivityLine(
            line.at,
            kind_of(line.action, line.by, account_id),
            WORDS[line.action],
            actor_label(line.by, account_id, roles.get(number_of("account", line.by), "")),
            line_details(line.details, names.get(_colleague(line.details), "")),
        )
        for line in entries
    ]


def _colleague(details: Mapping[str, object]) -> int:
    """The other account a line mentions; 0 if none."""
    return number_of("account", str(details.get("colleague") or ""))


@dataclass(frozen=True, slots=True)
class ThrottleState:
    """Failures that still count against an account, and when its next attempt is allowed."""

    failures: int
    until: datetime | None


def throttle_of(account_id: int, now: datetime) -> ThrottleState:
    """The throttle met from an unknown browser; the owner's known browser has its own budget."""
    row = Attempts.objects.filter(subject=account_subject(account_id)).first()
    if row is None:
        return ThrottleState(0, None)
    delay = wait_left(row.failures, row.last_at, ACCOUNT, now)
    return ThrottleState(
        failures_now(row.failures, row.last_at, ACCOUNT, now), now + delay if delay else None
    )


def has_locked(alarm: Alarm) -> bool:
    """Whether the link of that notice, or a later act, already locked the account: it can do nothing more."""
    locked = UsedLink.objects.filter(mark=f"lock:{alarm.account_id}", used_at__gt=alarm.at)
    return locked.exists() or UsedLink.objects.filter(mark=alarm.mark[:64]).exists()
