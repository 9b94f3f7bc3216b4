"""What the parts of a message cost the standard parser: anybody may write one that takes minutes."""

MAX_LINE_TESTS = 30_000_000  # about three seconds; 20 MB of attached files: 300,000 lines
_MAX_LEVELS = 1_000
_MIN_BYTES = 200_000  # nothing shorter takes long


def is_costly(raw: bytes) -> bool:
    """Whether `email` would compare too many lines with too many boundaries.

    It compares each line with the boundary of every part that is open: the more parts in parts, the more.
    """
    if len(raw) < _MIN_BYTES:
        return False
    levels = min(raw.lower().count(b"boundary"), _MAX_LEVELS)
    return raw.count(b"\n") * (1 + levels) > MAX_LINE_TESTS
