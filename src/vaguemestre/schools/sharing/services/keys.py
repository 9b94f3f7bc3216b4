"""Mail programs of members: a password of that mailbox and of that person."""

from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import app_passwords_held
from vaguemestre.people.credentials.services import add_app_password, revoke_app_password
from vaguemestre.schools.sharing.values import Access, Kind, Right


@transaction.atomic(durable=True)
def make_key(access: Access, account_id: int, name: str, *, by: str, now: datetime) -> str:
    """Use case: its text, shown this once; it ends with the membership.

    A mail program reads, sorts and sends: Raises Refusal `sharing.key-needs-send` for lesser rights, and
    `credentials.too-many-app-passwords`.
    """
    if access.kind is Kind.PERSON:
        raise Refusal("sharing.key-not-lent")
    if not access.may(Right.SEND):
        raise Refusal("sharing.key-needs-send")
    shown = add_app_password(
        access.account_id, name, by=by, now=now, expires_at=access.ends_at, holder_id=account_id
    )
    record("sharing.key-made", to=f"box:{access.box_id}", by=by, at=now, about=name[:80])
    return shown


@transaction.atomic(durable=True)
def revoke_key(access: Access, account_id: int, number: int, *, by: str, now: datetime) -> None:
    """Use case: one of one's own. Somebody else's is left alone."""
    if number in {one.app_password_id for one in app_passwords_held(access.account_id, account_id)}:
        revoke_app_password(access.account_id, number, by=by, now=now)
        record("sharing.key-revoked", to=f"box:{access.box_id}", by=by, at=now)
