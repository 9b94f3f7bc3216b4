"""Recovery contacts of an account: proposed, confirmed, dropped. Parts, inside the caller's transaction."""

import hmac
from datetime import datetime

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.people.credentials.models import RecoveryContact
from vaguemestre.people.credentials.rules.delivered_codes import LIFE, REST, TRIES, code_mark, drawn_code
from vaguemestre.people.credentials.values import SecretKeys

_PURPOSE = "contact"


def propose_contact(account_id: int, address: str, keys: SecretKeys, *, now: datetime) -> str:
    """Propose a contact, in place of one never confirmed; contacts in use stay. Returns the code to send."""
    RecoveryContact.objects.filter(account_id=account_id, confirmed_at__isnull=True).delete()
    code = drawn_code()
    RecoveryContact.objects.create(
        account_id=account_id,
        address=address,
        code_mark=code_mark(code, account_id, _PURPOSE, keys),
        code_until=now + LIFE,
    )
    return code


def confirm_contact(account_id: int, code: str, keys: SecretKeys, *, by: str, now: datetime) -> int:
    """Confirm the proposed contact with its code; it is usable after REST. Returns its id.

    0 if the code is wrong or late, or after five tries.
    """
    row = (
        RecoveryContact.objects.select_for_update()
        .filter(account_id=account_id, confirmed_at__isnull=True, code_until__gt=now, tries__lt=TRIES)
        .first()
    )
    if row is None:
        return 0
    row.tries += 1
    is_right = hmac.compare_digest(row.code_mark, code_mark(code, account_id, _PURPOSE, keys))
    if is_right:
        row.confirmed_at, row.usable_at, row.code_mark = now, now + REST, ""
        record("credentials.recovery-contact-set", to=account_subject(account_id), by=by, at=now)
    row.save()
    return row.pk if is_right else 0


def drop_contact(account_id: int, contact_id: int, *, by: str, now: datetime) -> bool:
    """Drop a contact of the account; False if it has none of that id."""
    rows = RecoveryContact.objects.filter(pk=contact_id, account_id=account_id, dropped_at__isnull=True)
    dropped = rows.update(dropped_at=now)
    if dropped:
        record("credentials.recovery-contact-dropped", to=account_subject(account_id), by=by, at=now)
    return bool(dropped)
