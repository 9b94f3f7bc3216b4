"""What rooms ask of the help desk, and what it asks: codes to hand over; quota use and forwarding."""

from datetime import datetime

from vaguemestre.desks.helpdesk.queries.hand_overs import count_pending_hand_overs
from vaguemestre.desks.helpdesk.values import ForwardRule, Forwards, MailboxUsage
from vaguemestre.engines.dovecot.mail_agent import MailAgent
from vaguemestre.foundation.journal.queries import last_time
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.mailbox.sorting import queries as sorting_queries
from vaguemestre.mailbox.sorting.ports import open_scripts
from vaguemestre.mailbox.sorting.services import program_rules
from vaguemestre.mailbox.sorting.values import EXPERT_SCRIPT


def usage_of(agent: MailAgent, mailbox: str) -> MailboxUsage:
    quota = agent.quota(mailbox)
    return MailboxUsage(quota.used_bytes, quota.limit_bytes)


def forwards_of(account_id: int, *, now: datetime) -> Forwards:
    """Where the mail of an account is sent on, as the help desk shows it."""
    to = f"account:{account_id}"
    changed_at = last_time(to, "sorting.filter-saved")
    rules = [ForwardRule(name, where, changed_at) for name, where in sorting_queries.redirects_of(account_id)]
    try:
        scripts = program_rules(account_id, open_scripts.get(), now=now)
    except (EngineDown, EngineRefused):
        return Forwards(tuple(rules), is_whole=False)
    for script in scripts:
        is_by_hand = script.name == EXPERT_SCRIPT
        name = "Règles écrites à la main" if is_by_hand else f"Règles d’un logiciel, « {script.name} »"
        told_at = last_time(to, "sorting.expert-saved" if is_by_hand else "sorting.script-by-program")
        rules.extend(ForwardRule(name, where, told_at) for where in script.redirects or (None,))
    return Forwards(tuple(rules))


def codes_to_hand_over(account_id: int, now: datetime) -> int:
    """Plugged into `schoolstaff.ports`."""
    return count_pending_hand_overs(account_id, now)
