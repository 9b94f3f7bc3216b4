"""Jobs of acts on many."""

import hashlib
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from vaguemestre.access.signin.ports import deliver_notice
from vaguemestre.desks.bulk import services
from vaguemestre.desks.bulk.events import ActDue
from vaguemestre.desks.bulk.models import BulkAct
from vaguemestre.desks.bulk.notice import notice, reminder
from vaguemestre.desks.bulk.values import Act
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.queries import is_closed
from vaguemestre.people.credentials.values import ActFacts
from vaguemestre.people.lifecycle.ports import letter_sender, send_outside


def go_on(event: ActDue) -> None:
    """Treat a few seconds' worth of people."""
    services.run_pass(event.act_id, event.number, services.PassContext(timezone.now, _send))


def purge_old_acts() -> None:
    """Periodic task: delete acts whose retention is over."""
    services.delete_old_acts(settings.CONFIG.retention.bulk_days, now=timezone.now())


def forget_person(event: PersonErased) -> None:
    """Delete the data of a person erased from the directory (GDPR art. 17)."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)


def _send(row: BulkAct, facts: ActFacts) -> bool:
    """Send the notice or the reminder; False if it is refused. Raises EngineDown."""
    domain = facts.mailbox.partition("@")[2]
    mark = hashlib.sha256(f"{row.pk} {row.asked_at.isoformat()} {facts.account_id}".encode()).hexdigest()[:24]
    try:
        if row.act == Act.REMINDER:
            _remind(facts, domain, f"<rappel.{mark}@{domain}>", row.changed_at)
        else:
            _deliver(row, facts, domain, f"<avis.{mark}@{domain}>")
    except EngineRefused:
        return False
    return True


def _deliver(row: BulkAct, facts: ActFacts, domain: str, message_id: str) -> None:
    """Put the notice in the inbox, once."""
    content = notice(
        to=facts.mailbox,
        sender=f"ne-pas-repondre@{domain}",
        subject=row.subject,
        text=row.text,
        message_id=message_id,
        at=row.changed_at,
    )
    deliver_notice.get()(facts.mailbox, content, message_id, row.changed_at)


def _remind(facts: ActFacts, domain: str, message_id: str, at: datetime) -> None:
    """Write to the private address; a process killed here may write again, under the same Message-ID."""
    sender = letter_sender.get()(domain, now=timezone.now())
    content = reminder(
        to=facts.private_address,
        sender=sender,
        site=settings.CONFIG.site_of(domain),
        phone=settings.CONFIG.academy_at(domain).help_phone,
        message_id=message_id,
        at=at,
    )
    send_outside.get()(sender, sender, [facts.private_address], content)
