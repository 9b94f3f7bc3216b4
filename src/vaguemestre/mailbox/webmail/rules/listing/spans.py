"""Sets of UIDs as text: `1:5,9`."""

from collections.abc import Iterable
from itertools import pairwise


def format_spans(uids: Iterable[int]) -> str:
    """UIDs in ascending order, consecutive ones as a range."""
    ordered = sorted(set(uids))
    if not ordered:
        return ""
    starts = [ordered[0], *(b for a, b in pairwise(ordered) if b != a + 1)]
    ends = [*(a for a, b in pairwise(ordered) if b != a + 1), ordered[-1]]
    return ",".join(str(a) if a == b else f"{a}:{b}" for a, b in zip(starts, ends, strict=True))


def parse_spans(text: str) -> list[int]:
    """The UIDs of a text that `format_spans` wrote."""
    uids: list[int] = []
    for piece in text.split(",") if text else ():
        first, _, last = piece.partition(":")
        uids.extend(range(int(first), int(last or first) + 1))
    return uids
