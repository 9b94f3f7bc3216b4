"""The actions an operator may take, on whom and how often (docs/security.md §3.10)."""

from collections.abc import Mapping
from datetime import timedelta

from vaguemestre.desks.helpdesk.rules.secrets import without_secrets
from vaguemestre.desks.helpdesk.values import ActionTarget, DeskAction
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.rules.second_factors import GUARDED_ROLES
from vaguemestre.people.credentials.values import AccountRole, AccountState

OPERATORS = frozenset({AccountRole.HELPDESK, AccountRole.ADMINISTRATOR})
MAX_REASON_CHARACTERS = 300
MIN_REASON_CHARACTERS = 5

# Per operator. A rush of locked-out newcomers is ordinary; twenty suspensions are not.
MAX_ACTIONS_A_DAY: Mapping[DeskAction, int] = {
    DeskAction.LIFT: 100,
    DeskAction.SEND_CODE: 30,
    DeskAction.SUSPEND: 20,
    DeskAction.RESUME: 20,
    DeskAction.COMPROMISED: 20,
    DeskAction.LET_GO: 20,
    DeskAction.THROW_AWAY: 20,
    DeskAction.RECOVER: 20,
    DeskAction.HAND_OVER: 10,
    DeskAction.GIVE_KEY: 100,
    DeskAction.KEY_LOST: 30,
}
# Actions of one button; the others have a form of their own.
DIRECT_ACTIONS = tuple(
    action
    for action in DeskAction
    if action not in (DeskAction.HAND_OVER, DeskAction.GIVE_KEY, DeskAction.KEY_LOST)
)
HAND_OVER_LIFE = timedelta(days=3)  # time to confirm

_POSSIBLE: Mapping[str, frozenset[DeskAction]] = {
    AccountState.PENDING: frozenset({DeskAction.LIFT, DeskAction.SUSPEND, DeskAction.HAND_OVER}),
    AccountState.ACTIVE: frozenset(
        {
            DeskAction.LIFT,
            DeskAction.SUSPEND,
            DeskAction.COMPROMISED,
            DeskAction.RECOVER,
            DeskAction.HAND_OVER,
            DeskAction.GIVE_KEY,
        }
    ),
    AccountState.SUSPENDED: frozenset({DeskAction.RESUME, DeskAction.COMPROMISED}),
}


def possible_actions(target: ActionTarget) -> frozenset[DeskAction]:
    """The actions that apply to an account in its current state; none for a closed one.

    A shared mailbox is nobody's account: what closed it is taken back, and nothing else is done to it here.
    """
    if not target.is_person:
        return frozenset({DeskAction.RESUME}) if target.state == AccountState.SUSPENDED else frozenset()
    actions = set(_POSSIBLE.get(target.state, ()))
    if target.is_suspended_by_service:
        actions.discard(DeskAction.RESUME)
    if target.state in (AccountState.PENDING, AccountState.ACTIVE) and target.contact:
        actions.add(DeskAction.SEND_CODE)
    if actions and target.kept_back:
        actions.add(DeskAction.THROW_AWAY)
        if target.can_send:
            actions.add(DeskAction.LET_GO)
    if actions and target.has_key:
        actions.add(DeskAction.KEY_LOST)
        actions.discard(DeskAction.GIVE_KEY)
    return frozenset(actions)


def check_action(action: DeskAction, target: ActionTarget, operator_id: int) -> None:
    """Raises Refusal `helpdesk.not-in-that-state`, `…cannot-send`, `…suspended-by-service` or others.

    The others are those of `check_somebody_else`.

    What leaves an account that may not send is refused at once, and lost to whoever wrote it: it waits.
    """
    check_somebody_else(target, operator_id)
    if action is DeskAction.LET_GO and target.kept_back and not target.can_send:
        raise Refusal("helpdesk.cannot-send")
    if action is DeskAction.RESUME and target.is_suspended_by_service:
        raise Refusal("helpdesk.suspended-by-service")
    if action not in possible_actions(target):
        raise Refusal("helpdesk.not-in-that-state")


def check_somebody_else(target: ActionTarget, operator_id: int) -> None:
    """Raises Refusal `helpdesk.not-on-yourself`, `…on-administrators` or `…on-wider-office`."""
    if target.account_id == operator_id:
        raise Refusal("helpdesk.not-on-yourself")
    if target.role in GUARDED_ROLES:
        raise Refusal("helpdesk.not-on-administrators")
    if target.outreaches_operator:  # whoever takes it would act in every académie
        raise Refusal("helpdesk.not-on-wider-office")


def check_operator(role: AccountRole, state: AccountState) -> None:
    """Raises Refusal `helpdesk.operator-left` for whoever may act at the desk no more."""
    if role not in OPERATORS or state != AccountState.ACTIVE:
        raise Refusal("helpdesk.operator-left")


def check_count(action: DeskAction, done_today: int) -> None:
    """`done_today` includes the current action. Raises Refusal `helpdesk.enough-today`."""
    if done_today > MAX_ACTIONS_A_DAY[action]:
        raise Refusal("helpdesk.enough-today", most=MAX_ACTIONS_A_DAY[action])


def clean_reason(text: str) -> str:
    """The reason on one line, as recorded and shown to the owner.

    Raises Refusal `helpdesk.reason-missing`, or `helpdesk.reason-numen` if it contains a NUMEN or a password.
    """
    plain = " ".join(text.split())[:MAX_REASON_CHARACTERS]
    if len(plain) < MIN_REASON_CHARACTERS:
        raise Refusal("helpdesk.reason-missing", shortest=MIN_REASON_CHARACTERS)
    if without_secrets(plain) != plain:
        raise Refusal("helpdesk.reason-numen")
    return plain


def check_confirmer(account_id: int, second_id: int, operator_id: int, offered: frozenset[int]) -> None:
    """The confirmer is neither the owner nor the operator. Raises Refusal `helpdesk.second-not-possible`."""
    if second_id in (account_id, operator_id) or second_id not in offered:
        raise Refusal("helpdesk.second-not-possible")
