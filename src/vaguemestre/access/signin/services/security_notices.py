"""Owners are told of what opens, redirects or hands over their account: in their inbox, and elsewhere."""

from datetime import datetime

from vaguemestre.access.signin.events import AccountTouched, ContactsToTell
from vaguemestre.access.signin.rules.notices import SENSITIVE
from vaguemestre.foundation.jobs.services import announce


def tell(
    account_id: int, act: str, *, now: datetime, number: int = 0, reason: str = "", detail: str = ""
) -> AccountTouched:
    """Announce a sensitive act. Inside the caller's transaction; `run_now` the event to be read at once.

    `act` is a key of `signin.rules.notices.WORDS`; `number` is what it was done to, for its undo; `detail` is
    shown (« Téléphone », an address). Whoever has a recovery contact is told there as well.
    """
    event = AccountTouched(account_id, act, now.isoformat(), reason, detail, number)
    announce(event)
    if act in SENSITIVE:
        announce(ContactsToTell(account_id, act, event.at, number))
    return event
