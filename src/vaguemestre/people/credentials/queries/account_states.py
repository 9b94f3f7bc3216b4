"""States of accounts and mailboxes, for engines, feeds and the lifecycle."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import batched
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from vaguemestre.people.credentials.models import Account, AppPassword
from vaguemestre.people.credentials.values import AccountState, MailboxState
from vaguemestre.people.service_classes.queries import LIMIT_FIELDS
from vaguemestre.people.service_classes.values import NO_CLASS, ServiceLimits

_BATCH_PARAMS = 10_000
CLASS_COLUMNS = tuple(f"service_class__{name}" for name in LIMIT_FIELDS)


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """The facts about an account that engines need. `app_keys`: valid (SHA-256, expiry as Unix time or 0).

    `quota_mb`: as its class of service sets it, else its own.
    """

    account_id: int
    person_id: int | None
    username: str
    mailbox: str
    state: AccountState
    quota_mb: int
    was_activated: bool
    app_keys: tuple[tuple[str, int], ...]
    mailbox_state: MailboxState = MailboxState.OPEN
    limits: ServiceLimits = NO_CLASS


class StatedAccount(NamedTuple):
    """An account and its state."""

    account_id: int
    state: AccountState


def account_facts(account_ids: Collection[int] | None, now: datetime) -> Iterator[AccountFacts]:
    """Facts about those accounts, or about all (None); two SQL queries for each ten thousand."""
    keys: Mapping[int, list[tuple[str, int]]] = {} if account_ids is not None else _app_keys(Q(), now)
    for accounts in _account_batches(account_ids):
        columns = (
            "id",
            "person_id",
            "username",
            "mailbox",
            "state",
            "quota_mb",
            "activated_at",
            "mailbox_state",
            "service_class_id",
            *CLASS_COLUMNS,
        )
        rows = list(accounts.values_list(*columns))
        if account_ids is not None:
            keys = _app_keys(Q(account_id__in=[row[0] for row in rows]), now)
        for row in rows:
            pk, person_id, username, mailbox, state, quota_mb, activated_at, mailbox_state, *held = row
            limits = limits_in(held)
            app_keys = tuple(keys.get(pk, ()))
            yield AccountFacts(
                pk,
                person_id,
                username,
                mailbox,
                AccountState(state),
                limits.quota_mb or quota_mb,
                activated_at is not None,
                app_keys,
                MailboxState(mailbox_state),
                limits,
            )


def limits_in(held: Sequence[Any]) -> ServiceLimits:
    """The limits in the columns `service_class_id` and `CLASS_COLUMNS` of a row."""
    return ServiceLimits(*held[1:]) if held[0] else NO_CLASS


def accounts_with_mailboxes() -> list[int]:
    """The accounts whose mailboxes the engines know, in the order of their creation."""
    states = (Account.Mailbox.OPEN, Account.Mailbox.HELD)
    return list(Account.objects.filter(mailbox_state__in=states).order_by("id").values_list("id", flat=True))


def has_mail_service(account_id: int) -> bool:
    """Whether the engines know the mailbox of that account: it was not closed."""
    states = (Account.Mailbox.OPEN, Account.Mailbox.HELD)
    return Account.objects.filter(pk=account_id, mailbox_state__in=states).exists()


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """Account and mailbox, each with its state and since when (None: before dates were kept)."""

    account_id: int
    person_id: int | None
    username: str
    mailbox: str
    state: AccountState
    state_since: datetime | None
    mailbox_state: MailboxState
    mailbox_since: datetime | None


_STATUS_COLUMNS = (
    "id", "person_id", "username", "mailbox", "state", "state_since", "mailbox_state", "mailbox_since"
)  # fmt: skip


def account_statuses(account_ids: Collection[int]) -> dict[int, AccountStatus]:
    """Account → status; unknown ids are left out."""
    statuses: dict[int, AccountStatus] = {}
    for accounts in _account_batches(account_ids):
        statuses |= {row[0]: _status(row) for row in accounts.values_list(*_STATUS_COLUMNS)}
    return statuses


def _status(row: tuple[Any, ...]) -> AccountStatus:
    status = AccountStatus(*row)
    return replace(status, state=AccountState(status.state))


def account_status(account_id: int) -> AccountStatus | None:
    return account_statuses([account_id]).get(account_id)


def open_accounts_of(person_ids: Collection[int]) -> dict[int, int]:
    """Account → person, for the accounts of these people that are not closed."""
    accounts: dict[int, int] = {}
    for batch in batched(person_ids, _BATCH_PARAMS):
        rows = Account.objects.filter(person_id__in=batch).exclude(state=AccountState.CLOSED)
        accounts |= {pk: person_id or 0 for pk, person_id in rows.values_list("pk", "person_id")}
    return accounts


def is_closed(account_id: int) -> bool:
    return Account.objects.filter(pk=account_id, state=AccountState.CLOSED).exists()


def closed_before(moment: datetime) -> list[int]:
    """Accounts of people closed before that moment and not erased, the oldest first."""
    rows = Account.objects.filter(
        state=AccountState.CLOSED, state_since__lt=moment, person__isnull=False, person__erased_at=None
    )
    return list(rows.order_by("state_since", "pk").values_list("pk", flat=True))


def accounts_of(person_ids: Collection[int]) -> list[int]:
    """The accounts of those people, in their order; somebody may have none."""
    account_ids: list[int] = []
    for batch in batched(person_ids, _BATCH_PARAMS):
        accounts = dict(Account.objects.filter(person_id__in=batch).values_list("person_id", "pk"))
        account_ids += [accounts[person_id] for person_id in batch if person_id in accounts]
    return account_ids


def people_with_mail(person_ids: Collection[int]) -> dict[int, int]:
    """Person → account, for those of these people whose account is not closed: their mailbox receives."""
    accounts: dict[int, int] = {}
    for batch in batched(person_ids, _BATCH_PARAMS):
        rows = Account.objects.filter(person_id__in=batch).exclude(state=AccountState.CLOSED)
        accounts.update((person, pk) for person, pk in rows.values_list("person_id", "pk") if person)
    return accounts


def accounts_by_dossier(academy_id: int, dossiers: Collection[str]) -> dict[str, tuple[int, str]]:
    """Dossier → (account id, state)."""
    rows = Account.objects.filter(person__academy_id=academy_id, person__dossier__in=dossiers)
    columns = rows.values_list("person__dossier", "pk", "state")
    return {dossier: (pk, state) for dossier, pk, state in columns}


def has_accounts() -> bool:
    """Whether the installation has any account."""
    return Account.objects.exists()


def count_open_accounts(academy_id: int) -> int:
    """How many people of the académie have an account that is not closed."""
    rows = Account.objects.filter(person__academy_id=academy_id)
    return rows.exclude(state=AccountState.CLOSED).count()


def accounts_of_people(
    academy_id: int, person_ids: Collection[int] | None = None
) -> dict[int, StatedAccount]:
    """Person → account, for the whole académie or for some of it."""
    accounts = Account.objects.filter(person__academy_id=academy_id)
    accounts = accounts if person_ids is None else accounts.filter(person_id__in=person_ids)
    rows = accounts.values_list("person_id", "id", "state")
    return {person_id: StatedAccount(pk, AccountState(state)) for person_id, pk, state in rows.iterator(2000)}


def _account_batches(account_ids: Collection[int] | None) -> Iterator[QuerySet[Account]]:
    if account_ids is None:
        yield Account.objects.order_by("id")
        return
    for batch in batched(account_ids, _BATCH_PARAMS):
        yield Account.objects.filter(pk__in=batch)


def _app_keys(condition: Q, now: datetime) -> Mapping[int, list[tuple[str, int]]]:
    valid = Q(revoked_at__isnull=True) & (Q(expires_at__isnull=True) | Q(expires_at__gt=now))
    valid &= Q(scope__in=(AppPassword.Scope.MAIL, AppPassword.Scope.BOTH))  # the engines open mailboxes only
    by_account: dict[int, list[tuple[str, int]]] = defaultdict(list)
    rows = AppPassword.objects.filter(condition & valid).order_by("id")
    for account_id, sha256, expires in rows.values_list("account_id", "token_sha256", "expires_at"):
        by_account[account_id].append((sha256, int(expires.timestamp()) if expires else 0))
    return by_account
