"""Queries on recovery contacts. A new contact rests three days (REST) before it can recover anything."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from vaguemestre.people.credentials.models import RecoveryContact
from vaguemestre.people.credentials.rules.delivered_codes import REST


@dataclass(frozen=True, slots=True)
class ContactSummary:
    contact_id: int
    address: str
    usable_at: datetime
    is_usable: bool


def contacts_of(account_id: int, now: datetime) -> list[ContactSummary]:
    """The account's confirmed contacts, newest first."""
    rows = RecoveryContact.objects.filter(
        account_id=account_id, confirmed_at__isnull=False, dropped_at__isnull=True
    ).order_by("-pk")
    columns = rows.values_list("pk", "address", "usable_at")
    return [ContactSummary(pk, address, at, at <= now) for pk, address, at in columns if at]


def pending_contact(account_id: int, now: datetime) -> str:
    """The address waiting for its code; "" if there is none."""
    rows = RecoveryContact.objects.filter(
        account_id=account_id, confirmed_at__isnull=True, code_until__gt=now
    )
    return rows.values_list("address", flat=True).first() or ""


def usable_contact(account_id: int, now: datetime) -> str:
    """The address that recovers the account: the newest contact that has rested; "" without one.

    So a contact that a thief adds does not replace the owner's during its rest.
    """
    rested = RecoveryContact.objects.filter(
        account_id=account_id, usable_at__lte=now, dropped_at__isnull=True
    ).order_by("-usable_at")
    return rested.values_list("address", flat=True).first() or ""


def alarm_contacts(account_id: int, now: datetime) -> list[str]:
    """Addresses to notify besides the mailbox: contacts that have rested, even if dropped in the last REST.

    So a thief silences no contact by dropping it, and a contact that a thief adds gets no notice.
    """
    rested = RecoveryContact.objects.filter(account_id=account_id, usable_at__lte=now)
    notified = rested.filter(Q(dropped_at__isnull=True) | Q(dropped_at__gt=now - REST)).order_by("pk")
    return list(dict.fromkeys(notified.values_list("address", flat=True)))
