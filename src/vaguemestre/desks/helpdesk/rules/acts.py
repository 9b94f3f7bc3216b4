"""What an operator may do, to whom and how often (docs/security.md §3.10)."""

from collections.abc import Mapping
from datetime import timedelta

from vaguemestre.desks.helpdesk.rules.secrets import without_secrets
from vaguemestre.desks.helpdesk.values import Act, Target
from vaguemestre.foundation.kernel.errors import Refusal

OPERATORS = frozenset({"helpdesk", "administrator"})
LONGEST_REASON = 300
SHORTEST_REASON = 5

# Acts of one operator in a day. A rush of locked-out newcomers is ordinary; twenty suspensions are not.
CAPS: Mapping[Act, int] = {
    Act.LIFT: 100,
    Act.SEND_CODE: 30,
    Act.SUSPEND: 20,
    Act.RESUME: 20,
    Act.COMPROMISED: 20,
    Act.LET_GO: 20,
    Act.THROW_AWAY: 20,
    Act.HAND_OVER: 10,
    Act.GIVE_KEY: 100,
    Act.KEY_LOST: 30,
}
# Those done by one button; the others ask for more.
DIRECT = tuple(act for act in Act if act not in (Act.HAND_OVER, Act.GIVE_KEY, Act.KEY_LOST))
HAND_OVER_LIFE = timedelta(days=3)  # for the second person to confirm

_POSSIBLE: Mapping[str, frozenset[Act]] = {
    "pending": frozenset({Act.LIFT, Act.SUSPEND, Act.HAND_OVER}),
    "active": frozenset({Act.LIFT, Act.SUSPEND, Act.COMPROMISED, Act.HAND_OVER, Act.GIVE_KEY}),
    "suspended": frozenset({Act.RESUME, Act.COMPROMISED}),
}


def possible(target: Target) -> frozenset[Act]:
    """The acts that make sense for an account as it stands; none for a closed one."""
    acts = set(_POSSIBLE.get(target.state, ()))
    if target.state in ("pending", "active") and target.contact:
        acts.add(Act.SEND_CODE)
    if acts and target.kept_back:
        acts |= {Act.LET_GO, Act.THROW_AWAY}
    if acts and target.has_key:
        acts.add(Act.KEY_LOST)
        acts.discard(Act.GIVE_KEY)
    return frozenset(acts)


def check_act(act: Act, target: Target, operator_id: int) -> None:
    """Raises Refusal `helpdesk.not-on-yourself`, `…on-administrators` or `…not-in-that-state`."""
    check_somebody_else(target, operator_id)
    if act not in possible(target):
        raise Refusal("helpdesk.not-in-that-state")


def check_somebody_else(target: Target, operator_id: int) -> None:
    """Raises Refusal `helpdesk.not-on-yourself` or `…on-administrators`."""
    if target.account_id == operator_id:
        raise Refusal("helpdesk.not-on-yourself")
    if target.role == "administrator":
        raise Refusal("helpdesk.not-on-administrators")


def check_count(act: Act, done_today: int) -> None:
    """`done_today` counts the act being done. Raises Refusal `helpdesk.enough-today`."""
    if done_today > CAPS[act]:
        raise Refusal("helpdesk.enough-today", most=CAPS[act])


def reason_given(text: str) -> str:
    """The reason as it is kept and shown to the owner, on one line.

    Raises Refusal `helpdesk.reason-missing`, or `helpdesk.reason-numen` when it holds a NUMEN or a password.
    """
    plain = " ".join(text.split())[:LONGEST_REASON]
    if len(plain) < SHORTEST_REASON:
        raise Refusal("helpdesk.reason-missing", shortest=SHORTEST_REASON)
    if without_secrets(plain) != plain:
        raise Refusal("helpdesk.reason-numen")
    return plain


def check_second(account_id: int, second_id: int, operator_id: int, offered: frozenset[int]) -> None:
    """Two people, neither of whom is the person. Raises Refusal `helpdesk.second-not-possible`."""
    if second_id in (account_id, operator_id) or second_id not in offered:
        raise Refusal("helpdesk.second-not-possible")
