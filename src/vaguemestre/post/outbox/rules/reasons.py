"""Why a message was refused or not delivered: codes of sentences for its sender."""

import re
from collections.abc import Iterable

_CODE = re.compile(r"\b([45])\d\d\b(?:[ -]+([245])\.(\d{1,3})\.(\d{1,3}))?")


_DELIVERY_REASONS = {
    ("1", "1"): "outbox.status-unknown-person",
    ("1", "2"): "outbox.status-unknown-domain",
    ("1", "10"): "outbox.status-unknown-domain",
    ("4", "4"): "outbox.status-unknown-domain",
    ("2", "1"): "outbox.status-closed",
    ("2", "2"): "outbox.status-full",
    ("2", "3"): "outbox.status-too-big",
    ("3", "4"): "outbox.status-too-big",
    ("4", "1"): "outbox.status-unreachable",
    ("4", "7"): "outbox.status-too-long",
    ("7", "1"): "outbox.status-not-allowed",
}


# not inside an IP address, which the reply of another server is quoted with
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")


def refusal_reason(answer: str) -> str:
    """Code of the sentence (`outbox.refusals`) for a reply of the submission service."""
    match = _CODE.search(answer)
    if match and match[2]:
        subject, detail = match[3], match[4]
        if (subject, detail) in {("1", "1"), ("1", "2"), ("1", "3"), ("1", "10")}:
            return "outbox.refused-recipient"
        if (subject, detail) in {("3", "4"), ("2", "3")}:
            return "outbox.refused-size"
        if (subject, detail) == ("7", "28"):
            return "outbox.refused-limit"
        if (subject, detail) == ("7", "0"):
            return "outbox.removed-content"
        if subject == "7":
            return "outbox.refused-sender"
    if "552" in answer:
        return "outbox.refused-size"
    return "outbox.refused"


def stored_reason(answer: str, recipients: Iterable[str]) -> str:
    """`refusal_reason`, followed by a space and the recipient that the reply names, if any."""
    code, lowered = refusal_reason(answer), answer.lower()
    about = next((recipient for recipient in recipients if f"<{recipient.lower()}>" in lowered), "")
    return f"outbox.refused-address {about}" if about and code == "outbox.refused-recipient" else code


def delivery_reason(status: str, diagnostic: str = "") -> str:
    """Code of the sentence for an enhanced status (RFC 3463) of failure or delay. Empty for success.

    A status in the other server's reply is more precise than ours and comes first.
    """
    match = _STATUS.search(diagnostic) or _STATUS.search(status)
    if not match:
        return "outbox.status-other"
    kind, subject, detail = match.groups()
    if kind == "2":
        return ""
    by_subject = {
        "1": "outbox.status-unknown-person",
        "4": "outbox.status-unreachable",
        "7": "outbox.status-spam",
    }
    return _DELIVERY_REASONS.get((subject, detail)) or by_subject.get(subject, "outbox.status-other")
