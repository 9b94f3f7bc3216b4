"""Several people typed at once: what was typed, line by line, and who of them may become a member."""

import re
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.text.pasted_rows import people_of_row

MAX_ENTRIES = 100
MAX_CHARACTERS = 20_000
_MAX_TYPED = 254
_PIECE = re.compile(r'(?:"[^"]*"|[^",;])+')
_BRACKETED = re.compile(r"<([^<>\s]*@[^<>\s]*)>")


class EntryKind(StrEnum):
    ADDRESS = "address"
    USERNAME = "username"
    NAME = "name"


class Entry(NamedTuple):
    """A person as typed, and what to look them up by: a lower-case address or username, or a name."""

    typed: str
    kind: EntryKind
    key: str


class Candidate(NamedTuple):
    """An agent who may be meant; `detail`: function and establishment."""

    account_id: int
    name: str
    address: str
    detail: str


class TypedMembers(NamedTuple):
    """The entries, sorted: each account is in one of `recognised` and `already`, once.

    `namesakes`: agents among whom a name does not choose. `unknown`: as typed.
    """

    recognised: tuple[Candidate, ...]
    already: tuple[Candidate, ...]
    namesakes: tuple[Candidate, ...]
    unknown: tuple[str, ...]


def read_entries(text: str) -> tuple[Entry, ...]:
    """The people typed, one a line or separated by commas or semicolons, each once, in order.

    A row of a spreadsheet is its addresses, or one name.
    « Nom <adresse> » is read as its address; a name with a comma is quoted, as mail programs write it.
    Raises Refusal `sharing.too-many-typed`.
    """
    entries: dict[tuple[EntryKind, str], Entry] = {}
    for person in (person for line in text.splitlines() for person in people_of_row(line)):
        for entry in map(_entry, _PIECE.findall(person)):
            if entry:
                entries.setdefault((entry.kind, entry.key), entry)
    if len(entries) > MAX_ENTRIES:
        raise Refusal("sharing.too-many-typed", most=MAX_ENTRIES)
    return tuple(entries.values())


def sort_entries(
    entries: Iterable[Entry], candidates: Mapping[Entry, Collection[Candidate]], members: Collection[int]
) -> TypedMembers:
    """Who was recognised, is a member already, shares a name, or is unknown. `members`: account ids."""
    recognised: dict[int, Candidate] = {}
    already: dict[int, Candidate] = {}
    namesakes: dict[int, Candidate] = {}
    unknown = []
    for entry in entries:
        meant = {candidate.account_id: candidate for candidate in candidates.get(entry, ())}
        chosen = recognised if len(meant) == 1 else namesakes
        for account_id, candidate in meant.items():
            (already if account_id in members else chosen).setdefault(account_id, candidate)
        if not meant:
            unknown.append(entry.typed)
    for account_id in recognised:
        namesakes.pop(account_id, None)
    return TypedMembers(
        tuple(recognised.values()), tuple(already.values()), tuple(namesakes.values()), tuple(unknown)
    )


def written_entries(people: Iterable[tuple[str, str]]) -> str:
    """Names and addresses as `read_entries` reads them again, one a line."""
    return "\n".join(f"{_plain(name)} <{address}>" for name, address in people)


def unknown_sentence(count: int) -> str:
    """Why that many of the entries stay in the field."""
    if count == 1:
        return "Cette ligne ne désigne aucun agent de l’académie : corrigez-la, ou écrivez son adresse."
    return (
        f"Ces {count} lignes ne désignent aucun agent de l’académie : corrigez-les, ou écrivez leur adresse."
    )


def _plain(name: str) -> str:
    return " ".join(re.sub(r'[<>@;,"]', " ", name).split())


def _entry(piece: str) -> Entry | None:
    typed = piece.strip()[:_MAX_TYPED]
    bracketed = _BRACKETED.search(typed)
    key = (bracketed[1] if bracketed else typed.strip("\"'<>")).strip()
    if not key:
        return None
    if "@" in key:
        return Entry(typed, EntryKind.ADDRESS, key.lower())
    if len(key.split()) > 1:
        return Entry(typed, EntryKind.NAME, " ".join(key.split()))
    return Entry(typed, EntryKind.USERNAME, key.lower())
