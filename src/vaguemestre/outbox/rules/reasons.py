"""Why a message did not leave, in words for the person who wrote it."""

import re

_CODE = re.compile(r"\b([45])\d\d\b(?:[ -]+([245])\.(\d{1,3})\.(\d{1,3}))?")


def refusal_reason(answer: str) -> str:
    """Code of the French sentence (`ui.refusals`) for what the submission service answered."""
    found = _CODE.search(answer)
    if found and found[2]:
        subject, detail = found[3], found[4]
        if (subject, detail) in {("1", "1"), ("1", "2"), ("1", "3"), ("1", "10")}:
            return "outbox.refused-recipient"
        if (subject, detail) in {("3", "4"), ("2", "3")}:
            return "outbox.refused-size"
        if subject == "7":
            return "outbox.refused-sender"
    if "552" in answer:
        return "outbox.refused-size"
    return "outbox.refused"
