"""What rooms ask of the help desk, and what it asks: codes to hand over; quota use and forwarding."""

from datetime import datetime

from vaguemestre.desks.helpdesk.queries.hand_overs import count_pending_hand_overs
from vaguemestre.desks.helpdesk.values import ForwardRule, MailboxUsage
from vaguemestre.engines.dovecot.mail_agent import MailAgent
from vaguemestre.foundation.journal.queries import last_time
from vaguemestre.mailbox.sorting import queries as sorting_queries


def usage_of(agent: MailAgent, mailbox: str) -> MailboxUsage:
    quota = agent.quota(mailbox)
    return MailboxUsage(quota.used_bytes, quota.limit_bytes)


def forwards_of(account_id: int) -> list[ForwardRule]:
    """Addresses an account forwards mail to, as the help desk shows them."""
    changed_at = last_time(f"account:{account_id}", "sorting.filter-saved")
    return [ForwardRule(name, to, changed_at) for name, to in sorting_queries.redirects_of(account_id)]


def codes_to_hand_over(account_id: int, now: datetime) -> int:
    """Plugged into `schoolstaff.ports`."""
    return count_pending_hand_overs(account_id, now)
