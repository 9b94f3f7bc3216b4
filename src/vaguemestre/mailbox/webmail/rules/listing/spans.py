"""Very many UIDs in few characters: `1:5,9`."""

from collections.abc import Iterable
from itertools import pairwise


def spans(uids: Iterable[int]) -> str:
    """Those UIDs, ascending, runs folded."""
    ordered = sorted(set(uids))
    if not ordered:
        return ""
    starts = [ordered[0], *(b for a, b in pairwise(ordered) if b != a + 1)]
    ends = [*(a for a, b in pairwise(ordered) if b != a + 1), ordered[-1]]
    return ",".join(str(a) if a == b else f"{a}:{b}" for a, b in zip(starts, ends, strict=True))


def uids(written: str) -> list[int]:
    """`spans` undone."""
    found: list[int] = []
    for piece in written.split(",") if written else ():
        first, _, last = piece.partition(":")
        found.extend(range(int(first), int(last or first) + 1))
    return found
