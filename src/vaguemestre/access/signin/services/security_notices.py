"""Security notices to account owners and their recovery contacts."""

from datetime import datetime

from vaguemestre.access.signin.events import AccountTouched, ContactsToTell
from vaguemestre.access.signin.rules.acts.kinds import SENSITIVE
from vaguemestre.foundation.jobs.services import announce


def notify_owner(
    account_id: int, act: str, *, now: datetime, number: int = 0, reason: str = "", detail: str = ""
) -> AccountTouched:
    """Announce a sensitive act. Inside the caller's transaction; `run_now` the event to deliver it at once.

    `act` is a key of `WORDS` of signin's acts; `number` identifies its object, for undo; `detail` is
    displayed (« Téléphone », an address). Recovery contacts are notified of acts in `SENSITIVE`.
    """
    event = AccountTouched(account_id, act, now.isoformat(), reason, detail, number)
    announce(event)
    if act in SENSITIVE:
        announce(ContactsToTell(account_id, act, event.at, number))
    return event
