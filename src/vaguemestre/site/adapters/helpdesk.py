"""Mailbox facts shown to the help desk: quota use and forwarding."""

from vaguemestre.desks.helpdesk.values import Forward, Usage
from vaguemestre.engines.dovecot.doveadm import Doveadm
from vaguemestre.foundation.journal.queries import last_about
from vaguemestre.mailbox.sorting import queries as sorting_queries


def usage_of(doveadm: Doveadm, mailbox: str) -> Usage:
    quota = doveadm.quota(mailbox)
    return Usage(quota.used_bytes, quota.limit_bytes)


def forwards_of(account_id: int) -> list[Forward]:
    """Addresses an account forwards mail to, as the help desk shows them."""
    changed_at = last_about(f"account:{account_id}", "sorting.filter-saved")
    return [Forward(name, to, changed_at) for name, to in sorting_queries.redirects_of(account_id)]
