"""How long, how much, under which address."""

import re
from datetime import date, timedelta

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.sizes import MEGABYTE
from vaguemestre.post.filelinks.values import Room

SHORTEST_PASSWORD = 6
LONGEST_PASSWORD = 100
_KIND = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,80}")
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_DIRECTIONS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def check_room(size: int, present: int, free: int, room: Room) -> None:
    """Raises Refusal `filelinks.too-large`, `filelinks.no-room`, `filelinks.empty`."""
    if size < 1:
        raise Refusal("filelinks.empty")
    if size > room.most:
        raise Refusal("filelinks.too-large", limit=room.most // MEGABYTE)
    if present + size > room.most_in_all or size * 2 > free:
        raise Refusal("filelinks.no-room", limit=room.most_in_all // MEGABYTE)


def check_until(until: date, today: date, room: Room) -> date:
    """Raises Refusal `filelinks.until-past`, `filelinks.until-too-far`."""
    if until < today:
        raise Refusal("filelinks.until-past", field="until")
    if until > today + timedelta(days=room.most_days):
        raise Refusal("filelinks.until-too-far", field="until", days=room.most_days)
    return until


def check_password(password: str) -> str:
    """Raises Refusal `filelinks.password-short`, `filelinks.password-long`; none at all is fine."""
    if password and len(password) < SHORTEST_PASSWORD:
        raise Refusal("filelinks.password-short", field="password", least=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise Refusal("filelinks.password-long", field="password", most=LONGEST_PASSWORD)
    return password


def file_name(name: str) -> str:
    """Without path, control or direction characters; never empty, at most 200 characters."""
    last = re.split(r"[\\/]", name)[-1]
    kept = "".join(c for c in last if c.isprintable() and c not in _DIRECTIONS).strip(" .") or "sans-nom"
    stem, dot, ending = kept.rpartition(".")
    if len(kept) > 200 and dot and len(ending) < 20:
        return f"{stem[: 199 - len(ending)]}.{ending}"
    return kept[:200]


def file_kind(kind: str) -> str:
    """What the depositor's browser said, for a picture beside the name; it is never served as such."""
    lowered = kind.partition(";")[0].strip().lower()
    return lowered if _KIND.fullmatch(lowered) else "application/octet-stream"


def piece_asked(asked: str, size: int) -> tuple[int, int] | None:
    """First and last octet of the one range a `Range` field asks for (RFC 9110 §14.2); None: all of them.

    Several ranges, or what is no range, mean the whole. Raises Refusal `filelinks.no-such-piece`.
    """
    found = _RANGE.fullmatch(asked.replace(" ", ""))
    if found is None or found.group(0) == "bytes=-":
        return None
    first, last = found.groups()
    if not first:
        begin, end = max(0, size - int(last)), size - 1
    else:
        begin, end = int(first), min(int(last), size - 1) if last else size - 1
        if last and int(last) < begin:
            return None
    if begin > end:
        raise Refusal("filelinks.no-such-piece")
    return begin, end
