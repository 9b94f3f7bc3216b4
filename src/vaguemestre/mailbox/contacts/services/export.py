"""Export a book as a file; its cards are read and written in the sandbox, some at a time."""

from collections.abc import Iterator

from vaguemestre.foundation.kernel.errors import EngineRefused, Refusal
from vaguemestre.mailbox.contacts.models import Contact, Membership
from vaguemestre.mailbox.contacts.ports import ReadApart
from vaguemestre.mailbox.contacts.queries import book_rows, columns_of
from vaguemestre.mailbox.contacts.rules import file_task
from vaguemestre.mailbox.contacts.values import AddressBook, CardToExport

MAX_PAGE_CHARACTERS = 30_000_000  # of the vCards of a book that a page exports
_CHUNK = 500  # cards
_CHUNK_CHARACTERS = 2_000_000


def export_book(book: AddressBook, kind: str, read_apart: ReadApart, *, most: int | None = None) -> str:
    """All cards of the book with its groups: cards of their own in vCards, names in a table.

    `kind`: `file_task.CSV`, or a version of vCard.
    Raises Refusal `contacts.book-too-heavy` above `most` characters, `contacts.file-too-complex`, EngineDown.
    """
    pieces: list[str] = []
    size = 0
    for number, cards in enumerate(_chunks(book, with_groups=kind != file_task.CSV)):
        size += sum(len(card.text) for card in cards)
        if most is not None and size > most:
            raise Refusal("contacts.book-too-heavy", most=most // 1_000_000)
        try:
            asked = file_task.asked_text(cards, kind, is_first=number == 0)
            pieces.append(read_apart(file_task.WRITE, asked))
        except EngineRefused as error:
            raise Refusal("contacts.file-too-complex") from error
    return "".join(pieces)


def _chunks(book: AddressBook, *, with_groups: bool) -> Iterator[list[CardToExport]]:
    """The cards to export, in chunks; at least one chunk, so that a file has its header."""
    rows = book_rows(book).filter(is_collected=False)
    group_names: dict[int, list[str]] = {}
    if not with_groups:
        rows, group_names = rows.filter(is_group=False), _group_names(book)
    cards: list[CardToExport] = []
    weight = 0
    for row in rows.order_by("is_group", "name", "pk").iterator(100):
        names = tuple(group_names.get(row.pk, ()))
        cards.append(CardToExport(row.uid, row.vcard, columns_of(row), _members(row), names))
        weight += len(row.vcard)
        if len(cards) >= _CHUNK or weight >= _CHUNK_CHARACTERS:
            yield cards
            cards, weight = [], 0
    yield cards


def _members(row: Contact) -> tuple[str, ...] | None:
    if not row.is_group:
        return None
    return tuple(Membership.objects.filter(group=row).values_list("contact__uid", flat=True))


def _group_names(book: AddressBook) -> dict[int, list[str]]:
    """Names of the groups of each contact of the book that is in any."""
    names: dict[int, list[str]] = {}
    pairs = Membership.objects.filter(contact__in=book_rows(book)).order_by("group__name")
    for contact, name in pairs.values_list("contact_id", "group__name"):
        names.setdefault(contact, []).append(name)
    return names
