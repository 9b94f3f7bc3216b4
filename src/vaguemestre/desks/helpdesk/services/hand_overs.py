"""Two-person hand-over of a code: requested by an operator, confirmed by a person who sees the owner."""

from datetime import datetime

from django.db import transaction

from vaguemestre.access.assistant.services import announce_letter, issue_code
from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.desks.helpdesk.models import HandOverRow
from vaguemestre.desks.helpdesk.queries.accounts import action_target
from vaguemestre.desks.helpdesk.queries.hand_overs import confirmers_for
from vaguemestre.desks.helpdesk.rules.actions import (
    HAND_OVER_LIFE,
    check_confirmer,
    check_operator,
    check_somebody_else,
    clean_reason,
)
from vaguemestre.desks.helpdesk.services.account_actions import begin_action
from vaguemestre.desks.helpdesk.values import DeskAction, HandOverState
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import identified, presented, usable_contact
from vaguemestre.people.credentials.values import AccountState, SecretKeys
from vaguemestre.people.directory.queries import find_person

_State = HandOverRow.State


@transaction.atomic(durable=True)
def ask_hand_over(
    account_id: int,
    second_id: int,
    reason: str,
    *,
    drops_factors: bool,
    operator_id: int,
    now: datetime,
    seen: int | None = None,
) -> None:
    """Use case: ask the second person to confirm, replacing a pending hand-over of the account.

    `seen`: the pending one that the form showed; 0 for none, None if it does not matter. Raises Refusal
    `helpdesk.…`, among them `helpdesk.hand-over-asked-meanwhile`; nothing is then changed.
    """
    pending = HandOverRow.objects.filter(account_id=account_id, state=_State.ASKED, until__gt=now).first()
    if seen is not None and pending and pending.pk != seen and pending.operator_id != operator_id:
        asker = presented(pending.operator_id)
        raise Refusal("helpdesk.hand-over-asked-meanwhile", by=asker.name if asker else "Un collègue")
    begin_action(DeskAction.HAND_OVER, account_id, reason, operator_id=operator_id, now=now)
    offered = frozenset(confirmer.account_id for confirmer in confirmers_for(account_id, now))
    check_confirmer(account_id, second_id, operator_id, offered)
    HandOverRow.objects.filter(account_id=account_id, state=_State.ASKED).update(
        state=_State.REFUSED, decided_at=now
    )
    HandOverRow.objects.create(
        account_id=account_id,
        operator_id=operator_id,
        second_id=second_id,
        reason=clean_reason(reason),
        drops_factors=drops_factors,
        made_at=now,
        until=now + HAND_OVER_LIFE,
    )
    announce(AccountTouched(second_id, "hand-over-to-confirm", now.isoformat()))


@transaction.atomic(durable=True)
def confirm_hand_over(
    hand_over_id: int, verification: str, keys: SecretKeys, *, second_id: int, now: datetime
) -> str:
    """Use case: create the code for the second person to hand over. Shown once, valid for a day.

    The owner is notified at every known contact. Raises Refusal `helpdesk.hand-over-gone`,
    `…operator-left`, `…second-left` and those of `clean_reason` and `check_somebody_else`: an office may have
    been given meanwhile, or left.
    """
    note = clean_reason(verification)
    row = _decide(hand_over_id, second_id, _State.CONFIRMED, now, verification=note)
    by, to = account_subject(second_id), account_subject(row.account_id)
    if identified(row.account_id).state not in (AccountState.PENDING, AccountState.ACTIVE):
        raise Refusal("helpdesk.hand-over-gone")
    operator = presented(row.operator_id)
    if operator is None:
        raise Refusal("helpdesk.hand-over-gone")
    check_operator(operator.role, operator.state)
    check_somebody_else(action_target(row.account_id, row.operator_id, now), row.operator_id)
    if second_id not in {confirmer.account_id for confirmer in confirmers_for(row.account_id, now)}:
        raise Refusal("helpdesk.second-left")
    record("helpdesk.hand-over-confirmed", to=to, by=by, at=now, reason=note)
    code = issue_code(row.account_id, keys, by=by, now=now, drops_factors=row.drops_factors)
    announce(AccountTouched(row.account_id, "hand-over-confirmed", now.isoformat(), row.reason))
    for address in _contacts(row.account_id, now):
        announce_letter(row.account_id, "handed", address, keys, now=now)
    return code


@transaction.atomic(durable=True)
def refuse_hand_over(hand_over_id: int, *, second_id: int, now: datetime) -> None:
    """Use case: refuse a hand-over. Raises Refusal `helpdesk.hand-over-gone`."""
    row = _decide(hand_over_id, second_id, _State.REFUSED, now)
    record(
        "helpdesk.hand-over-refused",
        to=account_subject(row.account_id),
        by=account_subject(second_id),
        at=now,
    )
    about, second = presented(row.account_id), presented(second_id)
    detail = f"Pour : {about.name}\nRefus de : {second.name}" if about and second else ""
    announce(AccountTouched(row.operator_id, "hand-over-refused", now.isoformat(), row.reason, detail))


def _decide(
    hand_over_id: int, second_id: int, state: HandOverState, now: datetime, verification: str = ""
) -> HandOverRow:
    """Record the decision, once, by that person, before the deadline."""
    pending = HandOverRow.objects.filter(
        pk=hand_over_id, second_id=second_id, state=_State.ASKED, until__gt=now
    )
    if pending.update(state=state, decided_at=now, verification=verification[:200]) != 1:
        raise Refusal("helpdesk.hand-over-gone")
    return HandOverRow.objects.get(pk=hand_over_id)


def _contacts(account_id: int, now: datetime) -> set[str]:
    person = find_person(identified(account_id).person_id or 0)
    contacts = {usable_contact(account_id, now), person.recovery_address if person else ""}
    return contacts - {""}


@transaction.atomic(durable=True)
def void_hand_overs(*, now: datetime) -> int:
    """Use case: refuse every hand-over that waits, after a restoration. Returns the count."""
    return HandOverRow.objects.filter(state=_State.ASKED).update(state=_State.REFUSED, decided_at=now)
