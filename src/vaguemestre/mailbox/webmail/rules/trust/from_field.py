"""The From field (RFC 5322 §3.6.2): the one mailbox it names, or that it names several.

Servers, filters and readers disagree about groups (RFC 6854), repeated fields and several addresses: whoever
writes one of these chooses whom each of them sees. Such a field is shown as it stands, under nobody's name.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from vaguemestre.post.mailstore.values import Correspondent, OpenedMessage

AMBIGUOUS = "Expéditeur ambigu"
_LONGEST = 2_000  # no field that names one mailbox is longer
_MOST_SHOWN = 300
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_ENCODED_WORD = re.compile(r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?]{0,400}\?=")
_COMMENT = re.compile(r"\([^()]*\)")
_APART = re.compile(r"[\s<>()\[\],;:\"]+")


@dataclass(frozen=True)
class FromField:
    """`sender`: the mailbox named; of an ambiguous field, the field itself under no name of a person.

    `addresses`: all that it names, lower case.
    """

    sender: Correspondent
    addresses: frozenset[str]
    is_ambiguous: bool = False


def from_field(opened: OpenedMessage) -> FromField:
    """The From field of a message, from the fields as they stand and what the mail store read in them."""
    values = [value for name, value in opened.fields if name == "from"]
    return read_from(values, opened.sender)


def read_from(values: list[str], senders: Sequence[Correspondent]) -> FromField:
    """`values`: the fields, unfolded; `senders`: what the mail store read in them."""
    read = [one for one in senders if "@" in one.address]
    addresses = frozenset(one.address.lower() for one in read)
    named = addresses | {address for value in values for address in _bare_addresses(value)}
    if len(values) > 1 or len(named) > 1 or any(len(value) > _LONGEST for value in values):
        text = " · ".join(values) if values else ", ".join(one.address for one in read)
        return FromField(Correspondent(AMBIGUOUS, text[:_MOST_SHOWN]), named, is_ambiguous=True)
    sender = read[0] if read else next(iter(senders), Correspondent("", ""))
    return FromField(sender, named)


def holds_address(name: str) -> bool:
    """Whether a display name holds what may be read as an address, full-width signs included."""
    return "@" in name or (not name.isascii() and "@" in unicodedata.normalize("NFKC", name))


def _bare_addresses(value: str) -> set[str]:
    """Addresses outside quoted strings, encoded words and comments, lower case."""
    bare = _ENCODED_WORD.sub(" ", _QUOTED.sub(" ", value[:_LONGEST]))
    for _ in range(3):  # comments may hold comments
        bare = _COMMENT.sub(" ", bare)
    return {word.strip("'").lower() for word in _APART.split(bare) if "@" in word}
