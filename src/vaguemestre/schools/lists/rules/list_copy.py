"""Copy of a letter: the author's message, the list's header fields (RFC 2369, 2919, 8058), a footer.

The author's body is unchanged, so signatures stay valid: the footer is a part of its own after it.
"""

import email
import email.policy
import quopri
import re
from collections.abc import Iterable
from email.generator import BytesGenerator
from email.message import Message
from io import BytesIO

from vaguemestre.foundation.kernel.text import sizes
from vaguemestre.foundation.kernel.text.parse_cost import UNREADABLE
from vaguemestre.post.outbox.rules import headers
from vaguemestre.post.outbox.values import Recipient
from vaguemestre.schools.lists.rules.arrival import (
    LOOP_FIELD,
    UnreadableLetter,
    file_name,
    is_file,
    list_id,
)
from vaguemestre.schools.lists.values import IncomingMessage, LinkedFile, ListDetails, ReplyTo

# Trace fields, receipt requests, and fields of another list.
_DROPPED = re.compile(
    rb"^(return-path|delivered-to|received|bcc|dkim-signature|arc-[a-z-]+|authentication-results|"
    rb"disposition-notification-to|disposition-notification-options|return-receipt-to|"
    rb"x-confirm-reading-to|sender|precedence|list-[a-z-]+|x-spam[a-z-]*|errors-to|"
    rb"resent-[a-z-]+|mime-version)$"
)
_FIELD = re.compile(rb"([!-9;-~]+):[^\r\n]*(?:\r\n[ \t][^\r\n]*)*\r\n")


def build_copy(
    raw: bytes, message: IncomingMessage, details: ListDetails, *, boundary: str, as_links: bool, domain: str
) -> bytes:
    """One copy, CRLF. `boundary`: random hexadecimal digits; `as_links`: attachments stay in the archive."""
    raw = re.sub(rb"\r\n|\r|\n", b"\r\n", raw)
    files: tuple[LinkedFile, ...] = ()
    if as_links:
        raw, files = without_files(raw)
    head, _, body = raw.partition(b"\r\n\r\n")
    fields = [(match[1].lower(), match[0]) for match in _FIELD.finditer(head + b"\r\n")]
    content_fields = b"".join(text for name, text in fields if name.startswith(b"content-"))
    # DMARC (RFC 7489): a domain allows only its own servers to use it in From. An address of ours is kept
    # only if its owner was authenticated.
    rewrites_from = not (message.author_id and message.sender.endswith(f"@{domain}"))
    replaced = {b"from", b"reply-to"} if rewrites_from else set()
    if details.reply_to is not ReplyTo.AUTHOR:
        replaced.add(b"reply-to")
    original_fields = b"".join(
        text
        for name, text in fields
        if not name.startswith(b"content-") and not _DROPPED.match(name) and name not in replaced
    )
    delimiter = b"--=_" + boundary.encode("ascii")
    entity = content_fields or b"Content-Type: text/plain; charset=us-ascii\r\n"
    return (
        original_fields
        + headers.header_block(_list_fields(message, details, rewrites_from=rewrites_from))
        + headers.header_block(
            [
                ("MIME-Version", "1.0"),
                ("Content-Type", f'multipart/mixed;\r\n boundary="=_{boundary}"'),
                ("Content-Transfer-Encoding", "7bit" if (content_fields + body).isascii() else "8bit"),
            ]
        )
        + b"\r\n"
        + delimiter + b"\r\n" + entity + b"\r\n" + body.rstrip(b"\r\n") + b"\r\n"
        + delimiter + b"\r\n" + _footer(details, files) + b"\r\n"
        + delimiter + b"--\r\n"
    )  # fmt: skip


class _AsWritten(email.policy.Compat32):
    """Writes fields as they came: to fold them anew takes the square of their words."""

    def fold_binary(self, name: str, value: str) -> bytes:
        text = str(value).replace("\r\n", "\n").replace("\r", "\n").replace("\n", self.linesep)
        return f"{name}: {text}{self.linesep}".encode("ascii", "surrogateescape")


