"""Import a file of contacts; invalid lines are reported, the others imported.

vCards are read, completed and written in the sandbox; here are the rows.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from django.db import transaction

from vaguemestre.foundation.kernel.errors import EngineRefused, Refusal
from vaguemestre.mailbox.contacts.models import Contact
from vaguemestre.mailbox.contacts.ports import ReadApart
from vaguemestre.mailbox.contacts.queries import book_rows, columns_of
from vaguemestre.mailbox.contacts.rules import file_task
from vaguemestre.mailbox.contacts.services.card_index import CardIndex
from vaguemestre.mailbox.contacts.services.groups import set_members
from vaguemestre.mailbox.contacts.services.rows import (
    MAX_CARDS,
    check_room,
    check_writable,
    etag_of,
    fill_row,
    new_row,
    write_group,
    write_row,
)
from vaguemestre.mailbox.contacts.values import (
    AddressBook,
    CardCompletion,
    CompletedCard,
    ContactCard,
    ContactsFile,
    ImportReport,
    InvalidLine,
)

_BATCH = 100  # cards of one transaction
MAX_GROUPS = 500  # named by a file
_CHUNK = 500  # cards completed in one go
_CHUNK_CHARACTERS = 3_000_000  # of the vCards they complete


@dataclass
class _Target:
    """Row that cards of the file add or complete. `first`: the card of a new row."""

    row: Contact
    first: int | None = None
    others: list[int] = field(default_factory=list)


@dataclass
class _Outcome:
    added: int = 0
    changed: int = 0
    same: int = 0
    unreadable: list[InvalidLine] = field(default_factory=list)


def import_file(book: AddressBook, content: bytes, read_apart: ReadApart) -> ImportReport:
    """Add new cards and complete those with the same UID or address. Idempotent.

    Written by batches, so that nobody else's writing waits for a long file; interrupted, it is given again.
    Raises the refusals of `read_file`, `contacts.read-only`, `contacts.file-too-complex`, EngineDown, and,
    with nothing written, `contacts.book-full`, `contacts.book-heavy`, `contacts.too-many-groups`.
    """
    check_writable(book)
    file = file_task.file_in(_apart(read_apart, file_task.READ, content))
    index = CardIndex(book)
    new_groups = _groups_of(index, file).keys() - _group_names(book)
    new = [place for place, (uid, card) in enumerate(file.cards) if index.find(uid, card) is None]
    if book_rows(book).count() + len(new) + len(new_groups) > MAX_CARDS:
        raise Refusal("contacts.book-full", most=MAX_CARDS)
    check_room(book, sum(len(file.texts[place]) for place in new))
    outcome = _Outcome()
    for targets in _chunks(book, index, file, outcome):
        completed = _complete(targets, file, read_apart)
        for batch in batched(targets, _BATCH, strict=False):
            with transaction.atomic(durable=True):
                for target in batch:
                    _write(book, target, file, completed.get(id(target)), outcome)
                _save_new([target.row for target in batch if target.first is not None])
    groups = _groups_of(index, file)
    _add_groups(book, groups)
    invalid_lines = (*file.invalid_lines, *outcome.unreadable)
    return ImportReport(outcome.added, outcome.changed, outcome.same, len(groups), invalid_lines)


def _apart(read_apart: ReadApart, act: str, content: bytes) -> Any:
    try:
        return read_apart(act, content)
    except EngineRefused as error:
        raise Refusal("contacts.file-too-complex") from error


def _chunks(
    book: AddressBook, index: CardIndex, file: ContactsFile, outcome: _Outcome
) -> Iterator[list[_Target]]:
    """The rows that the file adds or completes, in its order, but for cards that are there to the letter."""
    targets: dict[int, _Target] = {}
    weight = 0
    for place, (uid, card) in enumerate(file.cards):
        row = index.find(uid, card)
        if row is not None and not row.is_collected and row.etag == etag_of(file.texts[place]):
            outcome.same += 1
            continue
        if row is None:
            row = _unsaved_row(book, uid, card)
            index.add(row)
            targets[id(row)] = _Target(row, place)
        else:
            if id(row) not in targets:
                targets[id(row)] = _Target(row)
                weight += len(row.vcard)
            targets[id(row)].others.append(place)
            index.add_addresses(row, card)
        weight += len(file.texts[place])
        if len(targets) >= _CHUNK or weight >= _CHUNK_CHARACTERS:
            yield list(targets.values())
            targets, weight = {}, 0
    yield list(targets.values())


def _unsaved_row(book: AddressBook, uid: str, card: ContactCard) -> Contact:
    return Contact(
        account_id=book.account_id or None,
        book_id=book.book_id or None,
        uid=uid,
        name=card.name,
        address=card.address,
        others=" ".join(card.others),
        phone=card.phone or card.mobile or card.work_phone,
    )


def _complete(
    targets: Sequence[_Target], file: ContactsFile, read_apart: ReadApart
) -> dict[int, CompletedCard | None]:
    """Each completed card by its target; None if the one in the book cannot be read."""
    incomplete = [target for target in targets if target.others]
    if not incomplete:
        return {}
    content = file_task.file_of_cards([_completion(target, target.row, file) for target in incomplete])
    answer = file_task.completed_cards(_apart(read_apart, file_task.COMPLETE, content))
    return {id(target): card for target, card in zip(incomplete, answer, strict=True)}


def _completion(target: _Target, row: Contact, file: ContactsFile) -> CardCompletion:
    is_new = target.first is not None
    row.uid = row.uid or str(uuid.uuid4())
    return CardCompletion(
        uid=row.uid,
        text=file.texts[target.first] if target.first is not None else row.vcard,
        known=columns_of(row),
        is_collected=row.is_collected and not is_new,
        cards=tuple(file.cards[place][1] for place in target.others),
    )


def _write(
    book: AddressBook, target: _Target, file: ContactsFile, completed: CompletedCard | None, outcome: _Outcome
) -> None:
    """Add or complete a row, as it is by now."""
    if target.first is not None:
        _add(target, file, completed, outcome)
        return
    row = book_rows(book).filter(pk=target.row.pk).first()
    if row is None:  # deleted since: the card of the file is added
        target.first, *target.others = target.others
        target.row = _unsaved_row(book, *file.cards[target.first])
        _add(target, file, None, outcome)
        return
    if row.etag != target.row.etag:  # somebody else's writing since
        completed = file_task.complete(_completion(target, row, file))
    _tell(target, file, completed, outcome)
    if completed is not None and any(completed.changes):
        row.uid = target.row.uid or row.uid
        write_row(row, completed.card, completed.text)
        target.row.vcard, target.row.etag = row.vcard, row.etag  # for the chunks that follow
        target.row.is_collected = False


def _add(target: _Target, file: ContactsFile, completed: CompletedCard | None, outcome: _Outcome) -> None:
    place = target.first or 0
    if target.others and completed is None:
        completed = file_task.complete(_completion(target, target.row, file))
    card, text = file.cards[place][1], file.texts[place]
    if completed is not None:
        card, text = completed.card, completed.text
    fill_row(target.row, card, text)
    outcome.added += 1
    if target.others:
        _tell(target, file, completed, outcome)


def _save_new(rows: Sequence[Contact]) -> None:
    """Insert the cards in one statement: the transaction holds the database for everybody."""
    for row in rows:
        row.index()
    Contact.objects.bulk_create(rows)


def _tell(target: _Target, file: ContactsFile, completed: CompletedCard | None, outcome: _Outcome) -> None:
    if completed is None:
        outcome.unreadable += [
            InvalidLine(place + 1, "contacts.vcard-unreadable", file.cards[place][1].name[:80])
            for place in target.others
        ]
        return
    outcome.changed += sum(completed.changes)
    outcome.same += len(completed.changes) - sum(completed.changes)


def _group_names(book: AddressBook) -> set[str]:
    names = book_rows(book).filter(is_group=True).values_list("name", flat=True)
    return {name.casefold() for name in names}


def _groups_of(index: CardIndex, file: ContactsFile) -> dict[str, tuple[str, set[str]]]:
    """Name and UIDs of the members of each group that the file names, by the name without its case.

    Raises Refusal `contacts.too-many-groups`.
    """
    groups: dict[str, tuple[str, set[str]]] = {}
    for name, uids in file.groups:
        groups.setdefault(name.casefold(), (name, set()))[1].update(uids)
    for (uid, card), names in zip(file.cards, file.labels, strict=False):
        row = index.find(uid, card)
        for name in names:
            _, members = groups.setdefault(name.casefold(), (name, set()))
            members.add(row.uid if row else uid)
    if len(groups) > MAX_GROUPS:
        raise Refusal("contacts.too-many-groups", most=MAX_GROUPS)
    return groups


def _add_groups(book: AddressBook, groups: dict[str, tuple[str, set[str]]]) -> None:
    """Add the members to the groups of these names, and the groups that the book has not."""
    for key, (name, members) in groups.items():
        with transaction.atomic(durable=True):
            known = {row.name.casefold(): row for row in book_rows(book).filter(is_group=True)}
            row = known.get(key) or new_row(book)
            row.name, row.is_group = row.name or name, True
            row.save()
            present = row.memberships.values_list("contact__uid", flat=True)
            set_members(book, row, {*members, *present})
            write_group(row)
