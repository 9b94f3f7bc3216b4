"""Reading of a file of contacts in the sandbox (`ports.ReadApart`), and what its cards complete, as JSON.

Reading and writing vCards takes half a millisecond each: 20,000 of them would hold the other pages.
"""

import json
import uuid
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts.rules import vcards
from vaguemestre.mailbox.contacts.rules.duplicates import merge_cards
from vaguemestre.mailbox.contacts.rules.files import read_file
from vaguemestre.mailbox.contacts.rules.tables import write_table
from vaguemestre.mailbox.contacts.rules.vcard_writer import write_group_vcard, write_vcard
from vaguemestre.mailbox.contacts.values import (
    CardCompletion,
    CardToExport,
    CompletedCard,
    ContactCard,
    ContactsFile,
    InvalidLine,
)

READ, COMPLETE, WRITE = "read", "complete", "write"
CSV = "csv"  # else the version of the vCards


def perform(
    request: Mapping[str, Any], blobs: Sequence[bytes], _ask: Callable[[str, str], str | None]
) -> Any:
    """The contacts of a file, or its refusal; cards that others complete; or the text of a file."""
    if request["act"] == COMPLETE:
        return [_completed(item) for item in json.loads(blobs[0])]
    if request["act"] == WRITE:
        return _written(json.loads(blobs[0]))
    try:
        return _read(blobs[0])
    except Refusal as refusal:
        return {"refusal": refusal.code, "facts": dict(refusal.facts)}


def file_in(answer: Mapping[str, Any]) -> ContactsFile:
    """The file that `perform` read; each card has a UID and a vCard. Raises the Refusals of `read_file`."""
    if "refusal" in answer:
        raise Refusal(str(answer["refusal"]), **answer["facts"])
    return ContactsFile(
        tuple((uid, _card_in(card)) for uid, card, _ in answer["cards"]),
        tuple(text for _, _, text in answer["cards"]),
        tuple((name, tuple(members)) for name, members in answer["groups"]),
        tuple(InvalidLine(*line) for line in answer["invalid"]),
        tuple(map(tuple, answer["labels"])),
    )


def file_of_cards(completions: Sequence[CardCompletion]) -> bytes:
    """The content of a request to complete cards."""
    return json.dumps([*map(_completion_json, completions)]).encode("ascii")


def completed_cards(answer: Sequence[Any]) -> list[CompletedCard | None]:
    """What `perform` completed, in the order asked for; None for a card that cannot be read."""
    return [
        CompletedCard(_card_in(item[0]), item[1], tuple(item[2])) if item is not None else None
        for item in answer
    ]


def asked_text(cards: Sequence[CardToExport], kind: str, *, is_first: bool) -> bytes:
    """The content of a request to write a part of a file. `kind`: `CSV`, or the version of its vCards."""
    items = [{**card._asdict(), "known": _json(card.known)} for card in cards]
    return json.dumps({"cards": items, "kind": kind, "is_first": is_first}).encode("ascii")


def complete(completion: CardCompletion) -> CompletedCard | None:
    """One card, here: for the few that changed meanwhile."""
    (card,) = completed_cards([_completed(_completion_json(completion))])
    return card


def _read(content: bytes) -> dict[str, Any]:
    file = read_file(content)
    cards = []
    for place, (file_uid, card) in enumerate(file.cards):
        uid = file_uid or str(uuid.uuid4())
        text = file.texts[place] if file.texts and file_uid else write_vcard(card, uid)
        cards.append([uid, _json(card), text])
    invalid = [[line.number, line.code, line.excerpt] for line in file.invalid_lines]
    return {"cards": cards, "groups": file.groups, "invalid": invalid, "labels": file.labels}


def _written(request: Mapping[str, Any]) -> str:
    items, kind = request["cards"], request["kind"]
    if kind == CSV:
        cards, groups = map(_stored_card, items), (item["groups"] for item in items)
        return write_table(zip(cards, groups, strict=True), has_header=request["is_first"])
    return "".join(_vcard(item, kind) for item in items)


def _vcard(item: Mapping[str, Any], version: str) -> str:
    if item["members"] is not None:
        return write_group_vcard(item["known"]["name"], item["uid"], tuple(item["members"]), version=version)
    try:
        return write_vcard(_stored_card(item), item["uid"], item["text"], version=version)
    except Refusal:  # written by a phone, beyond our rules
        return write_vcard(_card_in(item["known"]), item["uid"], version=version)


def _stored_card(item: Mapping[str, Any]) -> ContactCard:
    try:
        return vcards.card_of(vcards.parse_vcard(item["text"])) if item["text"] else _card_in(item["known"])
    except Refusal:
        return _card_in(item["known"])


def _completion_json(completion: CardCompletion) -> dict[str, Any]:
    return {
        **completion._asdict(),
        "known": _json(completion.known),
        "cards": [*map(_json, completion.cards)],
    }


def _completed(item: Mapping[str, Any]) -> list[Any] | None:
    """The card, its vCard, and whether each of the others changed it; None if it cannot be read."""
    try:
        text = item["text"]
        card = vcards.card_of(vcards.parse_vcard(text)) if text else _card_in(item["known"])
        changes, takes_place = [], bool(item["is_collected"])
        for other in map(_card_in, item["cards"]):
            complete = other if takes_place else merge_cards([card, other])
            changes.append(takes_place or complete != card)
            card, takes_place = complete, False
        if any(changes):
            text = write_vcard(card, item["uid"], text)
        return [_json(card), text, changes]
    except Refusal:  # written by a phone, beyond our rules: it stays as it is
        return None


def _json(card: ContactCard) -> dict[str, Any]:
    return {**asdict(card), "photo": b64encode(card.photo).decode("ascii")}


def _card_in(values: Mapping[str, Any]) -> ContactCard:
    return ContactCard(**{**values, "others": tuple(values["others"]), "photo": b64decode(values["photo"])})