def without_files(raw: bytes) -> tuple[bytes, tuple[LinkedFile, ...]]:
    """The message without its attachments, and their names and sizes. Raises UnreadableLetter."""
    out = BytesIO()
    try:
        message = email.message_from_bytes(raw, policy=email.policy.compat32)
        files = tuple(LinkedFile(file_name(part), _size(part)) for part in message.walk() if is_file(part))
        _strip(message)
        BytesGenerator(out, mangle_from_=False, policy=_AsWritten()).flatten(message, linesep="\r\n")
    except UNREADABLE as error:
        raise UnreadableLetter from error
    return out.getvalue(), files


def _strip(message: Message) -> None:
    """Remove attachments in place."""
    if not message.is_multipart():
        if is_file(message):  # the whole message is an attachment
            for name in ("Content-Type", "Content-Disposition", "Content-Transfer-Encoding", "Content-ID"):
                del message[name]
            message["Content-Type"] = "text/plain; charset=us-ascii"
            message.set_payload("")
        return
    parts = message.get_payload()
    if not isinstance(parts, list):
        return
    remaining = [part for part in parts if isinstance(part, Message) and not is_file(part)]
    for part in remaining:
        _strip(part)
    message.set_payload(list[Message | str](remaining))
    if not remaining:
        del message["Content-Type"]
        message["Content-Type"] = "text/plain; charset=us-ascii"
        message.set_payload("")


def _size(part: Message) -> int:
    content = part.get_payload(decode=True)
    return len(content) if isinstance(content, bytes) else 0


def _list_fields(
    message: IncomingMessage, details: ListDetails, *, rewrites_from: bool
) -> Iterable[tuple[str, str]]:
    fields = []
    author = Recipient(message.sender_name, message.sender)
    if rewrites_from:
        name = f"{message.sender_name or message.sender.partition('@')[0]} via {details.title}"
        fields.append(("From", headers.mailbox_list("From", [Recipient(name[:120], details.address)])))
    reply_to = _reply_to(author, details, rewrites_from=rewrites_from)
    if reply_to:
        fields.append(("Reply-To", headers.mailbox_list("Reply-To", reply_to)))
    fields += [
        ("Sender", details.address),
        ("Precedence", "list"),
        (
            "List-Id",
            headers.mailbox_list("List-Id", [Recipient(details.title, list_id(details.address).strip("<>"))]),
        ),
        ("List-Post", f"<mailto:{details.address}>"),
        ("List-Help", f"<{details.help_url}>"),
        ("List-Owner", f"<{details.help_url}>"),
        (LOOP_FIELD, details.address),
    ]
    if details.archive_url:
        fields.append(("List-Archive", f"<{details.archive_url}>"))
    if details.unsubscribe_url:
        fields.append(("List-Unsubscribe", f"<{details.unsubscribe_url}>"))
        fields.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    else:
        fields.append(("List-Unsubscribe", f"<{details.why_url}>"))
    return fields


def _reply_to(author: Recipient, details: ListDetails, *, rewrites_from: bool) -> list[Recipient]:
    """Addresses for Reply-To. The author's only if From no longer has it."""
    match details.reply_to:
        case ReplyTo.LIST:
            return [Recipient(details.title, details.address)]
        case ReplyTo.OWNERS if details.owners:
            return [Recipient("", owner) for owner in details.owners[:10]]
        case _:
            return [author] if rewrites_from else []


def _footer(details: ListDetails, files: tuple[LinkedFile, ...]) -> bytes:
    lines = ["-- ", f"Liste « {details.title} », {details.address}"]
    if files:
        lines += ["Pièces jointes, à lire sur la page du message :"]
        lines += [f"  {file.name} ({sizes.in_words(file.size)})" for file in files]
    lines += ["Pourquoi ai-je reçu ce message ?", details.why_url]
    if details.unsubscribe_url:
        lines += ["Ne plus recevoir cette liste :", details.unsubscribe_url]
    text = "\n".join(lines) + "\n"
    return (
        headers.header_block(
            [
                ("Content-Type", "text/plain; charset=utf-8"),
                ("Content-Disposition", "inline"),
                ("Content-Transfer-Encoding", "quoted-printable"),
            ]
        )
        + b"\r\n"
        + quopri.encodestring(text.encode("utf-8", "replace")).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    )
