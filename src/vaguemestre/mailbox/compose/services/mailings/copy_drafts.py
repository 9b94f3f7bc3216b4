"""A copy that was refused at submission, as a draft like any other: to correct its address, or read it."""

from datetime import datetime

from django.db import transaction

from vaguemestre.mailbox.compose.services.drafts import drafts_folder
from vaguemestre.mailbox.compose.services.start import start_draft
from vaguemestre.mailbox.compose.values import Mode, StartRequest, Writer
from vaguemestre.post.mailstore.ports import Mailbox
from vaguemestre.post.mailstore.privacy import private_mark
from vaguemestre.post.mailstore.values import Flag
from vaguemestre.post.outbox.queries import refused_content
from vaguemestre.post.outbox.services import take_back_refused


def draft_of_copy(writer: Writer, copy: str, mailbox: Mailbox, *, limit: int, by: str, now: datetime) -> str:
    """Key of the draft made of that copy, which the outbox then forgets; "" if its text is not there.

    `copy`: its key in the outbox. Interrupted, it leaves a draft too many. Raises the mailbox's errors.
    """
    content = refused_content(writer.account_id, copy)
    if not content:
        return ""
    flags = (Flag.DRAFT, Flag.SEEN, *private_mark(content))
    ref = mailbox.append(drafts_folder(mailbox), content, flags, now)
    key = start_draft(writer, StartRequest(Mode.DRAFT, ref), mailbox, limit=limit, now=now)
    with transaction.atomic(durable=True):
        take_back_refused(writer.account_id, copy, by=by, now=now)
    return key
