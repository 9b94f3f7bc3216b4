"""What rooms ask of the help desk, and what it asks: codes to hand over; quota use and forwarding."""

from datetime import datetime

from vaguemestre.desks.helpdesk.queries.hand_overs import count_pending_hand_overs
from vaguemestre.desks.helpdesk.values import ForwardRule, Forwards, MailboxUsage
from vaguemestre.engines.dovecot.mail_agent import MailAgent
from vaguemestre.foundation.journal.queries import last_time
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.mailbox.sorting import queries as sorting_queries
from vaguemestre.mailbox.sorting.rules.expert import redirect_addresses


def usage_of(agent: MailAgent, mailbox: str) -> MailboxUsage:
    quota = agent.quota(mailbox)
    return MailboxUsage(quota.used_bytes, quota.limit_bytes)


def forwards_of(account_id: int) -> Forwards:
    """Addresses to which the mail of an account is sent on, as the help desk shows them."""
    to = account_subject(account_id)
    changed_at = last_time(to, "sorting.filter-saved")
    rules = [ForwardRule(name, where, changed_at) for name, where in sorting_queries.redirects_of(account_id)]
    by_hand = redirect_addresses(sorting_queries.settings_of(account_id).expert)
    written_at = last_time(to, "sorting.expert-saved") if by_hand else None
    rules.extend(ForwardRule("Règles écrites à la main", where, written_at) for where in by_hand)
    scripts = sorting_queries.program_rules_of(account_id)
    told_at = last_time(to, "sorting.script-by-program") if scripts else None
    for script in scripts or ():
        name = f"Règles d’un logiciel, « {script.name} »"
        rules.extend(ForwardRule(name, where, told_at) for where in script.redirects or (None,))
    return Forwards(tuple(rules), is_whole=scripts is not None)


def codes_to_hand_over(account_id: int, now: datetime) -> int:
    """Plugged into `schoolstaff.ports`."""
    return count_pending_hand_overs(account_id, now)
