"""The address where Dovecot stored a message, read in its answer to the delivery: aliases are resolved."""

import re

# « 250 2.0.0 <marie@…> 7WCZM1… Saved »
_SAVED = re.compile(r".*<(?P<address>[^<> ]+@[^<> ]+)> \S+ Saved", re.ASCII)


def stored_at(answer: str) -> str:
    """The address, lower case, without its detail (RFC 5233); empty if the answer is another one."""
    match = _SAVED.fullmatch(answer)
    if match is None:
        return ""
    local, _, domain = match["address"].lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
