"""What the parts of a message cost the standard parser: anybody may write one that takes minutes."""

UNREADABLE = (RecursionError, ValueError, LookupError, TypeError, AttributeError)  # raised by `email`
MAX_LINE_TESTS = 30_000_000  # about three seconds; 20 MB of attached files: 300,000 lines
_MAX_LEVELS = 1_000


def is_costly(raw: bytes, *, max_line_tests: int = MAX_LINE_TESTS) -> bool:
    """Whether `email` would compare too many lines with too many boundaries.

    It compares each line with the boundary of every part that is open: the more parts in parts, the more.
    """
    levels = min(raw.lower().count(b"boundary"), _MAX_LEVELS)
    return raw.count(b"\n") * (1 + levels) > max_line_tests
