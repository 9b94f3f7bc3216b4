"""Jobs of acts on many."""

import hashlib

from django.conf import settings
from django.utils import timezone

from vaguemestre.access.signin.ports import deliver_notice
from vaguemestre.desks.bulk import services
from vaguemestre.desks.bulk.events import ActDue
from vaguemestre.desks.bulk.models import BulkAct
from vaguemestre.desks.bulk.notice import notice
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.queries import is_closed
from vaguemestre.people.credentials.values import ActFacts


def go_on(event: ActDue) -> None:
    """Treat a few seconds' worth of people."""
    services.run_pass(event.act_id, event.number, services.PassContext(timezone.now, _send_notice))


def purge_old_acts() -> None:
    """Periodic task: delete acts whose retention is over."""
    services.delete_old_acts(settings.CONFIG.retention.bulk_days, now=timezone.now())


def forget_person(event: PersonErased) -> None:
    """Delete the data of a person erased from the directory (GDPR art. 17)."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)


def _send_notice(row: BulkAct, facts: ActFacts) -> bool:
    """Put the notice in the inbox, once; False if that mailbox refuses it. Raises EngineDown."""
    domain = facts.mailbox.partition("@")[2]
    mark = hashlib.sha256(f"{row.pk} {row.asked_at.isoformat()} {facts.account_id}".encode()).hexdigest()[:24]
    message_id = f"<avis.{mark}@{domain}>"
    content = notice(
        to=facts.mailbox,
        sender=f"ne-pas-repondre@{domain}",
        subject=row.subject,
        text=row.text,
        message_id=message_id,
        at=row.changed_at,
    )
    try:
        deliver_notice.get()(facts.mailbox, content, message_id, row.changed_at)
    except EngineRefused:
        return False
    return True
