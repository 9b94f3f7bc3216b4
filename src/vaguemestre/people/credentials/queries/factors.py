"""Second factors of an account, as its owner's pages show them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef

from vaguemestre.foundation.journal.queries import last_time
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.people.credentials.models import (
    Account,
    OneTimeDevice,
    Passkey,
    RecoveryCode,
    RecoveryContact,
)
from vaguemestre.people.credentials.queries.accounts import devices_of
from vaguemestre.people.credentials.queries.passkeys import passkeys_of
from vaguemestre.people.credentials.rules.one_time import enrolment_address, secret_words
from vaguemestre.people.credentials.rules.second_factors import Policy, demand_until, enrol_before
from vaguemestre.people.credentials.rules.secret_box import unseal
from vaguemestre.people.credentials.values import AccountRole, SecretKeys


@dataclass(frozen=True, slots=True)
class ApplicationSummary:
    device_id: int
    since: datetime


@dataclass(frozen=True, slots=True)
class ProposedApplication:
    """A secret waiting to be confirmed: as typed by hand, and as the address of a QR code."""

    words: str = field(repr=False)
    address: str = field(repr=False)


def applications_of(account_id: int) -> list[ApplicationSummary]:
    """The account's confirmed authenticator applications, oldest first."""
    rows = OneTimeDevice.objects.filter(
        account_id=account_id,
        kind=OneTimeDevice.Kind.APP,
        confirmed_at__isnull=False,
        removed_at__isnull=True,
    ).order_by("pk")
    return [ApplicationSummary(pk, since) for pk, since in rows.values_list("pk", "confirmed_at") if since]


def proposed_application(account_id: int, keys: SecretKeys, *, issuer: str) -> ProposedApplication | None:
    """The secret its owner is enrolling, in clear: for that owner's screen only."""
    row = (
        OneTimeDevice.objects.filter(
            account_id=account_id,
            kind=OneTimeDevice.Kind.APP,
            confirmed_at__isnull=True,
            removed_at__isnull=True,
        )
        .select_related("account")
        .first()
    )
    if row is None:
        return None
    secret = unseal(bytes(row.secret), account_id, keys)
    address = enrolment_address(secret, username=row.account.username, issuer=issuer, period=row.period)
    return ProposedApplication(secret_words(secret), address)


def recovery_codes_left(account_id: int) -> int:
    return RecoveryCode.objects.filter(
        account_id=account_id, used_at__isnull=True, replaced_at__isnull=True
    ).count()


def holds_second_factor(account_id: int) -> bool:
    """An application, a key with its PIN, or a passkey."""
    return bool(devices_of(account_id)) or bool(passkeys_of(account_id))


@dataclass(frozen=True, slots=True)
class ProtectionStatus:
    """Protection of an account: charter version accepted ("" none), second factor, recovery contact."""

    charter: str
    has_factor: bool
    has_contact: bool


def protection_of(account_id: int) -> ProtectionStatus:
    """Protection of an account, in one SQL query. Raises Account.DoesNotExist."""
    contacts = RecoveryContact.objects.filter(
        account_id=OuterRef("pk"), confirmed_at__isnull=False, dropped_at__isnull=True
    )
    conditions = (*_factors_of_row(), Exists(contacts.filter(usable_at__isnull=False)))
    row = Account.objects.filter(pk=account_id).values_list("charter_version", *conditions)
    charter, has_device, has_passkey, has_contact = row.get()
    return ProtectionStatus(charter, has_device or has_passkey, has_contact)


def without_second_factor(account_ids: Collection[int]) -> list[int]:
    """Which of these accounts hold none, in their order. One query."""
    device, passkey = _factors_of_row()
    rows = Account.objects.filter(pk__in=account_ids).filter(~device, ~passkey)
    bare = set(rows.values_list("pk", flat=True))
    return [account_id for account_id in account_ids if account_id in bare]


def _factors_of_row() -> tuple[Exists, Exists]:
    """Whether the account of a row has a device, and a passkey."""
    of_account = {"account_id": OuterRef("pk")}
    devices = OneTimeDevice.objects.filter(
        **of_account, confirmed_at__isnull=False, lost_at__isnull=True, removed_at__isnull=True
    )
    return Exists(devices), Exists(Passkey.objects.filter(**of_account, removed_at__isnull=True))


def second_factor_due(
    account_id: int, role: AccountRole, policy: Policy | None = None, *, demanded_at: datetime | None = None
) -> datetime | None:
    """The time until which an account works without a second factor; None if it has one or needs none.

    `demanded_at`: when an administrator asked this account for one.
    """
    is_due = role in (policy or Policy()).roles
    if not is_due and demanded_at is None:
        return None
    holds_one = holds_second_factor(account_id)
    demanded = demand_until(demanded_at, holds_one=holds_one, policy=policy)
    by_role = _due_by_role(account_id, role, policy, holds_one=holds_one) if is_due else None
    return min((moment for moment in (demanded, by_role) if moment), default=None)


def _due_by_role(
    account_id: int, role: AccountRole, policy: Policy | None, *, holds_one: bool
) -> datetime | None:
    activated_at = Account.objects.filter(pk=account_id).values_list("activated_at", flat=True).first()
    role_given_at = last_time(account_subject(account_id), "credentials.role-given")
    since = (
        max(moment for moment in (activated_at, role_given_at) if moment)
        if activated_at or role_given_at
        else None
    )
    return enrol_before(role, since=since, holds_one=holds_one, policy=policy)


def waiting_for_password(account_ids: Iterable[int]) -> frozenset[int]:
    """The active accounts of people, among these, that nothing opens until a password is chosen."""
    of_people = Account.objects.filter(pk__in=list(account_ids), person__isnull=False)
    rows = of_people.filter(state=Account.State.ACTIVE).values_list("pk", "password", "password_barred_at")
    return frozenset(pk for pk, hashed, barred_at in rows if barred_at or hashed.startswith("!"))
