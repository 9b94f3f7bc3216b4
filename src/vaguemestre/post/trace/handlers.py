"""Rounds of the trace."""

import logging

from django.conf import settings
from django.utils import timezone

from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.post.trace import services
from vaguemestre.post.trace.events import HandedOverAgain
from vaguemestre.post.trace.ports import drop_redelivered

log = logging.getLogger(__name__)


def purge_old_steps() -> None:
    """Make the months to come, and remove those over."""
    services.purge_steps(settings.CONFIG.mail.trace_months, now=timezone.now())


def drop_second_copies(event: HandedOverAgain) -> None:
    """Delete what Postfix, cut before it noted a delivery, delivered again."""
    try:
        count = drop_redelivered.get()(event.recipient, event.message_id)
    except EngineRefused as error:  # no mailbox of ours
        log.info("second copies are not looked for: %s", error)
        return
    if count:
        log.warning("second copies deleted: %d", count)
