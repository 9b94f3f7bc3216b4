"""Accounts, for sign-in, activation and settings pages."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import batched

from django.db.models import Q, QuerySet

from vaguemestre.people.credentials.models import Account, ActivationLink, AppPassword, OneTimeDevice
from vaguemestre.people.credentials.ports import NumenWords
from vaguemestre.people.credentials.rules.passwords import numen_words_in
from vaguemestre.people.credentials.values import (
    AccountRole,
    AccountState,
    AppPasswordScope,
    ConfirmedDevice,
    DeviceKind,
    Identified,
    PasswordContext,
    Preferences,
)
from vaguemestre.people.directory.queries import (
    addresses_by_person,
    current_numen,
    find_person,
    places_of,
)
from vaguemestre.people.directory.rules.names import is_numbered
from vaguemestre.people.directory.values import NumenKeys

_IDENTIFIED = (
    *("pk", "person_id", "state", "role", "password"),
    *("password_barred_at", "factor_demanded_at", "sessions_ended_at"),
)
_APP_PASSWORD = ("pk", "name", "created_at", "expires_at", "scope", "last_used_at", "last_network")
_MAILBOXES_PER_QUERY = 500


@dataclass(frozen=True, slots=True)
class Presented:
    """An account as its pages present it."""

    account_id: int
    username: str
    mailbox: str
    role: AccountRole
    state: AccountState
    first_name: str
    name: str
    address: str
    theme: str
    preferences: Preferences
    is_barred: bool = False
    person_id: int | None = None
    mail_held_since: datetime | None = None  # nothing opens the mailbox since then
    academy_id: int = 0  # of its person; 0 for an account of nobody
    spans_academies: bool = False
    factor_demanded_at: datetime | None = None  # by an administrator, whatever the role


@dataclass(frozen=True, slots=True)
class AppPasswordSummary:
    app_password_id: int
    name: str
    created_at: datetime
    expires_at: datetime | None
    scope: AppPasswordScope
    last_used_at: datetime | None
    last_network: str


class AppKeyStatus(Enum):
    """Whether a password is a valid app password of an account, a former one, or neither."""

    GOOD = "good"
    FORMER = "former"
    NO = "no"


def find_account(typed: str) -> Identified | None:
    """The account of a username, or of any of its own addresses; case and surrounding spaces do not matter.

    Always the same three queries, so that the duration reveals nothing.
    """
    name = typed.strip().lower()
    by_name = Account.objects.filter(username=name).values_list(*_IDENTIFIED).first()
    by_mailbox = Account.objects.filter(mailbox=name).values_list(*_IDENTIFIED).first()
    by_address = Account.objects.filter(person__addresses__address=name).values_list(*_IDENTIFIED).first()
    row = by_name or by_mailbox or by_address
    return _identified(row) if row else None


def identified(account_id: int) -> Identified:
    """An account by its id. Raises Account.DoesNotExist."""
    row = Account.objects.values_list(*_IDENTIFIED).get(pk=account_id)
    return _identified(row)


def account_of_mailbox(mailbox: str) -> int | None:
    """The account whose mailbox that is, whatever its state."""
    return Account.objects.filter(mailbox=mailbox).values_list("pk", flat=True).first()


def accounts_of_mailboxes(mailboxes: Collection[str]) -> dict[str, int]:
    """Mailbox → account, whatever its state; unknown mailboxes are left out."""
    accounts: dict[str, int] = {}
    for batch in batched(mailboxes, _MAILBOXES_PER_QUERY):
        accounts.update(Account.objects.filter(mailbox__in=batch).values_list("mailbox", "pk"))
    return accounts


def mailboxes_of_accounts(account_ids: Collection[int]) -> dict[int, str]:
    """Account → mailbox, whatever its state; unknown accounts are left out."""
    mailboxes: dict[int, str] = {}
    for batch in batched(account_ids, _MAILBOXES_PER_QUERY):
        mailboxes.update(Account.objects.filter(pk__in=batch).values_list("pk", "mailbox"))
    return mailboxes


def has_namesake(account_id: int) -> bool:
    """Whether the username or the address carries a number, because somebody else had the name first."""
    account = presented(account_id)
    person = find_person(account.person_id or 0) if account else None
    if account is None or person is None:
        return False
    return is_numbered(account.username, person.shown_last_name) or is_numbered(
        account.address, person.shown_last_name
    )


def account_of_person(person_id: int) -> Identified | None:
    row = Account.objects.filter(person_id=person_id).values_list(*_IDENTIFIED).first()
    return _identified(row) if row else None


def devices_of(account_id: int) -> list[ConfirmedDevice]:
    """The confirmed sources of one-time codes of an account; none for 0."""
    rows = OneTimeDevice.objects.filter(
        account_id=account_id, confirmed_at__isnull=False, lost_at__isnull=True, removed_at__isnull=True
    ).order_by("id")
    columns = ("pk", "kind", "secret", "period", "pin", "last_step")
    return [
        ConfirmedDevice(pk, DeviceKind(kind), bytes(secret), period, pin, last_step)
        for pk, kind, secret, period, pin, last_step in rows.values_list(*columns)
    ]


def presented(account_id: int) -> Presented | None:
    """An account as its pages present it; None if there is none of that id."""
    account = Account.objects.select_related("person").filter(pk=account_id).first()
    if account is None:
        return None
    person = account.person
    address = ""
    if person:
        own = person.addresses.filter(is_primary=True).values_list("address", flat=True)
        address = own.first() or ""
    return Presented(
        account_id=account.pk,
        username=account.username,
        mailbox=account.mailbox,
        role=AccountRole(account.role),
        state=AccountState(account.state),
        first_name=person.shown_first_name if person else account.username,
        name=person.shown_name if person else account.username,
        address=address or account.mailbox,
        theme=account.preferences.get("theme", "system"),
        is_barred=account.password_barred_at is not None,
        preferences=account.preferences,
        person_id=account.person_id,
        academy_id=person.academy_id if person else 0,
        spans_academies=account.spans_academies,
        factor_demanded_at=account.factor_demanded_at,
        mail_held_since=account.mailbox_since if account.mailbox_state == Account.Mailbox.HELD else None,
    )


def charter_accepted(account_id: int) -> str:
    """The version of the charter that the owner accepted last; "" if none."""
    rows = Account.objects.filter(pk=account_id)
    return rows.values_list("charter_version", flat=True).first() or ""


def password_context_of(account_id: int, typed: str, numen_words: NumenWords) -> PasswordContext:
    """What others know of the account's person, to rate a typed password. Raises Account.DoesNotExist."""
    account = Account.objects.select_related("person", "person__academy").get(pk=account_id)
    person = account.person
    barred = (account.password,) if account.password_barred_at is not None else ()
    taken = (*account.taken_passwords.split(), *barred)
    if person is None:
        return PasswordContext((account.username, account.mailbox), taken=taken)
    places = [word for place in places_of(person.pk) for word in place]
    names = (person.shown_name, person.birth_name, person.first_name, account.username, person.academy.name)
    return PasswordContext((*names, *places), numen_words(account_id, typed), person.birth_date, taken)


