"""Read a file of contacts: vCard, LDIF or CSV."""

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts.rules import vcards
from vaguemestre.mailbox.contacts.rules.labels import group_names
from vaguemestre.mailbox.contacts.rules.ldif import is_ldif, ldif_to_csv
from vaguemestre.mailbox.contacts.rules.tables import decode_text, read_table
from vaguemestre.mailbox.contacts.values import ContactCard, ContactsFile, InvalidLine

MAX_FILE_BYTES = 10_000_000
MAX_CARDS = 20_000


def read_file(content: bytes) -> ContactsFile:
    """Contacts of a vCard, LDIF or CSV file, detected by its content.

    Raises Refusal `contacts.file-empty`, `contacts.file-too-big`, `contacts.columns-unknown`,
    `contacts.too-many-columns`, `contacts.too-many-lines`, `contacts.file-unreadable`.
    """
    if len(content) > MAX_FILE_BYTES:
        raise Refusal("contacts.file-too-big")
    text = decode_text(content)
    if not text.strip():
        raise Refusal("contacts.file-empty")
    if "begin:vcard" in text[:4000].lower():
        return _read_vcards(text)
    return read_table(ldif_to_csv(text) if is_ldif(text) else text)


def _read_vcards(text: str) -> ContactsFile:
    cards: list[tuple[str, ContactCard]] = []
    texts: list[str] = []
    labels: list[tuple[str, ...]] = []
    groups: list[tuple[str, tuple[str, ...]]] = []
    invalid_lines: list[InvalidLine] = []
    blocks = vcards.split_vcards(text)
    if len(blocks) > MAX_CARDS:
        raise Refusal("contacts.too-many-lines", most=MAX_CARDS)
    for number, block in enumerate(blocks, start=1):
        try:
            vcard = vcards.parse_vcard(block)
            if vcards.is_group(vcard):
                groups.append((vcards.card_of(vcard).name, vcards.members_of(vcard)))
                continue
            contact = vcards.card_of(vcard)
        except Refusal as refusal:
            invalid_lines.append(
                InvalidLine(number, refusal.code, block.partition("FN:")[2].partition("\n")[0][:80])
            )
            continue
        cards.append((vcards.uid_of(vcard), contact))
        texts.append(block)
        labels.append(group_names(vcards.categories_of(vcard)))
    return ContactsFile(tuple(cards), tuple(texts), tuple(groups), tuple(invalid_lines), tuple(labels))
