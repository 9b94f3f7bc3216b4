"""Cards that look like the same person, and one card made of several."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from vaguemestre.foundation.kernel.texts import bare
from vaguemestre.mailbox.contacts.rules.cards import MOST_ADDRESSES
from vaguemestre.mailbox.contacts.values import ContactCard, Known, Twins


def twins_among(cards: Sequence[Known]) -> tuple[Twins, ...]:
    """Those that share an address, then those of the same name; a card is in one set only."""
    by_address: dict[str, list[Known]] = defaultdict(list)
    by_name: dict[str, list[Known]] = defaultdict(list)
    for card in cards:
        if not (card.is_group or card.is_collected):
            for address in filter(None, (card.address, *card.others)):
                by_address[address].append(card)
            by_name[_folded(card.name)].append(card)
    taken: set[int] = set()
    found = []
    for because, sets in (("address", by_address), ("name", by_name)):
        for same in sets.values():
            fresh = [card for card in same if card.id not in taken]
            if len(fresh) > 1 and (because == "address" or len(_folded(fresh[0].name).split()) > 1):
                taken.update(card.id for card in fresh)
                found.append(Twins(because, tuple(fresh)))
    return tuple(found)


def merged(cards: Sequence[ContactCard]) -> ContactCard:
    """The first card, completed by the others: nothing they say is lost.

    Second values of single fields go to the note.
    """
    first, *rest = cards
    addresses = dict.fromkeys(address for card in cards for address in card.addresses)
    chosen: dict[str, Any] = {
        "address": next(iter(addresses), ""),
        "others": tuple(addresses)[1:MOST_ADDRESSES],
    }
    notes = [card.note for card in cards if card.note]
    for field in ("phone", "mobile", "work_phone", "organisation", "title", "postal", "birthday", "website"):
        values = [value for card in cards if (value := getattr(card, field))]
        chosen[field] = values[0] if values else ""
        notes += [value for value in dict.fromkeys(values[1:]) if value != values[0]]
    names = [card.name for card in rest if _folded(card.name) != _folded(first.name) and "@" not in card.name]
    note = "\n".join(dict.fromkeys([*notes, *names]))[:5000]
    photo = next((card.photo for card in cards if card.photo), b"")
    return replace(first, **chosen, note=note, photo=photo)


def _folded(name: str) -> str:
    letters = "".join(c if c.isalnum() else " " for c in bare(name))
    return " ".join(sorted(letters.split()))
