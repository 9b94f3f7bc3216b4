"""Envelope senders that are ours: those of lists (`[list]+l[list id].[letter]d@`) and of SRS."""

import re

_LIST = re.compile(r"[^@]*\+l\d+\.\d+d@", re.IGNORECASE)
_SRS = re.compile(r"srs[01][=+-]", re.IGNORECASE)


def is_list_sender(sender: str) -> bool:
    return bool(_LIST.match(sender))


def is_sent_on(sender: str) -> bool:
    """Whether a list or a redirection of ours sent it on under that sender."""
    return is_list_sender(sender) or bool(_SRS.match(sender))
