"""When the worker last stored its sign of life in the database, as the date of a file that others read.

Processes that only read cannot try to write: their connections have no right to (`reading_only`), and a
trial of theirs would fail for ever.
"""

import time
from pathlib import Path

FILE = "stored-sign"  # below data/, which the worker may write


def touch_stored_sign(data_dir: Path) -> None:
    """Raises OSError."""
    (data_dir / FILE).touch()


def seconds_since_stored(data_dir: Path) -> float:
    """Zero before the first sign, and of a machine without a worker."""
    try:
        return max(0.0, time.time() - (data_dir / FILE).stat().st_mtime)
    except OSError:
        return 0.0
