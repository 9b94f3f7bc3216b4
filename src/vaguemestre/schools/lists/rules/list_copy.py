"""What a copy is: the author's message, the list's header fields (RFC 2369, 2919, 8058), why.

The text of the author is not touched, so that what is signed stays so: the line comes after it, as a part.
"""

import email
import email.policy
import quopri
import re
from collections.abc import Iterable
from email.generator import BytesGenerator
from email.message import Message
from io import BytesIO

from vaguemestre.foundation.kernel import sizes
from vaguemestre.post.outbox.rules import headers
from vaguemestre.post.outbox.values import Recipient
from vaguemestre.schools.lists.rules.arrival import LOOP_FIELD, file_name, is_file, list_id
from vaguemestre.schools.lists.values import Arrival, LinkedFile, ReplyTo, Sheet

# What speaks of the first way, asks every reader for a receipt, or is another list's.
_DROPPED = re.compile(
    rb"^(return-path|delivered-to|received|bcc|dkim-signature|arc-[a-z-]+|authentication-results|"
    rb"disposition-notification-to|disposition-notification-options|return-receipt-to|"
    rb"x-confirm-reading-to|sender|precedence|list-[a-z-]+|x-spam[a-z-]*|errors-to|"
    rb"resent-[a-z-]+|mime-version)$"
)
_FIELD = re.compile(rb"([!-9;-~]+):[^\r\n]*(?:\r\n[ \t][^\r\n]*)*\r\n")


def copy_of(
    raw: bytes, arrival: Arrival, sheet: Sheet, *, boundary: str, as_links: bool, domain: str
) -> bytes:
    """One copy, CRLF. `boundary`: random hexadecimal digits; `as_links`: attachments stay in the archive."""
    raw = re.sub(rb"\r\n|\r|\n", b"\r\n", raw)
    files: tuple[LinkedFile, ...] = ()
    if as_links:
        raw, files = without_files(raw)
    head, _, body = raw.partition(b"\r\n\r\n")
    fields = [(found[1].lower(), found[0]) for found in _FIELD.finditer(head + b"\r\n")]
    content = b"".join(text for name, text in fields if name.startswith(b"content-"))
    # somebody else's domain allows only its own servers to write in its name (RFC 7489); so does
    # an address of ours that nobody signed in to write under
    rewrites = not (arrival.author_id and arrival.sender.endswith(f"@{domain}"))
    dropped = {b"from", b"reply-to"} if rewrites else set()
    if sheet.reply_to is not ReplyTo.AUTHOR:
        dropped.add(b"reply-to")
    kept = b"".join(
        text
        for name, text in fields
        if not name.startswith(b"content-") and not _DROPPED.match(name) and name not in dropped
    )
    mark = b"--=_" + boundary.encode("ascii")
    entity = content or b"Content-Type: text/plain; charset=us-ascii\r\n"
    return (
        kept
        + headers.header_block(_added(arrival, sheet, rewrites=rewrites))
        + headers.header_block(
            [
                ("MIME-Version", "1.0"),
                ("Content-Type", f'multipart/mixed;\r\n boundary="=_{boundary}"'),
                ("Content-Transfer-Encoding", "7bit" if (content + body).isascii() else "8bit"),
            ]
        )
        + b"\r\n"
        + mark + b"\r\n" + entity + b"\r\n" + body.rstrip(b"\r\n") + b"\r\n"
        + mark + b"\r\n" + _footer(sheet, files) + b"\r\n"
        + mark + b"--\r\n"
    )  # fmt: skip


def without_files(raw: bytes) -> tuple[bytes, tuple[LinkedFile, ...]]:
    """The message without its attachments, and what they were."""
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    files = tuple(LinkedFile(file_name(part), _size(part)) for part in message.walk() if is_file(part))
    _strip(message)
    out = BytesIO()
    BytesGenerator(out, mangle_from_=False, maxheaderlen=0).flatten(message, linesep="\r\n")
    return out.getvalue(), files


def _strip(message: Message) -> None:
    if not message.is_multipart():
        if is_file(message):  # the whole message is a file: nothing else remains
            for name in ("Content-Type", "Content-Disposition", "Content-Transfer-Encoding", "Content-ID"):
                del message[name]
            message["Content-Type"] = "text/plain; charset=us-ascii"
            message.set_payload("")
        return
    parts = message.get_payload()
    if not isinstance(parts, list):
        return
    kept = [part for part in parts if isinstance(part, Message) and not is_file(part)]
    for part in kept:
        _strip(part)
    message.set_payload(list[Message | str](kept))
    if not kept:
        del message["Content-Type"]
        message["Content-Type"] = "text/plain; charset=us-ascii"
        message.set_payload("")


def _size(part: Message) -> int:
    content = part.get_payload(decode=True)
    return len(content) if isinstance(content, bytes) else 0


def _added(arrival: Arrival, sheet: Sheet, *, rewrites: bool) -> Iterable[tuple[str, str]]:
    fields = []
    author = Recipient(arrival.sender_name, arrival.sender)
    if rewrites:
        shown = f"{arrival.sender_name or arrival.sender.partition('@')[0]} via {sheet.title}"
        fields.append(("From", headers.mailbox_list("From", [Recipient(shown[:120], sheet.address)])))
    answers = _answers_to(author, sheet, rewrites=rewrites)
    if answers:
        fields.append(("Reply-To", headers.mailbox_list("Reply-To", answers)))
    fields += [
        ("Sender", sheet.address),
        ("Precedence", "list"),
        (
            "List-Id",
            headers.mailbox_list("List-Id", [Recipient(sheet.title, list_id(sheet.address).strip("<>"))]),
        ),
        ("List-Post", f"<mailto:{sheet.address}>"),
        ("List-Help", f"<{sheet.help}>"),
        ("List-Owner", f"<{sheet.help}>"),
        (LOOP_FIELD, sheet.address),
    ]
    if sheet.archive:
        fields.append(("List-Archive", f"<{sheet.archive}>"))
    if sheet.leave:
        fields.append(("List-Unsubscribe", f"<{sheet.leave}>"))
        fields.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    else:
        fields.append(("List-Unsubscribe", f"<{sheet.why}>"))
    return fields


def _answers_to(author: Recipient, sheet: Sheet, *, rewrites: bool) -> list[Recipient]:
    match sheet.reply_to:
        case ReplyTo.LIST:
            return [Recipient(sheet.title, sheet.address)]
        case ReplyTo.OWNERS if sheet.owners:
            return [Recipient("", one) for one in sheet.owners[:10]]
        case _:
            return [author] if rewrites else []


def _footer(sheet: Sheet, files: tuple[LinkedFile, ...]) -> bytes:
    lines = ["-- ", f"Liste « {sheet.title} », {sheet.address}"]
    if files:
        lines += ["Pièces jointes, à lire sur la page du message :"]
        lines += [f"  {one.name} ({sizes.in_words(one.size)})" for one in files]
    lines += ["Pourquoi ai-je reçu ce message ?", sheet.why]
    if sheet.leave:
        lines += ["Ne plus recevoir cette liste :", sheet.leave]
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
