"""The seal of a journal entry: SHA-256 over its canonical JSON and the previous seal."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

GENESIS = "0" * 64


def seal(previous: str, *, at: datetime, action: str, by: str, to: str, details: Mapping[str, object]) -> str:
    """64 hexadecimal digits. `at` is aware; seconds and microseconds count."""
    text = json.dumps(
        [previous, at.astimezone(UTC).isoformat(), action, by, to, details],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode()).hexdigest()
