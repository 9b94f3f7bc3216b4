"""What an address says of its owner; addresses read one by one."""

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.post.outbox.rules.recipients import parsed_recipients, split_recipients
from vaguemestre.post.outbox.values import Recipient


def is_inside(address: str, domain: str) -> bool:
    """Whether the académie of `domain` hosts it, itself or in a sub-domain."""
    there = address.rpartition("@")[2].lower()
    return there == domain or there.endswith("." + domain)


def bare_address(address: str) -> str:
    """The address without its `+detail`, which delivery ignores."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def loose_recipients(text: str) -> tuple[tuple[Recipient, ...], tuple[str, ...]]:
    """Those that can be read, each address once, and the items that cannot."""
    found: dict[str, Recipient] = {}
    wrong = []
    for item in split_recipients(text.replace("\r", ",").replace("\n", ",")):
        try:
            for one in parsed_recipients("to", item):
                found.setdefault(one.address, one)
        except Refusal:
            wrong.append(item[:254])
    return tuple(found.values()), tuple(wrong)
