"""The From field (RFC 5322 §3.6.2): the mailbox it names, or the fact that it names several.

Servers, filters and mail clients disagree about groups (RFC 6854), repeated fields and several addresses, so
a sender can make each see another author. Such a field is displayed as it stands, without a name.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from vaguemestre.foundation.kernel.text.header_text import replace_quoted
from vaguemestre.post.mailstore.values import Correspondent, OpenedMessage

AMBIGUOUS = "Expéditeur ambigu"
_MAX_FIELD_CHARACTERS = 2_000  # no field that names one mailbox is longer
_MAX_SHOWN = 300
_MAX_PARTS = 20
_ENCODED_WORD = re.compile(r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?]{0,400}\?=")
_COMMENT = re.compile(r"\([^()]*\)")
_APART = re.compile(r"[\s<>()\[\],;:\"]+")


@dataclass(frozen=True)
class FromField:
    """A parsed From field. `sender`: its mailbox, or the whole text of an ambiguous field.

    `addresses`: all in it, lower case.
    """

    sender: Correspondent
    addresses: frozenset[str]
    is_ambiguous: bool = False


def from_field(opened: OpenedMessage) -> FromField:
    """The From field of a message, from its header fields and the mail store's parsing of them."""
    values = [value for name, value in opened.fields if name == "from"]
    return parse_from(values, opened.sender)


def parse_from(values: list[str], senders: Sequence[Correspondent]) -> FromField:
    """Parse From fields. `values`: unfolded; `senders`: as the mail store parsed them."""
    mailboxes = [sender for sender in senders if "@" in sender.address]
    addresses = frozenset(mailbox.address.lower() for mailbox in mailboxes)
    named = addresses | {address for value in values for address in _bare_addresses(value)}
    if len(values) > 1 or len(named) > 1 or any(len(value) > _MAX_FIELD_CHARACTERS for value in values):
        text = " · ".join(values) if values else ", ".join(mailbox.address for mailbox in mailboxes)
        return FromField(Correspondent(AMBIGUOUS, text[:_MAX_SHOWN]), named, is_ambiguous=True)
    return FromField(whole_author(senders), named)


def whole_author(senders: Sequence[Correspondent]) -> Correspondent:
    """The mailbox of a From field that names one, under its whole name.

    Without quotes, `Vasseur, Philippe <a@b>` is a list (RFC 5322 §3.4): its first item has no address.
    """
    sender = next((candidate for candidate in senders if "@" in candidate.address), None)
    if sender is None or len(senders) == 1:
        return sender or next(iter(senders), Correspondent("", ""))
    parts = [part.name or ("" if "@" in part.address else part.address) for part in senders[:_MAX_PARTS]]
    return Correspondent(", ".join(filter(None, parts))[:_MAX_SHOWN], sender.address)


def holds_address(name: str) -> bool:
    """Whether a display name seems to hold an address, also with a full-width `@`."""
    return "@" in name or (not name.isascii() and "@" in unicodedata.normalize("NFKC", name))


def _bare_addresses(value: str) -> set[str]:
    """Addresses outside quoted strings, encoded words and comments, lower case."""
    bare = _ENCODED_WORD.sub(" ", replace_quoted(value[:_MAX_FIELD_CHARACTERS], lambda _: " "))
    for _ in range(3):  # comments may hold comments
        bare = _COMMENT.sub(" ", bare)
    return {word.strip("'").lower() for word in _APART.split(bare) if "@" in word}
