"""A file of contacts, whatever its kind, becomes cards; cards become a file."""

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts.rules import vcards
from vaguemestre.mailbox.contacts.rules.directories import as_table, is_ldif
from vaguemestre.mailbox.contacts.rules.tables import decoded, read_table
from vaguemestre.mailbox.contacts.values import ContactCard, Read, WrongLine

LARGEST = 10_000_000  # octets
MOST_CARDS = 20_000


def read_file(content: bytes) -> Read:
    """vCard, LDIF or CSV, by what it holds. Raises Refusal `contacts.file-empty`, `contacts.file-too-big`,
    `contacts.columns-unknown`, `contacts.too-many-lines`, `contacts.file-unreadable`."""
    if len(content) > LARGEST:
        raise Refusal("contacts.file-too-big")
    text = decoded(content)
    if not text.strip():
        raise Refusal("contacts.file-empty")
    if "begin:vcard" in text[:4000].lower():
        return _read_vcards(text)
    return read_table(as_table(text) if is_ldif(text) else text)


def _read_vcards(text: str) -> Read:
    cards: list[tuple[str, ContactCard]] = []
    texts: list[str] = []
    groups: list[tuple[str, tuple[str, ...]]] = []
    wrong: list[WrongLine] = []
    blocks = vcards.blocks(text)
    if len(blocks) > MOST_CARDS:
        raise Refusal("contacts.too-many-lines", most=MOST_CARDS)
    for number, block in enumerate(blocks, start=1):
        try:
            card = vcards.parsed(block)
            if vcards.is_group(card):
                groups.append((vcards.card_of(card).name, vcards.members_of(card)))
                continue
            read = vcards.card_of(card)
        except Refusal as refusal:
            wrong.append(WrongLine(number, refusal.code, block.partition("FN:")[2].partition("\n")[0][:80]))
            continue
        cards.append((vcards.uid_of(card), read))
        texts.append(block)
    return Read(tuple(cards), tuple(texts), tuple(groups), tuple(wrong))
