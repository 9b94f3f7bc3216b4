"""Jobs and periodic tasks of the trace."""

import logging

from django.conf import settings
from django.utils import timezone

from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.post.trace import services
from vaguemestre.post.trace.events import HandedOverAgain
from vaguemestre.post.trace.ports import drop_redelivered

log = logging.getLogger(__name__)


def purge_old_steps() -> None:
    """Periodic task: create the partitions of coming months, delete the steps past their retention."""
    services.purge_steps(settings.CONFIG.mail.trace_months, now=timezone.now())


def drop_second_copies(event: HandedOverAgain) -> None:
    """Delete the copies that Postfix delivered again, because it was killed before it recorded a delivery."""
    try:
        count = drop_redelivered.get()(event.recipient, event.message_id, event.outlived)
    except EngineRefused as error:  # not one of our mailboxes
        log.info("second copies are not looked for: %s", error)
        return
    if count:
        log.warning("second copies deleted: %d", count)
