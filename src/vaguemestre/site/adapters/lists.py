"""Messages awaiting moderation, parsed with the webmail's rules."""

from email.parser import BytesHeaderParser
from email.policy import compat32

from vaguemestre.foundation.kernel import seals
from vaguemestre.mailbox.webmail.http import own_auth_server
from vaguemestre.mailbox.webmail.ports import run_limited
from vaguemestre.mailbox.webmail.rules.rendering import kinds
from vaguemestre.mailbox.webmail.rules.rendering.html import frames
from vaguemestre.mailbox.webmail.rules.trust import authenticity
from vaguemestre.mailbox.webmail.services.message.message_reader import open_part, read_message
from vaguemestre.mailbox.webmail.services.message.text_files import file_bytes
from vaguemestre.mailbox.webmail.values import RenderedMessage
from vaguemestre.post.mailstore.ports import MessageGone, open_mailbox
from vaguemestre.post.mailstore.values import MailLogin, MessageRef
from vaguemestre.schools.lists.ports import EnclosedFile, FrameDocument, SavedFile

_SERVED = frozenset(("application/pdf", "application/zip", "text/calendar", "text/csv"))
_NO_TEXT = '<p class="vm-note">Ce courriel ne contient pas de texte.</p>'


class ReaderOfLetters:
    """`lists.ports.LetterReader` over the webmail."""

    def files(self, mailbox: str, ref: MessageRef) -> tuple[EnclosedFile, ...]:
        return tuple(
            EnclosedFile(enclosure.number, enclosure.name, enclosure.size)
            for enclosure in _read(mailbox, ref).attachments
        )

    def document(self, mailbox: str, ref: MessageRef, *, theme: str) -> FrameDocument:
        body = _read(mailbox, ref).body
        content = frames.document(body.css, body.html or _NO_TEXT, theme=theme)
        return FrameDocument(content, frames.policy("data:"))

    def file(self, mailbox: str, ref: MessageRef, number: str) -> SavedFile:
        with open_mailbox.get()(MailLogin(mailbox)) as box:
            _, part = open_part(box, ref, number)
            if part is None:
                raise MessageGone("mailstore.message-gone")
            content = file_bytes(box, ref, number)
        served = part.kind if part.kind in _SERVED else "application/octet-stream"
        kind = kinds.picture_kind(content) or served
        return SavedFile(kinds.file_name(part.name, part.kind, part.number), kind, content)


def _read(mailbox: str, ref: MessageRef) -> RenderedMessage:
    with open_mailbox.get()(MailLogin(mailbox)) as box:
        return read_message(box, mailbox, ref, run_limited.get())


def is_sealed(content: bytes, author: str) -> bool:
    """`lists.ports.IsSealed` by the webmail's rules."""
    header = BytesHeaderParser(policy=compat32).parsebytes(content)
    fields = tuple((name.lower(), str(value)) for name, value in header.items())
    server = own_auth_server()
    return authenticity.is_sealed(
        fields,
        author,
        server=server.server,
        seal_holds=lambda address, seal: seals.is_seal_valid(seal, content, server.key, address),
    )
