"""Why a message did not leave, in words for the person who wrote it."""

import re
from collections.abc import Iterable

_CODE = re.compile(r"\b([45])\d\d\b(?:[ -]+([245])\.(\d{1,3})\.(\d{1,3}))?")


def refusal_reason(answer: str) -> str:
    """Code of the French sentence (`outbox.refusals`) for what the submission service answered."""
    found = _CODE.search(answer)
    if found and found[2]:
        subject, detail = found[3], found[4]
        if (subject, detail) in {("1", "1"), ("1", "2"), ("1", "3"), ("1", "10")}:
            return "outbox.refused-recipient"
        if (subject, detail) in {("3", "4"), ("2", "3")}:
            return "outbox.refused-size"
        if (subject, detail) == ("7", "28"):
            return "outbox.refused-limit"
        if subject == "7":
            return "outbox.refused-sender"
    if "552" in answer:
        return "outbox.refused-size"
    return "outbox.refused"


def kept_reason(answer: str, recipients: Iterable[str]) -> str:
    """The code, and after a space the recipient the answer is about, if it names one of them."""
    code, said = refusal_reason(answer), answer.lower()
    about = next((one for one in recipients if f"<{one.lower()}>" in said), "")
    return f"outbox.refused-address {about}" if about and code == "outbox.refused-recipient" else code


_DELIVERY_REASONS = {
    ("1", "1"): "outbox.fate-unknown-person",
    ("1", "2"): "outbox.fate-unknown-domain",
    ("1", "10"): "outbox.fate-unknown-domain",
    ("4", "4"): "outbox.fate-unknown-domain",
    ("2", "1"): "outbox.fate-closed",
    ("2", "2"): "outbox.fate-full",
    ("2", "3"): "outbox.fate-too-big",
    ("3", "4"): "outbox.fate-too-big",
    ("4", "1"): "outbox.fate-unreachable",
    ("4", "7"): "outbox.fate-too-long",
    ("7", "1"): "outbox.fate-not-allowed",
}
_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})")


def delivery_reason(status: str, words: str = "") -> str:
    """Code of the French sentence for an enhanced status (RFC 3463) that says why mail waits or came back.

    The one in the other server's own words, more exact than ours, goes first. Empty when all went well.
    """
    own = _STATUS.search(words) or _STATUS.search(status)
    if not own:
        return "outbox.fate-other"
    if own[1] == "2":
        return ""
    known = _DELIVERY_REASONS.get((own[2], own[3]))
    if known:
        return known
    by_subject = {"1": "outbox.fate-unknown-person", "4": "outbox.fate-unreachable", "7": "outbox.fate-spam"}
    return by_subject.get(own[2], "outbox.fate-other")
