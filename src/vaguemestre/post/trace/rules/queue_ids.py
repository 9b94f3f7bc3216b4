"""Postfix's long queue identifiers, which begin with the second when it took the message (postconf(5))."""

import re

_DIGITS = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"  # base 52: without vowels
_LONG = re.compile(
    rf"([{_DIGITS}]{{6,}})[{_DIGITS}]{{4}}z[{_DIGITS}]+", re.ASCII
)  # seconds, microseconds, inode


def taken_at(queue_id: str) -> int | None:
    """The Unix time in a queue identifier; None if it is not a long one."""
    match = _LONG.fullmatch(queue_id)
    if match is None:
        return None
    seconds = 0
    for digit in match[1]:
        seconds = seconds * len(_DIGITS) + _DIGITS.index(digit)
    return seconds
