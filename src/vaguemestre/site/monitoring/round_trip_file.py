"""The last message that the worker sent round, in a file that the process `metrics` reads."""

import json
from datetime import datetime
from pathlib import Path

from vaguemestre.post.outbox.values import RoundTrip

FILE = "self-mail.json"  # below data/, which both may write


def write_round_trip(data_dir: Path, round_trip: RoundTrip) -> None:
    """Replace the file. Raises OSError."""
    file = data_dir / FILE
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps([round_trip.seconds, round_trip.sent_at.isoformat()]), encoding="utf-8")
    fresh.rename(file)


def read_round_trip(data_dir: Path) -> RoundTrip | None:
    """The last one; None before the first. Raises OSError, ValueError."""
    file = data_dir / FILE
    if not file.exists():
        return None
    seconds, sent_at = json.loads(file.read_text(encoding="utf-8"))
    return RoundTrip(float(seconds), datetime.fromisoformat(sent_at))
