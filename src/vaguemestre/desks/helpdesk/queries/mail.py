"""What the engines know of an account's mail, in numbers and reasons."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings

from vaguemestre.desks.helpdesk.ports import ForwardsOf, UndeliveredTo, UsageOf
from vaguemestre.desks.helpdesk.values import Mail, Undelivered
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.people.credentials.queries import identified, presented
from vaguemestre.people.directory.queries import addresses_by_person
from vaguemestre.post.outbox.queries import count_on_hold, recent_failures
from vaguemestre.schools.rosters.rules.addresses import is_of_ent

_LATELY = timedelta(days=14)
_MOST = 10


def mail_of(
    account_id: int, undelivered: UndeliveredTo, usage: UsageOf, forwards: ForwardsOf, *, now: datetime
) -> Mail | None:
    """None when there is no such account."""
    account = presented(account_id)
    if account is None:
        return None
    person_id = identified(account_id).person_id
    own = addresses_by_person([person_id])[person_id] if person_id else []
    addresses = {account.mailbox, *(address.lower() for address, _, _ in own)}
    left = recent_failures(account_id, now - _LATELY, limit=_MOST)
    return Mail(
        usage=_unless_away(lambda: usage(account.mailbox)),
        came_in_vain=_unless_away(lambda: tuple(undelivered(addresses, now=now))),
        left_in_vain=tuple(
            Undelivered(at, _shown(recipient), status, is_final=not status.startswith("4"))
            for at, recipient, status, _ in left
        ),
        forwards=tuple(forwards(account_id)),
        kept_back=count_on_hold(account_id),
    )


def _shown(recipient: str) -> str:
    """Pupils and families are their school's business, not the desk's."""
    domain = str(settings.CONFIG.ent.domain)
    return f"…@{domain}" if is_of_ent(recipient, domain) else recipient


def _unless_away[T](ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except (EngineDown, EngineRefused):
        return None
