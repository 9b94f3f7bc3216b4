"""Copies of one mailing, known by their Message-IDs, `<series.number.code@domain>`."""

import re

_COPY = re.compile(r"<([0-9a-f]{32})\.\d{1,9}\.[0-9a-f]{24}@")


def series_of(message_id: str) -> str:
    """Series of the copies that this one belongs to; "" for a message sent once."""
    match = _COPY.match(message_id)
    return match[1] if match else ""
