"""What an operator does to an account: each act with its reason, counted, journaled, told to the owner."""

from datetime import datetime, time
from typing import Any

from django.db import transaction

from vaguemestre.access.assistant.rules.budgets import numen_subject as looked_up
from vaguemestre.access.assistant.services import announce_letter, issue_code, void_issued_codes
from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.access.signin.services import lift_throttle
from vaguemestre.access.signin.services.sessions import end_all_sessions
from vaguemestre.desks.helpdesk.events import AccountSheltered
from vaguemestre.desks.helpdesk.queries.accounts import target_of
from vaguemestre.desks.helpdesk.rules.acts import check_act, check_count, reason_given
from vaguemestre.desks.helpdesk.values import Act, Target
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.queries import count_done
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.times import PARIS, paris_day
from vaguemestre.mailbox.sorting.services import stop_redirects
from vaguemestre.people.credentials.events import AccountsChanged
from vaguemestre.people.credentials.queries import identified
from vaguemestre.people.credentials.services import (
    change_states,
    hold_mailbox,
    revoke_every_app_password,
    withdraw_proofs,
)
from vaguemestre.people.credentials.values import SecretKeys
from vaguemestre.people.directory.queries import numen_digests_of
from vaguemestre.post.outbox.services import discard_outgoing, release_outgoing, stop_outgoing
from vaguemestre.schools.sharing.services import end_loans


def intended(act: Act, account_id: int, reason: str, *, operator_id: int, now: datetime) -> AccountTouched:
    """The act if it may be done: what its owner will be told. Writes nothing.

    Raises Refusal `helpdesk.…`. A suspended inbox opens to nobody: run the event before the act.
    """
    kept = reason_given(reason)
    check_act(act, target_of(account_id, now), operator_id)
    check_count(act, _done_today(act, operator_id, now) + 1)
    return AccountTouched(account_id, f"desk-{act}", now.isoformat(), kept)


@transaction.atomic(durable=True)
def do(
    act: Act,
    account_id: int,
    reason: str,
    keys: SecretKeys,
    *,
    operator_id: int,
    now: datetime,
    holds_mailbox: bool = False,
) -> tuple[Any, ...]:
    """Use case: the act, its line and its notice; the events to run now, already announced.

    `holds_mailbox`: a compromise shuts it for a while, whoever comes back. Raises Refusal `helpdesk.…`,
    having changed nothing. After a compromise, bump the revocations.
    """
    if act is Act.LIFT:  # counters are locked before the journal
        digests = numen_digests_of(identified(account_id).person_id or 0)
        lift_throttle(account_id, *(looked_up(digest) for digest in digests))
    target = begun(act, account_id, reason, operator_id=operator_id, now=now)
    if act is Act.COMPROMISED and holds_mailbox:
        hold_mailbox(account_id, by=f"account:{operator_id}", now=now)
    return _carry_out(act, target, keys, by=f"account:{operator_id}", now=now)


def begun(act: Act, account_id: int, reason: str, *, operator_id: int, now: datetime) -> Target:
    """The line and the notice of an act that may be done. Inside the caller's transaction.

    Raises Refusal `helpdesk.…`.
    """
    kept = reason_given(reason)
    by = f"account:{operator_id}"
    record(f"helpdesk.{act}", to=f"account:{account_id}", by=by, at=now, reason=kept)
    check_count(act, _done_today(act, operator_id, now))  # counted after writing: two at once see each other
    target = target_of(account_id, now)
    check_act(act, target, operator_id)
    announce(AccountTouched(account_id, f"desk-{act}", now.isoformat(), kept))
    return target


def _carry_out(act: Act, target: Target, keys: SecretKeys, *, by: str, now: datetime) -> tuple[Any, ...]:
    account_id = target.account_id
    match act:
        case Act.LIFT:
            return ()
        case Act.SEND_CODE:
            code = issue_code(account_id, keys, by=by, now=now)
            announce_letter(account_id, "desk", target.contact, keys, code=code, now=now)
        case Act.SUSPEND | Act.RESUME:
            change_states([account_id], "suspend" if act is Act.SUSPEND else "resume", by=by, now=now)
            return (AccountsChanged([account_id]),)
        case Act.COMPROMISED:
            return _shelter(target, keys, by=by, now=now)
        case Act.LET_GO:
            release_outgoing(account_id, by=by, now=now)
        case Act.THROW_AWAY:
            discard_outgoing(account_id, by=by, now=now)
        case Act.HAND_OVER | Act.GIVE_KEY | Act.KEY_LOST:
            raise ValueError(act)  # use cases of their own
    return ()


def _shelter(target: Target, keys: SecretKeys, *, by: str, now: datetime) -> tuple[Any, ...]:
    """Nothing opens the account, nothing leaves it nor is sent on; a letter tells its owner the way back.

    The account stays as it was, active or suspended: mail goes on arriving, and a code delivered to the
    contact, or handed over by two people, opens it to its owner.
    """
    account_id = target.account_id
    stop_outgoing(account_id, by=by, now=now)
    redirects = stop_redirects(account_id, by=by, now=now)
    loans = end_loans(account_id, by=by, now=now)
    revoke_every_app_password(account_id, by=by, now=now)
    withdraw_proofs(account_id, by=by, now=now)
    void_issued_codes(account_id, now=now)
    sessions = end_all_sessions(account_id, by=by, now=now)
    announce_letter(account_id, "compromised", target.contact, keys, now=now)
    followed = AccountsChanged([account_id]), AccountSheltered(account_id)
    for event in followed:
        announce(event)
    return (sessions, *followed, redirects, *loans)


def _done_today(act: Act, operator_id: int, now: datetime) -> int:
    midnight = datetime.combine(paris_day(now), time.min, PARIS)
    return count_done(f"helpdesk.{act}", by=f"account:{operator_id}", since=midnight)
