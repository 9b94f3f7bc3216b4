"""Whether the writer of a mailing may write to its classes: asked again when it starts and as it goes on."""

from collections.abc import Collection
from datetime import datetime

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.compose.models import Composition, Mailing
from vaguemestre.mailbox.compose.rules.recipients import lenient_recipients
from vaguemestre.mailbox.compose.values import MailingState
from vaguemestre.schools.rosters.ports import ManagedSchools
from vaguemestre.schools.rosters.queries import audience_choice
from vaguemestre.schools.rosters.rules.addresses import audience_of
from vaguemestre.schools.rosters.values import ClassWriter


def no_schools(account_id: int, now: datetime) -> Collection[str]:
    """Implements `rosters.ports.ManagedSchools` for whoever manages none."""
    return ()


def check_classes(
    mailing: Mailing, row: Composition, acting_id: int, managed: ManagedSchools, now: datetime
) -> None:
    """Check the classes of the message, if its copies were prepared for classes.

    `acting_id`: the member of a shared mailbox who sends it, else 0: rights are personal. Raises Refusal
    `rosters.not-yours`; `compose.classes-changed` when the draft, not yet begun, has other classes by now.
    """
    if not mailing.audiences:
        return
    account_id = acting_id or mailing.account_id
    writer = ClassWriter(account_id, paris_day(now), frozenset(managed(account_id, now)))
    recipients, _ = lenient_recipients(f"{row.to}, {row.cc}, {row.bcc}")
    audiences = [audience_of(recipient.address) for recipient in recipients]
    names = [audience_choice(writer, audience).name for audience in audiences if audience]
    if mailing.state == MailingState.READY and names != mailing.audiences:
        raise Refusal("compose.classes-changed")
