"""Mail diagnosis of an account: usage, delivery failures, forwards."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings

from vaguemestre.desks.helpdesk.ports import ForwardsOf, UndeliveredTo, UsageOf
from vaguemestre.desks.helpdesk.values import MailDiagnosis, Undelivered
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.people.credentials.queries import identified, presented
from vaguemestre.people.directory.queries import addresses_by_person
from vaguemestre.post.outbox.queries import count_on_hold, recent_failures
from vaguemestre.schools.rosters.rules.addresses import is_of_ent

_RECENT = timedelta(days=14)
_MAX_FAILURES = 10


def mail_diagnosis(
    account_id: int, undelivered: UndeliveredTo, usage: UsageOf, forwards: ForwardsOf, *, now: datetime
) -> MailDiagnosis | None:
    """The mail diagnosis of an account; None if there is no such account."""
    account = presented(account_id)
    if account is None:
        return None
    person_id = identified(account_id).person_id
    own_addresses = addresses_by_person([person_id])[person_id] if person_id else []
    addresses = {account.mailbox, *(address.lower() for address, _, _ in own_addresses)}
    failures = recent_failures(account_id, now - _RECENT, limit=_MAX_FAILURES)
    return MailDiagnosis(
        usage=_unless_away(lambda: usage(account.mailbox)),
        failed_incoming=_unless_away(lambda: tuple(undelivered(addresses, now=now))),
        failed_outgoing=tuple(
            Undelivered(at, _masked_recipient(recipient), status, is_final=not status.startswith("4"))
            for at, recipient, status, _ in failures
        ),
        forwards=forwards(account_id),
        kept_back=count_on_hold(account_id),
    )


def _masked_recipient(recipient: str) -> str:
    """The recipient, or only the domain for pupils and families, whom the desk must not identify."""
    domain = str(settings.CONFIG.ent.domain)
    return f"…@{domain}" if is_of_ent(recipient, domain) else recipient


def _unless_away[T](ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except (EngineDown, EngineRefused):
        return None
