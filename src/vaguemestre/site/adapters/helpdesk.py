"""Mailbox facts shown to the help desk: quota use and forwarding."""

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
