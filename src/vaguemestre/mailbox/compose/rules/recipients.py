"""Recipients as they are typed: whether one is inside, and what can be read of a pasted list."""

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.post.outbox.rules.recipients import parsed_recipients, split_recipients
from vaguemestre.post.outbox.values import Recipient


def is_inside(address: str, domain: str) -> bool:
    """Whether the address belongs to `domain` or one of its sub-domains."""
    host = address.rpartition("@")[2].lower()
    return host == domain or host.endswith("." + domain)


def bare_address(address: str) -> str:
    """The address without its `+detail`, which delivery ignores."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def lenient_recipients(text: str) -> tuple[tuple[Recipient, ...], tuple[str, ...]]:
    """Recipients that can be parsed, each address once, and the items that cannot."""
    by_address: dict[str, Recipient] = {}
    unreadable = []
    for item in split_recipients(text.replace("\r", ",").replace("\n", ",")):
        try:
            for recipient in parsed_recipients("to", item):
                by_address.setdefault(recipient.address, recipient)
        except Refusal:
            unreadable.append(item[:254])
    return tuple(by_address.values()), tuple(unreadable)
