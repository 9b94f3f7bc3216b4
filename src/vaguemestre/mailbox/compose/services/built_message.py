"""The message of a draft, built before the transaction that sends it.

On SQLite a transaction keeps every other writer waiting, and 20 MB take seconds to read and to encode.
"""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.models import Composition, Enclosure
from vaguemestre.mailbox.compose.services.files.attachments import check_complete
from vaguemestre.mailbox.compose.services.files.file_links import check_links
from vaguemestre.mailbox.compose.services.rows import check_identity, final_letter, text_columns
from vaguemestre.mailbox.compose.values import DraftFields, Writer
from vaguemestre.post.outbox.rules.message import build_message
from vaguemestre.post.outbox.rules.recipients import check_recipients
from vaguemestre.post.outbox.values import Letter
from vaguemestre.schools.rosters.rules.addresses import is_nowhere


class Sending(NamedTuple):
    """What a composer sends: its fields, the number of this sending, the date of the message."""

    fields: DraftFields
    attempt: int
    date: datetime


class BuiltMessage(NamedTuple):
    """A letter and the message it makes."""

    letter: Letter
    content: bytes


def build_ahead(
    writer: Writer, key: str, sending: Sending, read: Callable[[Enclosure], bytes]
) -> BuiltMessage | None:
    """Build the message outside of any transaction; None if there is no draft, or it was sent already.

    `read`: content of an attachment. Raises the refusals of `letter_to_send`.
    """
    unsent = Composition.objects.filter(
        account_id=writer.account_id, key=key, is_sending=False, attempt=sending.attempt - 1
    )
    row = unsent.first()
    if row is None:
        return None
    letter = letter_to_send(row, writer, sending, read)
    return BuiltMessage(letter, _built(letter))


def letter_to_send(
    row: Composition, writer: Writer, sending: Sending, read: Callable[[Enclosure], bytes]
) -> Letter:
    """Letter of the row once it holds what was typed, with complete attachments and valid recipients.

    `row` is not saved. Raises Refusal.
    """
    for name, value in text_columns(sending.fields, writer.account_id).items():
        setattr(row, name, value)
    check_identity(sending.fields, writer)
    check_complete(row)
    check_links(row)
    message_id = f"<{row.key}.{sending.attempt}@{writer.domain}>"
    letter = final_letter(row, writer, sending.date, message_id, read)
    check_recipients(letter.to, letter.cc, letter.bcc)
    if any(is_nowhere(address) for address in letter.recipients):
        raise Refusal("compose.class-needs-copies", field="to")
    return letter


def content_for(letter: Letter, built: BuiltMessage | None) -> bytes:
    """What was built, unless the draft or its attachments changed meanwhile."""
    return built.content if built is not None and built.letter == letter else _built(letter)


def _built(letter: Letter) -> bytes:
    return build_message(letter, boundary=secrets.token_hex(16))
