"""Passkeys of an account: added, used, removed. Parts, inside the caller's transaction."""

from datetime import datetime

from django.db.models import Q

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import Passkey
from vaguemestre.people.credentials.rules.passkeys import NewPasskey

_MAX_PASSKEYS = 10


def add_passkey(account_id: int, new: NewPasskey, name: str, *, by: str, now: datetime) -> int:
    """Add a passkey. Returns its id.

    Raises Refusal `credentials.too-many-passkeys`, or `…passkey-refused` for a key that is already
    registered.
    """
    if Passkey.objects.filter(account_id=account_id, removed_at__isnull=True).count() >= _MAX_PASSKEYS:
        raise Refusal("credentials.too-many-passkeys", most=_MAX_PASSKEYS)
    Passkey.objects.filter(credential_sha256=new.credential_sha256, removed_at__isnull=False).delete()
    if Passkey.objects.filter(credential_sha256=new.credential_sha256).exists():
        raise Refusal("credentials.passkey-refused")
    row = Passkey.objects.create(
        account_id=account_id,
        name=name[:80],
        credential_sha256=new.credential_sha256,
        attested=new.attested,
        counter=new.counter,
        created_at=now,
    )
    record("credentials.passkey-added", to=account_subject(account_id), by=by, at=now)
    return row.pk


def use_passkey(passkey_id: int, former: int, counter: int, *, asked_at: datetime, now: datetime) -> bool:
    """Store the new signature counter; False if the key was used elsewhere meanwhile.

    `asked_at`: when the challenge was drawn. One drawn before the key's last use is over: sent several times
    at once, an answer serves once, also by keys that count nothing.
    """
    is_unused = Q(last_used_at__isnull=True) | Q(last_used_at__lt=asked_at)
    rows = Passkey.objects.filter(is_unused, pk=passkey_id, counter=former, removed_at__isnull=True)
    return rows.update(counter=counter, last_used_at=now) == 1


def remove_passkey(account_id: int, passkey_id: int, *, by: str, now: datetime) -> bool:
    """Remove a passkey of the account; False if it has none of that id."""
    rows = Passkey.objects.filter(pk=passkey_id, account_id=account_id, removed_at__isnull=True)
    removed = rows.update(removed_at=now)
    if removed:
        record("credentials.passkey-removed", to=account_subject(account_id), by=by, at=now)
    return bool(removed)
