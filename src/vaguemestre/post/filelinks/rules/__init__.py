"""Limits, names and byte ranges of shared files."""

import re
from datetime import date, timedelta

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.text.sizes import MEGABYTE
from vaguemestre.post.filelinks.values import FileLimits

MIN_PASSWORD_LENGTH = 6
MAX_PASSWORD_LENGTH = 100
_KIND = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,80}")
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_DIRECTIONS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def check_limits(size: int, used: int, free: int, limits: FileLimits) -> None:
    """Raises Refusal `filelinks.too-large`, `filelinks.no-room`, `filelinks.empty`.

    `used`: octets of the account's other files; `free`: octets free on the disk, twice the size at least.
    """
    if size < 1:
        raise Refusal("filelinks.empty")
    if size > limits.most:
        raise Refusal("filelinks.too-large", limit=limits.most // MEGABYTE)
    if used + size > limits.most_in_all or size * 2 > free:
        raise Refusal("filelinks.no-room", limit=limits.most_in_all // MEGABYTE)


def check_until(until: date, today: date, limits: FileLimits) -> date:
    """Raises Refusal `filelinks.until-past`, `filelinks.until-too-far`."""
    if until < today:
        raise Refusal("filelinks.until-past", field="until")
    if until > today + timedelta(days=limits.most_days):
        raise Refusal("filelinks.until-too-far", field="until", days=limits.most_days)
    return until


def check_password(password: str) -> str:
    """Raises Refusal `filelinks.password-short`, `filelinks.password-long`; an empty one is allowed."""
    if password and len(password) < MIN_PASSWORD_LENGTH:
        raise Refusal("filelinks.password-short", field="password", least=MIN_PASSWORD_LENGTH)
    if len(password) > MAX_PASSWORD_LENGTH:
        raise Refusal("filelinks.password-long", field="password", most=MAX_PASSWORD_LENGTH)
    return password


def file_name(name: str) -> str:
    """The name without path, control or direction characters; never empty, at most 200 characters."""
    last = re.split(r"[\\/]", name)[-1]
    cleaned = "".join(c for c in last if c.isprintable() and c not in _DIRECTIONS).strip(" .") or "sans-nom"
    stem, dot, extension = cleaned.rpartition(".")
    if len(cleaned) > 200 and dot and len(extension) < 20:
        return f"{stem[: 199 - len(extension)]}.{extension}"
    return cleaned[:200]


def file_kind(kind: str) -> str:
    """The media type given by the uploading browser. Shown as an icon; files are never served under it."""
    lowered = kind.partition(";")[0].strip().lower()
    return lowered if _KIND.fullmatch(lowered) else "application/octet-stream"


def requested_range(field: str, size: int) -> tuple[int, int] | None:
    """First and last octet of a `Range` field (RFC 9110 §14.2); None for the whole file.

    A malformed field, or several ranges, mean the whole file. Raises Refusal `filelinks.no-such-piece`.
    """
    match = _RANGE.fullmatch(field.replace(" ", ""))
    if match is None or match.group(0) == "bytes=-":
        return None
    first, last = match.groups()
    if not first:
        begin, end = max(0, size - int(last)), size - 1
    else:
        begin, end = int(first), min(int(last), size - 1) if last else size - 1
        if last and int(last) < begin:
            return None
    if begin > end:
        raise Refusal("filelinks.no-such-piece")
    return begin, end
