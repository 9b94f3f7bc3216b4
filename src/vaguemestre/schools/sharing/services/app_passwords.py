"""App passwords of members' mail clients, each for one mailbox and one person."""

from datetime import datetime

from django.db import transaction

from vaguemestre.access.signin.services import check_session_stands
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import box_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import app_passwords_of_holder
from vaguemestre.people.credentials.services import add_app_password, revoke_app_password
from vaguemestre.schools.sharing.values import Access, BoxKind, Right


@transaction.atomic(durable=True)
def create_member_password(access: Access, account_id: int, name: str, *, by: str, now: datetime) -> str:
    """Use case: create an app password that expires with the membership. Returns its text, shown once.

    A mail client reads, sorts and sends. Raises Refusal `sharing.key-needs-send` for lesser rights,
    `signin.ended-meanwhile` and `credentials.too-many-app-passwords`.
    """
    if access.kind is BoxKind.PERSON:
        raise Refusal("sharing.key-not-lent")
    if not access.may(Right.SEND):
        raise Refusal("sharing.key-needs-send")
    check_session_stands()
    password = add_app_password(
        access.account_id, name, by=by, now=now, expires_at=access.ends_at, holder_id=account_id
    )
    record("sharing.key-made", to=box_subject(access.box_id), by=by, at=now, about=name[:80])
    return password


@transaction.atomic(durable=True)
def revoke_member_password(access: Access, account_id: int, number: int, *, by: str, now: datetime) -> bool:
    """Use case: revoke one of the member's own app passwords; False for another member's, or none."""
    if number not in {row.app_password_id for row in app_passwords_of_holder(access.account_id, account_id)}:
        return False
    revoke_app_password(access.account_id, number, by=by, now=now)
    record("sharing.key-revoked", to=box_subject(access.box_id), by=by, at=now)
    return True
