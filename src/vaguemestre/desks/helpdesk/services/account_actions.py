"""Operators' actions on accounts: each has a reason and is limited, journaled and notified to the owner."""

from datetime import datetime, time
from typing import Any

from django.db import transaction

from vaguemestre.access.assistant.rules.budgets import numen_subject as looked_up
from vaguemestre.access.assistant.services import announce_letter, issue_code, void_issued_codes
from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.access.signin.services import end_links, lift_throttle
from vaguemestre.access.signin.services.sessions import end_all_sessions, forget_sessions
from vaguemestre.desks.helpdesk.events import AccountSheltered, DeletedMessagesWanted
from vaguemestre.desks.helpdesk.queries.accounts import action_target
from vaguemestre.desks.helpdesk.rules.actions import check_action, check_count, clean_reason
from vaguemestre.desks.helpdesk.services.prepared_mail import hold_prepared_mail
from vaguemestre.desks.helpdesk.values import ActionTarget, DeskAction
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.queries import count_acts
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.times import PARIS, paris_day
from vaguemestre.mailbox.compose.services import remove_foreign_reply_to
from vaguemestre.mailbox.sorting.services import end_own_absences, stop_redirects
from vaguemestre.people.credentials.events import AccountsChanged
from vaguemestre.people.credentials.queries import identified, usable_contact
from vaguemestre.people.credentials.services import (
    change_states,
    hold_mailbox,
    lock_account_row,
    revoke_every_app_password,
    withdraw_proofs,
)
from vaguemestre.people.credentials.values import SecretKeys
from vaguemestre.people.directory.queries import numen_digests_of
from vaguemestre.post.outbox.services import discard_outgoing, release_outgoing
from vaguemestre.schools.sharing.services import end_delegations


def preview_action(
    action: DeskAction, account_id: int, reason: str, *, operator_id: int, now: datetime
) -> AccountTouched:
    """The notice of an action that is allowed, without performing it.

    Raises Refusal `helpdesk.…`. Run the notice before a suspension, which closes the inbox.
    """
    clean = clean_reason(reason)
    check_action(action, action_target(account_id, operator_id, now), operator_id)
    check_count(action, _done_today(action, operator_id, now) + 1)
    return AccountTouched(account_id, f"desk-{action}", now.isoformat(), clean)


@transaction.atomic(durable=True)
def perform_action(
    action: DeskAction,
    account_id: int,
    reason: str,
    keys: SecretKeys,
    *,
    operator_id: int,
    now: datetime,
    holds_mailbox: bool = False,
) -> tuple[Any, ...]:
    """Use case: perform an action. Returns the events to run now, already announced.

    `holds_mailbox`: a compromise closes the mailbox for a while, even for its owner. Raises Refusal
    `helpdesk.…`; nothing is then changed. After a compromise, bump the revocations.
    """
    if action is DeskAction.LIFT:  # lock order: throttle counters, then the journal
        digests = numen_digests_of(identified(account_id).person_id or 0)
        lift_throttle(account_id, *(looked_up(digest) for digest in digests))
    target = begin_action(action, account_id, reason, operator_id=operator_id, now=now)
    if action is DeskAction.COMPROMISED and holds_mailbox:
        hold_mailbox(account_id, by=account_subject(operator_id), now=now)
    return _apply(action, target, keys, by=account_subject(operator_id), now=now)


def begin_action(
    action: DeskAction, account_id: int, reason: str, *, operator_id: int, now: datetime
) -> ActionTarget:
    """Check an action, record it and announce its notice. Inside the caller's transaction.

    Raises Refusal `helpdesk.…`.
    """
    clean = clean_reason(reason)
    by = account_subject(operator_id)
    lock_account_row(operator_id)  # one action after another, or each would be counted without the others
    record(f"helpdesk.{action}", to=account_subject(account_id), by=by, at=now, reason=clean)
    check_count(action, _done_today(action, operator_id, now))
    target = action_target(account_id, operator_id, now)
    check_action(action, target, operator_id)
    announce(AccountTouched(account_id, f"desk-{action}", now.isoformat(), clean))
    return target


def _apply(
    action: DeskAction, target: ActionTarget, keys: SecretKeys, *, by: str, now: datetime
) -> tuple[Any, ...]:
    account_id = target.account_id
    match action:  # to lift the throttle came first
        case DeskAction.SEND_CODE:
            code = issue_code(account_id, keys, by=by, now=now)
            announce_letter(account_id, "desk", target.contact, keys, code=code, now=now)
        case DeskAction.SUSPEND | DeskAction.RESUME:
            return _suspend_or_resume(action, account_id, by=by, now=now)
        case DeskAction.COMPROMISED:
            return _secure(target, keys, by=by, now=now)
        case DeskAction.LET_GO:
            release_outgoing(account_id, by=by, now=now)
        case DeskAction.THROW_AWAY:
            discard_outgoing(account_id, by=by, now=now)
        case DeskAction.RECOVER:
            announce(DeletedMessagesWanted(account_id))
        case DeskAction.HAND_OVER | DeskAction.GIVE_KEY | DeskAction.KEY_LOST:
            raise ValueError(action)  # separate use cases
    return ()


def _suspend_or_resume(action: DeskAction, account_id: int, *, by: str, now: datetime) -> tuple[Any, ...]:
    """A suspension ends the absence too: nothing else would show its owner what it answers meanwhile."""
    if action is DeskAction.RESUME:
        change_states([account_id], "resume", by=by, now=now)
        return (AccountsChanged([account_id]),)
    change_states([account_id], "suspend", by=by, now=now)
    return (AccountsChanged([account_id]), *end_own_absences(account_id, by=by, now=now))


def _secure(target: ActionTarget, keys: SecretKeys, *, by: str, now: datetime) -> tuple[Any, ...]:
    """Secure a compromised account: revoke credentials, sessions, forwards and delegations, hold its mail.

    What was prepared from it goes on no more, in shared mailboxes neither (`prepared_mail`).

    Its state does not change: mail still arrives, and the owner returns with a code sent to their contact or
    handed over by two people. A letter explains how.
    """
    account_id = target.account_id
    forgotten = forget_sessions(account_id, "", now=now)  # first: what they do ends with them
    hold_prepared_mail(account_id, by=by, now=now)
    remove_foreign_reply_to(account_id, by=by, now=now)
    redirect_event = stop_redirects(account_id, by=by, now=now)
    delegation_events = end_delegations(account_id, by=by, now=now)
    revoke_every_app_password(account_id, by=by, now=now)
    withdraw_proofs(account_id, by=by, now=now)
    void_issued_codes(account_id, now=now)
    end_links(account_id, now=now)
    sessions = end_all_sessions(account_id, by=by, now=now, forgotten=forgotten)
    announce_letter(account_id, "compromised", usable_contact(account_id, now), keys, now=now)
    events = AccountsChanged([account_id]), AccountSheltered(account_id)
    for event in events:
        announce(event)
    return (sessions, *events, redirect_event, *delegation_events)


def _done_today(action: DeskAction, operator_id: int, now: datetime) -> int:
    midnight = datetime.combine(paris_day(now), time.min, PARIS)
    return count_acts(f"helpdesk.{action}", by=account_subject(operator_id), since=midnight)
