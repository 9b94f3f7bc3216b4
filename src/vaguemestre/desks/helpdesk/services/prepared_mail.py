"""What somebody else prepared from an account and would go on without them: mail, answers, a program's code.

Every function runs inside the caller's transaction.
"""

from datetime import datetime

from vaguemestre.desks.helpdesk.services.shared_mailboxes import end_acts_in_shared_mailboxes
from vaguemestre.mailbox.autoconfig.services import delete_codes_of
from vaguemestre.mailbox.compose.services import stop_mailings_of
from vaguemestre.mailbox.sorting.services import end_own_absences
from vaguemestre.post.outbox.services import stop_outgoing, withdraw_waiting_messages
from vaguemestre.schools.sharing.services import end_sending_everywhere


def hold_prepared_mail(account_id: int, *, by: str, now: datetime) -> None:
    """Stop what a compromised account had prepared to send; the help desk decides on its waiting mail."""
    _stop_what_goes_on(account_id, by=by, now=now)
    stop_outgoing(account_id, by=by, now=now)


def withdraw_prepared_mail(account_id: int, *, by: str, now: datetime) -> None:
    """When its owner locks the account: what waits becomes drafts again. Plugged into `signin.ports`."""
    _stop_what_goes_on(account_id, by=by, now=now)
    withdraw_waiting_messages(account_id, by=by, now=now)


def _stop_what_goes_on(account_id: int, *, by: str, now: datetime) -> None:
    """Codes first: an exchange under way ends before the app passwords are revoked. Then what makes mail."""
    delete_codes_of(account_id)
    stop_mailings_of(account_id, by=by, now=now)
    end_sending_everywhere(account_id, by=by, now=now)
    end_own_absences(account_id, by=by, now=now)
    end_acts_in_shared_mailboxes(account_id, by=by, now=now)
