"""The recovery contact of an account: proposed, proved, dropped. Parts, inside the caller's transaction."""

import hmac
from datetime import datetime

from vaguemestre.foundation.journal.services import record
from vaguemestre.people.credentials.models import RecoveryContact
from vaguemestre.people.credentials.rules.delivered_codes import LIFE, REST, TRIES, code_mark, drawn_code
from vaguemestre.people.credentials.values import SecretKeys

_PURPOSE = "contact"


def propose_contact(account_id: int, address: str, keys: SecretKeys, *, now: datetime) -> str:
    """The code to be sent there, in place of one that was never proved. The contact in use stays."""
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
    """The contact's id when it is the code sent, in time and within five tries, else 0. It rests first."""
    row = (
        RecoveryContact.objects.select_for_update()
        .filter(account_id=account_id, confirmed_at__isnull=True, code_until__gt=now, tries__lt=TRIES)
        .first()
    )
    if row is None:
        return 0
    row.tries += 1
    matches = hmac.compare_digest(row.code_mark, code_mark(code, account_id, _PURPOSE, keys))
    if matches:
        row.confirmed_at, row.usable_at, row.code_mark = now, now + REST, ""
        record("credentials.recovery-contact-set", to=f"account:{account_id}", by=by, at=now)
    row.save()
    return row.pk if matches else 0


def drop_contact(account_id: int, contact_id: int, *, by: str, now: datetime) -> bool:
    """False when it was not there, or somebody else's."""
    rows = RecoveryContact.objects.filter(pk=contact_id, account_id=account_id, dropped_at__isnull=True)
    dropped = rows.update(dropped_at=now)
    if dropped:
        record("credentials.recovery-contact-dropped", to=f"account:{account_id}", by=by, at=now)
    return bool(dropped)
