"""Find and merge cards that look like the same person."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from vaguemestre.foundation.kernel.texts import without_accents
from vaguemestre.mailbox.contacts.rules.cards import MAX_ADDRESSES
from vaguemestre.mailbox.contacts.values import ContactCard, ContactSummary, Duplicates


def find_duplicates(cards: Sequence[ContactSummary]) -> tuple[Duplicates, ...]:
    """Cards that share an address, then those of the same name; each card is in one set only."""
    by_address: dict[str, list[ContactSummary]] = defaultdict(list)
    by_name: dict[str, list[ContactSummary]] = defaultdict(list)
    for card in cards:
        if not (card.is_group or card.is_collected):
            for address in filter(None, (card.address, *card.others)):
                by_address[address].append(card)
            by_name[_comparable_name(card.name)].append(card)
    grouped_ids: set[int] = set()
    duplicates = []
    for shared, cards_by_key in (("address", by_address), ("name", by_name)):
        for cards_alike in cards_by_key.values():
            ungrouped = [card for card in cards_alike if card.id not in grouped_ids]
            if len(ungrouped) > 1 and (
                shared == "address" or len(_comparable_name(ungrouped[0].name).split()) > 1
            ):
                grouped_ids.update(card.id for card in ungrouped)
                duplicates.append(Duplicates(shared, tuple(ungrouped)))
    return tuple(duplicates)


def merge_cards(cards: Sequence[ContactCard]) -> ContactCard:
    """The first card completed by the others; further values of single fields go to the note."""
    first, *rest = cards
    addresses = dict.fromkeys(address for card in cards for address in card.addresses)
    values_of: dict[str, Any] = {
        "address": next(iter(addresses), ""),
        "others": tuple(addresses)[1:MAX_ADDRESSES],
    }
    notes = [card.note for card in cards if card.note]
    for field in ("phone", "mobile", "work_phone", "organisation", "title", "postal", "birthday", "website"):
        values = [value for card in cards if (value := getattr(card, field))]
        values_of[field] = values[0] if values else ""
        notes += [value for value in dict.fromkeys(values[1:]) if value != values[0]]
    names = [
        card.name
        for card in rest
        if _comparable_name(card.name) != _comparable_name(first.name) and "@" not in card.name
    ]
    note = "\n".join(dict.fromkeys([*notes, *names]))[:5000]
    photo = next((card.photo for card in cards if card.photo), b"")
    return replace(first, **values_of, note=note, photo=photo)


def _comparable_name(name: str) -> str:
    letters = "".join(c if c.isalnum() else " " for c in without_accents(name))
    return " ".join(sorted(letters.split()))
