"""What comes back about a message: delivery reports (RFC 3464) and read receipts (RFC 8098)."""

from email import message_from_bytes, policy
from email.message import Message

from vaguemestre.post.outbox.values import Mark, Report

MOST_PARTS = 20
MOST_RECIPIENTS = 500
_ACTIONS = {
    "failed": Mark.REFUSED,
    "delayed": Mark.DELAYED,
    "delivered": Mark.DELIVERED,
    "relayed": Mark.DELIVERED,
    "expanded": Mark.DELIVERED,
}


def read_report(content: bytes) -> tuple[Report, ...]:
    """What a message says of messages sent before; nothing when it is no report, or says too little.

    Tolerant: whoever writes to us may write anything. Never raises.
    """
    whole = message_from_bytes(content, policy=policy.compat32)
    if whole.get_content_type() != "multipart/report" or not whole.is_multipart():
        return ()
    parts = [part for part in _children(whole)[:MOST_PARTS] if isinstance(part, Message)]
    about = next((_original_id(part) for part in parts if _original_id(part)), "")
    for part in parts:
        kind = part.get_content_type()
        if kind in ("message/delivery-status", "message/global-delivery-status"):
            return tuple(_deliveries(part, about))
        if kind in ("message/disposition-notification", "message/global-disposition-notification"):
            return tuple(_receipts(part, about))
    return ()


def _children(part: Message) -> list[object]:
    held = part.get_payload()
    return list(held) if isinstance(held, list) else []


def _original_id(part: Message) -> str:
    """Message-ID of the message or of the fields that came back with the report."""
    kind = part.get_content_type()
    if kind in ("message/rfc822", "message/global"):
        inner = next((one for one in _children(part) if isinstance(one, Message)), None)
        return _text(inner, "Message-ID") if inner is not None else ""
    if kind in ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
        raw = part.get_payload(decode=True)
        return _text(message_from_bytes(raw), "Message-ID") if isinstance(raw, bytes) else ""
    return ""


def _blocks(part: Message) -> list[Message]:
    blocks = [one for one in _children(part) if isinstance(one, Message)]
    if blocks:
        return blocks
    raw = part.get_payload(decode=True)
    return [message_from_bytes(raw)] if isinstance(raw, bytes) else []


def _deliveries(part: Message, about: str) -> list[Report]:
    found = []
    for block in _blocks(part)[1 : MOST_RECIPIENTS + 1]:
        mark = _ACTIONS.get(_text(block, "Action").lower())
        recipient = _address(block, "Original-Recipient") or _address(block, "Final-Recipient")
        if mark and recipient and about:
            status, words = _text(block, "Status"), _typed(_text(block, "Diagnostic-Code"))
            found.append(Report(about, recipient, mark, status[:12], words[:500]))
    return found


def _receipts(part: Message, about: str) -> list[Report]:
    for block in _blocks(part)[:1]:
        shown = _text(block, "Disposition").rpartition(";")[2].strip().lower().partition("/")[0]
        recipient = _address(block, "Original-Recipient") or _address(block, "Final-Recipient")
        message_id = _text(block, "Original-Message-ID") or about
        if shown == "displayed" and recipient and message_id:
            return [Report(message_id, recipient, Mark.READ)]
    return []


def _text(block: Message, name: str) -> str:
    return " ".join(str(block.get(name, "")).split())


def _typed(text: str) -> str:
    """`smtp; 550 …` without its type."""
    kind, semicolon, rest = text.partition(";")
    return rest.strip() if semicolon and kind.strip().isalnum() else text


def _address(block: Message, name: str) -> str:
    return _typed(_text(block, name)).strip("<> ").lower()[:254]
