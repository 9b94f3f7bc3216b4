"""Security notices to account owners and their recovery contacts."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from vaguemestre.access.signin.events import AccountTouched, ContactsToTell
from vaguemestre.access.signin.models import BrowserSession
from vaguemestre.access.signin.rules.acts.kinds import OF_A_SESSION, SENSITIVE
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.kernel.errors import Refusal

# The key of the session whose request is answered; "" for anybody else's, and in jobs.
_acting_session: ContextVar[str] = ContextVar("acting_session", default="")


@contextmanager
def acting_by_session(session_key: str) -> Iterator[None]:
    """What is done inside is done by that session, as long as it stands."""
    token = _acting_session.set(session_key)
    try:
        yield
    finally:
        _acting_session.reset(token)


def notify_owner(
    account_id: int, act: str, *, now: datetime, number: int = 0, reason: str = "", detail: str = ""
) -> AccountTouched:
    """Announce a sensitive act. Inside the caller's transaction; `run_now` the event to deliver it at once.

    `act` is a key of `WORDS` of signin's acts; `number` identifies its object, for undo; `detail` is
    displayed (« Téléphone », an address). Recovery contacts are notified of acts in `SENSITIVE`.

    Raises Refusal `signin.ended-meanwhile` if the session that does it was ended since its request came.
    """
    if act in OF_A_SESSION:
        check_session_stands()
    event = AccountTouched(account_id, act, now.isoformat(), reason, detail, number)
    announce(event)
    if act in SENSITIVE:
        announce(ContactsToTell(account_id, act, event.at, number))
    return event


def check_session_stands() -> None:
    """Require that the session that acts was not ended since its request came. Inside the act's transaction.

    Its row is locked: whoever ends the session looks afterwards for what it did, and finds this. Raises
    Refusal `signin.ended-meanwhile`.
    """
    key = _acting_session.get()
    if key and not BrowserSession.objects.select_for_update(no_key=True).filter(pk=key).values("pk").first():
        raise Refusal("signin.ended-meanwhile")
