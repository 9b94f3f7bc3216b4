"""Addresses and taken names."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import reduce
from itertools import batched
from operator import or_
from typing import NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from vaguemestre.people.directory.models import MailAddress, NameWord, TakenName
from vaguemestre.people.directory.queries.people import BATCH_PARAMS
from vaguemestre.people.directory.rules.names import fold, is_gateway, without_civility
from vaguemestre.people.directory.rules.spellings import spellings

IS_LISTED = {"person__unlisted": False, "person__hidden_since": None}


class OwnAddress(NamedTuple):
    """An address of somebody."""

    address: str
    is_primary: bool
    may_send: bool

    @property
    def is_gateway(self) -> bool:
        """Whether it stands for the person in letters to classes; it was never theirs to give."""
        return is_gateway(self.address)


def addresses_by_person(person_ids: Collection[int] | None = None) -> dict[int, list[OwnAddress]]:
    """Person → addresses, the primary one first; for these people, or for all."""
    by_person: dict[int, list[OwnAddress]] = defaultdict(list)
    for rows in _address_rows(person_ids):
        ordered = rows.order_by("-is_primary", "id")
        columns = ordered.values_list("person_id", "address", "is_primary", "may_send")
        for person_id, address, is_primary, may_send in columns:
            by_person[person_id].append(OwnAddress(address, is_primary, may_send))
    return by_person


def primary_address(person_id: int) -> str | None:
    """The primary address of somebody, if any."""
    return (
        MailAddress.objects.filter(person_id=person_id, is_primary=True)
        .values_list("address", flat=True)
        .first()
    )


def ambiguous_addresses(addresses: Collection[str]) -> set[str]:
    """Which addresses differ from another person's by their number only (docs/domain.md §2.3)."""
    stems = {address: _without_number(address) for address in addresses}
    variants = {stem.replace("@", f"{number}@", 1) for stem in stems.values() for number in ("", 1, 2, 3)}
    people_by_stem: dict[str, set[int]] = defaultdict(set)
    for batch in batched(variants, BATCH_PARAMS):
        rows = MailAddress.objects.filter(address__in=batch, **IS_LISTED)
        for address, person_id in rows.values_list("address", "person_id"):
            people_by_stem[_without_number(address)].add(person_id)
    return {address for address, stem in stems.items() if len(people_by_stem[stem]) > 1}


def _without_number(address: str) -> str:
    """The address without the number at the end of its local part."""
    local, at, domain = address.partition("@")
    return f"{local.rstrip('0123456789')}{at}{domain}"


def begins_with(column: str, word: str) -> Q:
    """Condition: the column begins with the word (ASCII), in a form that uses the index."""
    if connection.vendor != "sqlite":
        return Q(**{f"{column}__startswith": word})
    following = word[:-1] + chr(ord(word[-1]) + 1)  # SQLite's LIKE with ESCAPE never uses an index
    return Q(**{f"{column}__gte": word, f"{column}__lt": following})


def bears_words(typed: str) -> Q:
    """Condition on people: each word typed begins a word of a shown name. Uses the index."""
    words = [word for word in fold(without_civility(typed)).split("-") if word]
    named = Q() if words else Q(pk__in=())
    for word in words:
        named &= Q(pk__in=NameWord.objects.filter(begins_with("word", word)).values("person_id"))
    return named


def bears_officially(word: str) -> Q:
    """Condition on people, for whoever may see their civil status: a name holds the word, however spelled.

    Birth names are compared one by one, only of those who bear another: the index holds shown names alone.
    """
    pattern = spellings(word)
    born = Q(birth_name__regex=pattern) if pattern else Q(birth_name__icontains=word)
    return Q(erased_at=None) & (bears_words(word) | ~Q(usage_name="") & born)


def taken_names(kind: str, names: Iterable[str]) -> set[str]:
    """Which of these names were ever given to anybody."""
    taken: set[str] = set()
    for batch in batched(names, BATCH_PARAMS):
        taken.update(
            TakenName.objects.filter(kind=kind, name__in=batch).values_list("name", flat=True),
        )
    return taken


def existing_addresses(addresses: Collection[str]) -> set[str]:
    """Which of these addresses belong to somebody."""
    existing: set[str] = set()
    for batch in batched(addresses, BATCH_PARAMS):
        existing.update(MailAddress.objects.filter(address__in=batch).values_list("address", flat=True))
    return existing


def similar_addresses(
    names: Iterable[tuple[str, str]], domains: Collection[str], *, limit: int = 60
) -> tuple[str, ...]:
    """Addresses below these domains of listed people worth comparing with these names (first, last; folded).

    Same first name and surname initial, or same surname and first-name initial; all, or at most
    `limit` of each kind. One indexed query, or one per kind if there are too many.
    """
    conditions = [
        condition
        for first, last in names
        if first and last
        for condition in _similar_name_conditions(first, last)
    ]
    if not conditions or not domains:
        return ()
    below = reduce(or_, (Q(address__endswith=f"@{domain}") for domain in domains))
    listed = MailAddress.objects.filter(below, is_primary=True, **IS_LISTED).values_list("address", flat=True)
    most = limit * len(conditions)
    addresses = tuple(listed.filter(reduce(or_, conditions))[:most])
    if len(addresses) < most:
        return addresses
    return tuple(address for condition in conditions for address in listed.filter(condition)[:limit])


def _address_rows(person_ids: Collection[int] | None) -> Iterator[QuerySet[MailAddress]]:
    if person_ids is None:
        yield MailAddress.objects.all()
        return
    for batch in batched(person_ids, BATCH_PARAMS):
        yield MailAddress.objects.filter(person_id__in=batch)


def _similar_name_conditions(first: str, last: str) -> tuple[Q, Q]:
    return (
        begins_with("address", f"{first}.{last[0]}"),
        Q(begins_with("surname", last), address__startswith=first[0]),
    )
