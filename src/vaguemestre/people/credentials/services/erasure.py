"""Erasure of an account. `PersonErased`, announced here, has every other room erase its data."""

from datetime import datetime

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.models import (
    Account,
    ActivationLink,
    AppPassword,
    MailToken,
    RecoveryContact,
)
from vaguemestre.people.credentials.services.account_states import give_role, withdraw_proofs


def erase_account(account_id: int, *, by: str, now: datetime) -> None:
    """Erase a closed account except its names; a person who comes back activates it again.

    Inside the caller's transaction.
    """
    row = Account.objects.select_for_update().get(pk=account_id)
    withdraw_proofs(account_id, by=by, now=now)
    for table in (RecoveryContact, ActivationLink, AppPassword, MailToken):
        table._default_manager.filter(account_id=account_id).delete()
    if row.role != Account.Role.AGENT:
        give_role(account_id, Account.Role.AGENT, by=by, now=now)
    Account.objects.filter(pk=account_id).update(
        preferences={},
        activated_at=None,
        charter_version="",
        charter_accepted_at=None,
        sessions_ended_at=None,
        taken_passwords="",
    )
    AppPassword.objects.filter(holder_id=account_id).delete()
    announce(PersonErased(account_id, row.person_id or 0))
