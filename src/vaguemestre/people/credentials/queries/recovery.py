"""Recovery contacts, read."""

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
    """The proved ones, newest first."""
    rows = RecoveryContact.objects.filter(
        account_id=account_id, confirmed_at__isnull=False, dropped_at__isnull=True
    ).order_by("-pk")
    columns = rows.values_list("pk", "address", "usable_at")
    return [ContactSummary(pk, address, at, at <= now) for pk, address, at in columns if at]


def pending_contact(account_id: int, now: datetime) -> str:
    """The address waiting for its code; "" when there is none."""
    rows = RecoveryContact.objects.filter(
        account_id=account_id, confirmed_at__isnull=True, code_until__gt=now
    )
    return rows.values_list("address", flat=True).first() or ""


def usable_contact(account_id: int, now: datetime) -> str:
    """Where a code may be sent to recover the account: the newest that has rested; "" without one.

    A contact set by a thief does not put the owner's out before it has rested itself.
    """
    rested = RecoveryContact.objects.filter(
        account_id=account_id, usable_at__lte=now, dropped_at__isnull=True
    ).order_by("-usable_at")
    return rested.values_list("address", flat=True).first() or ""


def alarm_contacts(account_id: int, now: datetime) -> list[str]:
    """Who is told besides the mailbox: contacts that have rested, and one dropped a short while ago.

    A thief who drops the contact does not silence it; one he adds is told nothing before it has rested.
    """
    rested = RecoveryContact.objects.filter(account_id=account_id, usable_at__lte=now)
    notified = rested.filter(Q(dropped_at__isnull=True) | Q(dropped_at__gt=now - REST)).order_by("pk")
    return list(dict.fromkeys(notified.values_list("address", flat=True)))