def numen_words_of(account_id: int, typed: str, keys: NumenKeys) -> tuple[str, ...]:
    """The parts of the person's NUMEN that a typed password contains (`ports.NumenWords`, given the keys)."""
    person_id = Account.objects.filter(pk=account_id).values_list("person_id", flat=True).first()
    numen = current_numen(person_id, keys) if person_id else None
    return numen_words_in(numen.text, typed) if numen else ()


def usernames_of(account_ids: Collection[int]) -> dict[int, str]:
    return dict(Account.objects.filter(pk__in=account_ids).values_list("pk", "username"))


def names_of(account_ids: Collection[int]) -> dict[int, str]:
    """Account → name of its person; the username for an account of nobody."""
    rows = Account.objects.filter(pk__in=account_ids).select_related("person")
    return {row.pk: row.person.shown_name if row.person else row.username for row in rows}


def roles_of(account_ids: Collection[int]) -> dict[int, str]:
    return dict(Account.objects.filter(pk__in=account_ids).values_list("pk", "role"))


def account_of_link(token_sha256: str, now: datetime) -> int | None:
    """The account of an unused and unexpired activation link."""
    links = ActivationLink.objects.filter(token_sha256=token_sha256, used_at__isnull=True, expires_at__gt=now)
    return links.values_list("account_id", flat=True).first()


