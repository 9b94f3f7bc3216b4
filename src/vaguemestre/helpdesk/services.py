"""What an operator does to an account: each act with its reason, counted, journaled, told to the owner."""

from datetime import datetime, time

from django.db import transaction

from vaguemestre.assistant.rules.budgets import target as looked_up
from vaguemestre.credentials.queries import identified
from vaguemestre.credentials.services import change_states, revoke_every_app_password, withdraw_proofs
from vaguemestre.directory.queries import numen_digests_of
from vaguemestre.helpdesk.queries import target_of
from vaguemestre.helpdesk.rules import check_act, check_count, reason_given
from vaguemestre.helpdesk.values import Act
from vaguemestre.jobs.services import announce
from vaguemestre.journal.queries import count_done
from vaguemestre.journal.services import record
from vaguemestre.kernel.times import PARIS, paris_day
from vaguemestre.signin.events import AccountTouched
from vaguemestre.signin.services import lift


def intended(act: Act, account_id: int, reason: str, *, operator_id: int, now: datetime) -> AccountTouched:
    """The act if it may be done: what its owner will be told. Writes nothing.

    Raises Refusal `helpdesk.…`. A suspended inbox opens to nobody: run the event before the act.
    """
    kept = reason_given(reason)
    check_act(act, target_of(account_id), operator_id)
    check_count(act, _done_today(act, operator_id, now) + 1)
    return AccountTouched(account_id, f"desk-{act}", now.isoformat(), kept)


@transaction.atomic(durable=True)
def do(act: Act, account_id: int, reason: str, *, operator_id: int, now: datetime) -> None:
    """Use case: the act, its line and its notice. Raises Refusal `helpdesk.…`, having changed nothing."""
    kept = reason_given(reason)
    by = f"account:{operator_id}"
    record(f"helpdesk.{act}", to=f"account:{account_id}", by=by, at=now, reason=kept)
    check_count(act, _done_today(act, operator_id, now))  # counted after writing: two at once see each other
    check_act(act, target_of(account_id), operator_id)
    _carry_out(act, account_id, by=by, now=now)
    announce(AccountTouched(account_id, f"desk-{act}", now.isoformat(), kept))


def _carry_out(act: Act, account_id: int, *, by: str, now: datetime) -> None:
    match act:
        case Act.LIFT:
            digests = numen_digests_of(identified(account_id).person_id or 0)
            lift(account_id, *(looked_up(digest) for digest in digests))
        case Act.SUSPEND:
            change_states([account_id], "suspend", by=by, now=now)
        case Act.RESUME:
            change_states([account_id], "resume", by=by, now=now)
        case Act.COMPROMISED:
            revoke_every_app_password(account_id, by=by, now=now)
            withdraw_proofs(account_id, by=by, now=now)
            change_states([account_id], "suspend", by=by, now=now)


def _done_today(act: Act, operator_id: int, now: datetime) -> int:
    midnight = datetime.combine(paris_day(now), time.min, PARIS)
    return count_done(f"helpdesk.{act}", by=f"account:{operator_id}", since=midnight)
