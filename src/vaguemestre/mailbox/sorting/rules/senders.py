"""Sender lists: addresses, and whole domains written `@domain`."""

from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.sorting.values import SpamSettings

MAX_SENDERS = 500


def read_senders(typed: str) -> tuple[str, ...]:
    """Senders of a typed list, separated by lines, commas or semicolons.

    Raises Refusal `sorting.senders-malformed`.
    """
    words = typed.replace(",", "\n").replace(";", "\n").split("\n")
    return tuple(dict.fromkeys(_sender(word.strip()) for word in words if word.strip()))


def _sender(word: str) -> str:
    is_domain = word.startswith("@")
    try:
        address = parse_address(f"x{word}" if is_domain else word)
    except Refusal as refusal:
        raise Refusal("sorting.senders-malformed", sender=word[:254]) from refusal
    return f"@{address.domain}" if is_domain else str(address)


def check_spam(choice: SpamSettings) -> None:
    """Raise Refusal `sorting.senders-…`."""
    for senders in (choice.allowed, choice.denied):
        if len(senders) > MAX_SENDERS:
            raise Refusal("sorting.senders-many", most=MAX_SENDERS)
    if both := set(choice.allowed) & set(choice.denied):
        raise Refusal("sorting.senders-both", sender=sorted(both)[0])