def app_passwords_of(account_id: int) -> Sequence[AppPasswordSummary]:
    """The account's app passwords that were not revoked, newest first."""
    rows = AppPassword.objects.filter(account_id=account_id, revoked_at__isnull=True).order_by("-id")
    return _summaries(rows)


def app_passwords_of_holder(account_id: int, holder_id: int) -> Sequence[AppPasswordSummary]:
    """The app passwords of a shared mailbox made for one member and not revoked, newest first."""
    rows = AppPassword.objects.filter(account_id=account_id, holder_id=holder_id, revoked_at__isnull=True)
    return _summaries(rows.order_by("-id"))


def _summaries(rows: QuerySet[AppPassword]) -> list[AppPasswordSummary]:
    return [
        AppPasswordSummary(pk, name, created_at, expires_at, AppPasswordScope(scope), *last_use)
        for pk, name, created_at, expires_at, scope, *last_use in rows.values_list(*_APP_PASSWORD)
    ]


def account_of_app_password(
    name: str, token_sha256: str, scopes: Collection[str], now: datetime
) -> int | None:
    """The active account of that name, if its app password and its class of service open its contacts."""
    typed = name.strip().lower()
    valid = Q(revoked_at__isnull=True) & (Q(expires_at__isnull=True) | Q(expires_at__gt=now))
    has_contacts = Q(account__service_class=None) | Q(account__service_class__contacts=True)
    rows = AppPassword.objects.filter(
        valid, has_contacts, token_sha256=token_sha256, scope__in=scopes, account__state=AccountState.ACTIVE
    )
    for account_id, username, mailbox, person_id in rows.values_list(
        "account_id", "account__username", "account__mailbox", "account__person_id"
    ):
        if typed in (username, mailbox) or (
            person_id and typed in {address for address, _, _ in addresses_by_person([person_id])[person_id]}
        ):
            return account_id
    return None


def app_key_status(account_id: int, token_sha256: str, now: datetime) -> AppKeyStatus:
    """The status of the password that a mail program gave, by its SHA-256."""
    rows = AppPassword.objects.filter(account_id=account_id, token_sha256=token_sha256)
    row = rows.values_list("revoked_at", "expires_at").first()
    if row is None:
        return AppKeyStatus.NO
    revoked_at, expires_at = row
    is_over = revoked_at is not None or (expires_at is not None and expires_at <= now)
    return AppKeyStatus.FORMER if is_over else AppKeyStatus.GOOD


def app_key_holder(account_id: int, token_sha256: str) -> int | None:
    """The member a password of a shared mailbox was made for; None for one's own."""
    rows = AppPassword.objects.filter(account_id=account_id, token_sha256=token_sha256)
    return rows.values_list("holder_id", flat=True).first()


def _identified(
    row: tuple[int, int | None, str, str, str, datetime | None, datetime | None, datetime | None],
) -> Identified:
    pk, person_id, state, role, password, barred_at, demanded_at, ended_at = row
    hashed = "" if password.startswith("!") or barred_at else password
    return Identified(
        pk, person_id, AccountState(state), AccountRole(role), hashed, demanded_at is not None, ended_at
    )
