"""Accounts of a restored database: what was revoked since the backup must stay revoked."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from vaguemestre.people.credentials.models import Account, ActivationLink, MailToken, RecoveryContact
from vaguemestre.people.credentials.services.account_states import change_states

_S = Account.State


class ShutAccounts(NamedTuple):
    """How many accounts were suspended, and how many closed."""

    suspended: int
    closed: int


@transaction.atomic(durable=True)
def end_pending_proofs(*, now: datetime) -> list[str]:
    """Void activation links, codes of contacts and former passwords; delete mail tokens.

    Returns the SHA-256 of the tokens, for the engines to refuse.
    """
    ActivationLink.objects.filter(used_at__isnull=True).update(used_at=now)
    RecoveryContact.objects.filter(code_until__gt=now).update(code_until=now, code_mark="")
    Account.objects.exclude(former_password="").update(former_password="", former_until=None)
    token_sha256s = list(MailToken.objects.values_list("token_sha256", flat=True))
    MailToken.objects.all().delete()
    return token_sha256s


@transaction.atomic(durable=True)
def shut_accounts(
    to_suspend: Collection[int], to_close: Collection[int], *, by: str, now: datetime
) -> ShutAccounts:
    """Close those accounts; suspend the others until an administrator resumes them. Returns the counts."""
    closable = Account.objects.filter(pk__in=to_close).exclude(state=_S.CLOSED)
    closed = change_states(list(closable.values_list("pk", flat=True)), "close", by=by, now=now)
    open_accounts = Account.objects.filter(pk__in=to_suspend, state__in=(_S.PENDING, _S.ACTIVE))
    suspended = change_states(list(open_accounts.values_list("pk", flat=True)), "suspend", by=by, now=now)
    return ShutAccounts(suspended, closed)
