"""Drafts of what is to leave at an hour chosen: marked in the mailbox; without its draft nothing leaves."""

import logging

from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.mailbox.compose.models import Composition
from vaguemestre.mailbox.compose.services.drafts import drafts_folder
from vaguemestre.mailbox.compose.values import Writer
from vaguemestre.post.mailstore.ports import OpenMailbox
from vaguemestre.post.mailstore.values import Flag, MailLogin

log = logging.getLogger(__name__)


def mark_draft(writer: Writer, key: str, open_mailbox: OpenMailbox, *, is_scheduled: bool) -> None:
    """Flag the draft in the mailbox as one that leaves at an hour chosen, or take the flag away.

    The flag only shows it: a mailbox that does not answer keeps nothing from leaving.
    """
    row = Composition.objects.filter(account_id=writer.account_id, key=key).first()
    if row is None or row.draft is None:
        return
    changes = ((Flag.SCHEDULED,), ()) if is_scheduled else ((), (Flag.SCHEDULED,))
    try:
        with open_mailbox(writer.login) as mailbox:
            refs = mailbox.find_by_message_id(drafts_folder(mailbox), row.draft_message_id)
            if refs:
                mailbox.flag(refs, *changes)
    except (EngineDown, EngineRefused, Refusal) as error:
        log.warning("draft not marked: %s", error)


def is_draft_gone(row: Composition, open_mailbox: OpenMailbox) -> bool:
    """Whether the draft was taken out of the drafts since it was scheduled; False if it never was there.

    Raises EngineDown.
    """
    if row.draft is None:
        return False
    try:
        with open_mailbox(MailLogin(row.account.mailbox)) as mailbox:
            return not mailbox.find_by_message_id(drafts_folder(mailbox), row.draft_message_id)
    except Refusal:  # no such folder: nobody deleted one draft
        return False
