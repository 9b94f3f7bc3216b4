"""Delivery reports (RFC 3464) and read receipts (RFC 8098)."""

import re
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.message import Message

from vaguemestre.foundation.kernel.seals import vouched_author
from vaguemestre.foundation.kernel.text.parse_cost import UNREADABLE, is_costly
from vaguemestre.post.outbox.values import DeliveryState

MAX_PARTS = 20
MAX_RECIPIENTS = 500
_MAX_LINE_TESTS = 500_000  # a true report: some thousands
_MAX_BOUNDARIES = 1_000  # lines that may be one, those of the message it returns too
_ARRIVAL = "Vaguemestre-Arrival"  # added by our MX to what comes through it, removed from all other mail
# What Postfix writes of a message it makes itself, below the field of Dovecot's LMTP. Of what somebody
# submits it writes « from » there, above all that they wrote: they have no say in it, as they have in whether
# a voucher is written (an author whose address needs quoting has none).
_MADE_HERE = re.compile(r"by \S+ \(Postfix\) id \w+; .*")
_ACTIONS = {
    "failed": DeliveryState.REFUSED,
    "delayed": DeliveryState.DELAYED,
    "delivered": DeliveryState.DELIVERED,
    "relayed": DeliveryState.DELIVERED,
    "expanded": DeliveryState.DELIVERED,
}


@dataclass(frozen=True)
class Report:
    """What a delivery report (RFC 3464) or a read receipt (RFC 8098) says of one recipient.

    `author`: address, lower case, for which our submission service vouches; "" if it does for none.
    `is_foreign`: it came through the MX. `is_bounce_of_ours`: our mail service made it.
    """

    message_id: str
    recipient: str
    state: DeliveryState
    status: str = ""
    diagnostic: str = ""
    author: str = ""
    is_foreign: bool = False
    is_bounce_of_ours: bool = False


def read_report(content: bytes) -> tuple[Report, ...]:
    """Statuses given by a report; empty if the message is no report, or an incomplete one.

    Never raises: anybody may send anything.
    """
    if is_costly(content, max_line_tests=_MAX_LINE_TESTS) or content.count(b"\n--") > _MAX_BOUNDARIES:
        return ()
    try:
        return _read(content)
    except UNREADABLE:  # parts in parts without end, in what it returns too
        return ()


def _read(content: bytes) -> tuple[Report, ...]:
    whole = message_from_bytes(content, policy=policy.compat32)
    if whole.get_content_type() != "multipart/report" or not whole.is_multipart():
        return ()
    parts = [part for part in _children(whole)[:MAX_PARTS] if isinstance(part, Message)]
    original_id = next((_original_id(part) for part in parts if _original_id(part)), "")
    is_foreign = whole.get(_ARRIVAL) is not None
    # the MX and our submission service remove such fields of what they take
    author = "" if is_foreign else vouched_author(str(whole.get("Authentication-Results", "")))
    is_ours = not is_foreign and _is_made_here(whole)
    for part in parts:
        kind = part.get_content_type()
        if kind in ("message/delivery-status", "message/global-delivery-status"):
            reports = _delivery_reports(part, original_id)
        elif kind in ("message/disposition-notification", "message/global-disposition-notification"):
            reports = _receipts(part, original_id)
        else:
            continue
        return tuple(
            replace(report, author=author, is_foreign=is_foreign, is_bounce_of_ours=is_ours)
            for report in reports
        )
    return ()


def _is_made_here(whole: Message) -> bool:
    received = [" ".join(str(value).split()) for value in whole.get_all("Received", [])[:2]]
    return len(received) > 1 and " with LMTP " in received[0] and bool(_MADE_HERE.fullmatch(received[1]))


def _children(part: Message) -> list[object]:
    payload = part.get_payload()
    return list(payload) if isinstance(payload, list) else []


def _original_id(part: Message) -> str:
    """Message-ID of the message, or of the header fields, returned with the report."""
    kind = part.get_content_type()
    if kind in ("message/rfc822", "message/global"):
        inner = next((child for child in _children(part) if isinstance(child, Message)), None)
        return _text(inner, "Message-ID") if inner is not None else ""
    if kind in ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
        raw = part.get_payload(decode=True)
        return _text(message_from_bytes(raw), "Message-ID") if isinstance(raw, bytes) else ""
    return ""


def _blocks(part: Message) -> list[Message]:
    """The groups of fields of a report (RFC 3464 §2.1): of the message first, then one for each recipient."""
    blocks = [child for child in _children(part) if isinstance(child, Message)]
    if blocks:
        return blocks
    raw = part.get_payload(decode=True)
    return [message_from_bytes(raw)] if isinstance(raw, bytes) else []


def _delivery_reports(part: Message, original_id: str) -> list[Report]:
    reports = []
    for block in _blocks(part)[1 : MAX_RECIPIENTS + 1]:
        state = _ACTIONS.get(_text(block, "Action").lower())
        recipient = _address(block, "Original-Recipient") or _address(block, "Final-Recipient")
        if state and recipient and original_id:
            status, diagnostic = _text(block, "Status"), _without_type(_text(block, "Diagnostic-Code"))
            reports.append(Report(original_id, recipient, state, status[:12], diagnostic[:500]))
    return reports


def _receipts(part: Message, original_id: str) -> list[Report]:
    for block in _blocks(part)[:1]:
        disposition = _text(block, "Disposition").rpartition(";")[2].strip().lower().partition("/")[0]
        recipient = _address(block, "Original-Recipient") or _address(block, "Final-Recipient")
        message_id = _text(block, "Original-Message-ID") or original_id
        if disposition == "displayed" and recipient and message_id:
            return [Report(message_id, recipient, DeliveryState.READ)]
    return []


def _text(block: Message, name: str) -> str:
    return " ".join(str(block.get(name, "")).split())


def _without_type(text: str) -> str:
    """`550 …` of `smtp; 550 …`."""
    kind, semicolon, rest = text.partition(";")
    return rest.strip() if semicolon and kind.strip().isalnum() else text


def _address(block: Message, name: str) -> str:
    return _without_type(_text(block, name)).strip("<> ").lower()[:254]
