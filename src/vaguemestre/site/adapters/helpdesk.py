"""What the help desk is shown of a mailbox and of its filters."""

from vaguemestre.desks.helpdesk.values import Forward, Usage
from vaguemestre.engines.dovecot.doveadm import Doveadm
from vaguemestre.foundation.journal.queries import last_about
from vaguemestre.mailbox.sorting import queries as sorting_queries


def usage_of(doveadm: Doveadm, mailbox: str) -> Usage:
    quota = doveadm.quota(mailbox)
    return Usage(quota.used_bytes, quota.limit_bytes)


def forwards_of(account_id: int) -> list[Forward]:
    """What sorting knows of mail sent elsewhere, as the help desk shows it."""
    changed_at = last_about(f"account:{account_id}", "sorting.filter-saved")
    return [Forward(name, to, changed_at) for name, to in sorting_queries.redirects_of(account_id)]
