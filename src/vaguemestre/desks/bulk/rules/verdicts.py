"""Whether an act changes somebody, and why not. Running an act again finds ALREADY: nothing happens twice."""

from datetime import datetime

from vaguemestre.desks.bulk.values import Act, Order, Skip
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.people.credentials.values import AccountRole, AccountState, ActFacts, MailboxState

INVERSE = {
    Act.SUSPEND: Act.RESUME,
    Act.RESUME: Act.SUSPEND,
    Act.FACTOR: Act.NO_FACTOR,
    Act.NO_FACTOR: Act.FACTOR,
}
UNDOABLE = frozenset({*INVERSE, Act.QUOTA})
# What these do is done for anybody, oneself and officers too.
_FOR_ANYBODY = frozenset({Act.NOTICE, Act.LETTERS, Act.REMINDER, Act.EXPORT})


def verdict(order: Order, facts: ActFacts | None, by: str) -> Skip | None:
    """Why the act leaves that person as they are; None if it changes them. `by`: the actor who decides."""
    if facts is None:
        return Skip.GONE
    if order.act not in _FOR_ANYBODY:
        if by == account_subject(facts.account_id):
            return Skip.ONESELF
        if facts.role != AccountRole.AGENT:
            return Skip.OFFICE
    return _by_state(order, facts)


def undo_verdict(
    order: Order, facts: ActFacts | None, by: str, treated_at: datetime | None = None
) -> Skip | None:
    """Why undoing leaves that person as they are: somebody changed them since. None if it gives back.

    `treated_at`: when the act changed them. The same state since a later moment is somebody else's.
    """
    if order.act is Act.QUOTA:
        if facts is None:
            return Skip.GONE
        return (
            Skip.CHANGED if facts.quota_mb != order.quota_mb or facts.state == AccountState.CLOSED else None
        )
    if facts and treated_at and _since(order.act, facts) not in (treated_at, None):
        return Skip.CHANGED
    skip = verdict(Order(INVERSE[order.act], order.note), facts, by)
    return Skip.CHANGED if skip is Skip.ALREADY else skip


def _since(act: Act, facts: ActFacts) -> datetime | None:
    return facts.state_since if act in (Act.SUSPEND, Act.RESUME) else facts.factor_demanded_at


def _by_state(order: Order, facts: ActFacts) -> Skip | None:
    match order.act:
        case Act.EXPORT:
            return None
        case _ if facts.state == AccountState.CLOSED:
            return Skip.CLOSED
        case Act.NOTICE:
            return (
                None
                if (facts.state, facts.mailbox_state) == (AccountState.ACTIVE, MailboxState.OPEN)
                else Skip.UNREAD
            )
        case Act.LETTERS | Act.REMINDER if facts.state != AccountState.PENDING:
            return Skip.ACTIVATED
        case Act.LETTERS:
            return None
        case Act.REMINDER:
            return None if facts.private_address else Skip.NO_ADDRESS
        case Act.QUOTA if facts.class_quota_mb:
            return Skip.CLASS
    return Skip.ALREADY if _is_so(order, facts) else None


def _is_so(order: Order, facts: ActFacts) -> bool:
    """Whether the account is already as the act would leave it."""
    is_suspended = facts.state == AccountState.SUSPENDED
    return {
        Act.SUSPEND: is_suspended,
        Act.RESUME: not is_suspended,
        Act.FACTOR: facts.owes_factor,
        Act.NO_FACTOR: not facts.owes_factor,
    }.get(order.act, facts.quota_mb == order.quota_mb)
