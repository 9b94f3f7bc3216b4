"""Undo changes, and bar a password until another is chosen. Parts of a transaction."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.contrib.auth.hashers import make_password

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.people.credentials.events import AccountChanged
from vaguemestre.people.credentials.models import (
    Account,
    OneTimeDevice,
    Passkey,
    RecoveryCode,
    RecoveryContact,
)
from vaguemestre.people.credentials.queries import current_key
from vaguemestre.people.credentials.rules.delivered_codes import REST
from vaguemestre.people.credentials.services.app_passwords import revoke_app_password
from vaguemestre.people.credentials.services.keys import declare_key_lost, restore_key
from vaguemestre.people.credentials.services.one_time import remove_application
from vaguemestre.people.credentials.services.passkeys import remove_passkey
from vaguemestre.people.credentials.services.passwords import with_taken
from vaguemestre.people.credentials.services.recovery_contacts import drop_contact

UNDO_LIFE = timedelta(days=7)


class RevokedMeans(NamedTuple):
    """What was revoked: names of passkeys, how many applications of one-time codes, addresses of contacts."""

    passkeys: tuple[str, ...] = ()
    applications: int = 0
    contacts: tuple[str, ...] = ()


def bar_password(account_id: int, *, by: str, now: datetime) -> None:
    """Bar the password until its owner chooses another. Inside the caller's transaction."""
    Account.objects.filter(pk=account_id).update(password_barred_at=now)
    record("credentials.password-barred", to=account_subject(account_id), by=by, at=now)
    announce(AccountChanged(account_id))


def void_password(account_id: int, *, by: str, now: datetime) -> None:
    """Bar the password for good: neither it nor the former one chooses the next. Inside a transaction.

    The owner comes back by the recovery contact, or with a code of the help desk.
    """
    account = Account.objects.select_for_update(no_key=True).get(pk=account_id)
    taken = with_taken(account, account.password, account.former_password)
    Account.objects.filter(pk=account_id).update(
        password=make_password(None), former_password="", former_until=None, taken_passwords=taken
    )
    bar_password(account_id, by=by, now=now)


def undo_change(act: str, account_id: int, number: int, *, by: str, now: datetime) -> bool:
    """Undo a change of credentials; False if nothing is left to undo. Inside the caller's transaction.

    `act` is a key of `WORDS` of signin's acts; `number` is the id of the row it was done to, if any.
    """
    match act:
        case "passkey-added":
            return remove_passkey(account_id, number, by=by, now=now)
        case "application-added":
            return remove_application(account_id, number, by=by, now=now)
        case "key-lost":
            return restore_key(account_id, number, by=by, now=now)
        case "key-pin-chosen":
            key = current_key(account_id)
            return key is not None and declare_key_lost(account_id, key.device_id, by=by, now=now)
        case "contact-set":
            return drop_contact(account_id, number, by=by, now=now)
        case "app-password-made":
            revoke_app_password(account_id, number, by=by, now=now)
            return True
    return act in _UNDO_BY_ACT and _UNDO_BY_ACT[act](account_id, number, now)


def revoke_added_since(account_id: int, since: datetime, *, by: str, now: datetime) -> RevokedMeans:
    """Revoke every means of sign-in added since that time. Inside the caller's transaction."""
    passkeys = Passkey.objects.filter(account_id=account_id, created_at__gte=since, removed_at__isnull=True)
    names = dict(passkeys.order_by("pk").values_list("pk", "name"))
    for number in names:
        remove_passkey(account_id, number, by=by, now=now)
    applications = OneTimeDevice.objects.filter(
        account_id=account_id, kind=OneTimeDevice.Kind.APP, confirmed_at__gte=since, removed_at__isnull=True
    )
    application_ids = list(applications.values_list("pk", flat=True))
    for number in application_ids:
        remove_application(account_id, number, by=by, now=now)
    contacts = RecoveryContact.objects.filter(
        account_id=account_id, confirmed_at__gte=since, dropped_at__isnull=True
    )
    addresses = dict(contacts.order_by("pk").values_list("pk", "address"))
    for number in addresses:
        drop_contact(account_id, number, by=by, now=now)
    return RevokedMeans(tuple(names.values()), len(application_ids), tuple(addresses.values()))


def purge_withdrawn(now: datetime) -> None:
    """Delete what was kept for an undo once it may no longer be undone. Inside the caller's transaction."""
    over = now - UNDO_LIFE
    Passkey.objects.filter(removed_at__lt=over).delete()
    OneTimeDevice.objects.filter(removed_at__lt=over).delete()
    RecoveryCode.objects.filter(replaced_at__lt=over).delete()
    RecoveryContact.objects.filter(dropped_at__lt=over).delete()
    Account.objects.filter(former_until__lt=now).update(former_password="", former_until=None)


def _restore_passkey(account_id: int, number: int, _: datetime) -> bool:
    removed = Passkey.objects.filter(pk=number, account_id=account_id, removed_at__isnull=False)
    return bool(removed.update(removed_at=None))


def _restore_contact(account_id: int, number: int, now: datetime) -> bool:
    """Restore a contact, which rests as a new one does: its removal may have been the owner's."""
    removed = RecoveryContact.objects.filter(pk=number, account_id=account_id, dropped_at__isnull=False)
    return bool(removed.update(dropped_at=None, usable_at=now + REST))


def _restore_application(account_id: int, number: int, _: datetime) -> bool:
    """Restore an application, and the recovery codes that were replaced when it was removed."""
    rows = OneTimeDevice.objects.filter(pk=number, account_id=account_id, kind=OneTimeDevice.Kind.APP)
    removed = rows.filter(removed_at__isnull=False).first()
    if removed is None:
        return False
    RecoveryCode.objects.filter(account_id=account_id, replaced_at=removed.removed_at).update(
        replaced_at=None
    )
    rows.update(removed_at=None)
    return True


def _restore_codes(account_id: int, _: int, now: datetime) -> bool:
    """Restore the recovery codes that the latest ones replaced."""
    codes = RecoveryCode.objects.filter(account_id=account_id)
    made_at = (
        codes.filter(replaced_at__isnull=True).order_by("-made_at").values_list("made_at", flat=True).first()
    )
    if made_at is None:
        return False
    codes.filter(made_at=made_at).update(replaced_at=now)
    codes.filter(replaced_at=made_at).update(replaced_at=None)
    return True


_UNDO_BY_ACT: Mapping[str, Callable[[int, int, datetime], bool]] = {
    "passkey-removed": _restore_passkey,
    "application-removed": _restore_application,
    "recovery-codes-made": _restore_codes,
    "contact-dropped": _restore_contact,
}
