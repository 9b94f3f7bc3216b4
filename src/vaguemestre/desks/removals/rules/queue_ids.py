"""A queue identifier of Postfix, long form (`enable_long_queue_ids`), typed where a Message-ID is asked for.

It is the only name of a message that came without Message-ID and without envelope sender.
"""

import re

_LONG = re.compile(r"[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-y]{10,}z[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]+")
_RECEIVED = re.compile(r"\(Postfix\)\s+with\s+\w+\s+id\s+(\w+)", re.ASCII)


def queue_id_in(message_id: str) -> str:
    """The queue identifier, with or without brackets; empty for a Message-ID."""
    plain = message_id.strip().strip("<>")
    return plain if _LONG.fullmatch(plain) else ""


def queue_id_of_header(header: str) -> str:
    """The queue identifier that our Postfix last gave to the message of that header; empty without one."""
    match = _RECEIVED.search(header)
    return match[1] if match else ""
