"""People found by what somebody types: names, addresses, places."""

import re
from collections.abc import Collection, Iterable
from datetime import date
from itertools import batched

from django.db.models import Q

from vaguemestre.people.directory.models import Academy, Assignment, MailAddress, NameWord, Person, Structure
from vaguemestre.people.directory.queries.addresses import (
    IS_LISTED,
    addresses_by_person,
    bears_officially,
    bears_words,
    begins_with,
)
from vaguemestre.people.directory.queries.people import BATCH_PARAMS, of_academy
from vaguemestre.people.directory.queries.posts import newest_post_label, newest_post_labels, serves_on
from vaguemestre.people.directory.rules.names import fold, names_beside, without_civility
from vaguemestre.people.directory.rules.phones import phone_pattern
from vaguemestre.people.directory.values import DirectoryEntry


def people_by_name(typed: str, *, limit: int) -> tuple[int, ...]:
    """Ids of people of whom each typed word begins a name, in any order, ignoring accents. Uses the index."""
    people = Person.objects.filter(bears_words(typed)).values_list("pk", flat=True)
    return tuple(people[:limit])


def names_somebody_else(name: str, own: Collection[str]) -> bool:
    """Whether a display name names in full an agent besides the signer, whose names are `own`."""
    keys = names_beside(name, own)
    return bool(keys) and Person.objects.filter(sorted_as__in=keys, erased_at=None).exists()


def suggested_people(
    typed: str, *, limit: int, hidden_academies: Collection[int] = ()
) -> tuple[DirectoryEntry, ...]:
    """Listed people of whom each typed word begins a name of their address (docs/domain.md §2.3).

    Then those of whom each begins any word of their shown names, as in the directory: the third of a surname
    begins nothing of an address. `hidden_academies`: whose people are left out. The first word uses an index,
    the others filter; posts are read for the rows returned only: some 2 ms for 45,000 people.
    """
    words = re.findall(r"[a-z0-9]+", fold(without_civility(typed).partition("@")[0].replace(".", " ")))
    if not words:
        return ()
    condition = Q(is_primary=True, may_send=True, **IS_LISTED) & _not_of(hidden_academies)
    if "@" in typed:
        condition &= Q(address__contains="@" + typed.partition("@")[2].strip().lower())
    in_address = Q()
    for word in words[1:]:
        in_address &= (
            Q(address__startswith=word) | Q(address__contains=f".{word}") | Q(address__contains=f"-{word}")
        )
    beginnings = [
        begins_with(column, words[0]) & in_address for column in ("address", "surname", "second_surname")
    ]
    named = Person.objects.filter(bears_words(" ".join(words)))
    rows: dict[int, MailAddress] = {}
    for beginning in (*beginnings, Q(person_id__in=named.values("pk"))):
        matching = MailAddress.objects.filter(condition, beginning).select_related("person")
        rows |= {row.person_id: row for row in matching[:limit]}
        if len(rows) >= limit:
            break
    chosen = list(rows.values())[:limit]
    details = newest_post_labels([row.person_id for row in chosen])
    entries = [
        DirectoryEntry(row.person_id, row.person.shown_name, row.address, details.get(row.person_id, ""))
        for row in chosen
    ]
    return tuple(sorted(entries, key=lambda entry: (entry.name, entry.detail)))


def _not_of(academies: Collection[int]) -> Q:
    """Condition on addresses of people of other académies than these; none without any."""
    return ~Q(person__academy_id__in=academies) if academies else Q()


def listed_people_by_address(
    addresses: Collection[str], *, hidden_academies: Collection[int] = ()
) -> dict[str, DirectoryEntry]:
    """Address (lower case) → the listed person who receives there; former addresses included.

    `hidden_academies`: académies whose people are left out.
    """
    entries: dict[str, DirectoryEntry] = {}
    rows = MailAddress.objects.filter(_not_of(hidden_academies), **IS_LISTED).select_related("person")
    for batch in batched(addresses, BATCH_PARAMS):
        matching = list(rows.filter(address__in=batch))
        details = newest_post_labels([row.person_id for row in matching])
        for row in matching:
            detail = details.get(row.person_id, "")
            entries[row.address] = DirectoryEntry(row.person_id, row.person.shown_name, row.address, detail)
    return entries


def helpdesk_people_page(
    typed: str,
    *,
    backwards: bool = False,
    first: int = 0,
    count: int,
    academy_id: int = 0,
    others: Collection[int] = (),
) -> tuple[tuple[DirectoryEntry, ...], int]:
    """A page of the people whose names, addresses or places contain every typed word, and their total.

    For the help desk: unlisted people included. A telephone number is looked for among those the directory
    shows. `academy_id`: only its people; 0 for all. `others`: people found by what is unknown here.
    """
    people = Person.objects.all()
    if pattern := phone_pattern(typed):
        people = people.filter(phone__regex=pattern, unlisted=False, hidden_since=None)
    for word in () if pattern else without_civility(typed).split()[:6]:
        addresses = MailAddress.objects.filter(_address_holds(word))
        places = Structure.objects.filter(_names_place(word) | Q(uai__iexact=word))
        posts = Assignment.objects.filter(structure__in=places)
        people = people.filter(
            Q(pk__in=addresses.values("person_id"))
            | Q(pk__in=posts.values("person_id"))
            | Q(birth_name__icontains=word)
            | Q(usage_name__icontains=word)
            | bears_officially(word)
        )
    people = (people | Person.objects.filter(pk__in=others)).filter(of_academy(academy_id))
    order = ("birth_name", "first_name", "pk")
    ordered = people.order_by(*(f"-{column}" if backwards else column for column in order))
    return _desk_entries(ordered[first : first + count]), people.count()


def _desk_entries(people: Iterable[Person]) -> tuple[DirectoryEntry, ...]:
    """People as the help desk lists them: name, first address, newest post."""
    page = list(people)
    details = newest_post_labels([person.pk for person in page])
    addresses_of = addresses_by_person([person.pk for person in page])
    return tuple(
        DirectoryEntry(
            person.pk,
            person.shown_name,
            next((own.address for own in addresses_of.get(person.pk, ())), ""),
            details.get(person.pk, ""),
        )
        for person in page
    )


def _names_place(word: str) -> Q:
    """Condition on places: the word, however accented, begins one of their words or follows « l’ »."""
    plain = fold(word)
    return Q(folded__regex=rf"(^|-)[dl]?{plain}") if plain else Q(name__icontains=word)


def _address_holds(word: str) -> Q:
    """Condition on addresses; before the « @ » alone for a word of our domains, which every address has."""
    plain = word.lower() if set("@.") & set(word) else fold(word) or word
    if "@" not in plain and Academy.objects.filter(domain__contains=plain).exists():
        return Q(address__regex=f"{re.escape(plain)}[^@]*@")
    return Q(address__contains=plain)


def people_of_addresses_holding(word: str, *, limit: int) -> tuple[int, ...]:
    """The people one of whose addresses holds that word, listed or not: at most `limit` of them."""
    rows = MailAddress.objects.filter(_address_holds(word)).order_by("person_id")
    return tuple(rows.values_list("person_id", flat=True).distinct()[:limit])


def listed_person_at(address: str) -> DirectoryEntry | None:
    """The listed person of that address (any case), with function and school; None if there is none."""
    row = (
        MailAddress.objects.filter(address=address.strip().lower(), **IS_LISTED)
        .select_related("person")
        .first()
    )
    if row is None:
        return None
    return DirectoryEntry(row.person_id, row.person.shown_name, row.address, newest_post_label(row.person_id))


def listed_names_by_address(addresses: Collection[str]) -> dict[str, str]:
    """Address (lower case) → the name of its listed person, in one query."""
    rows = MailAddress.objects.filter(address__in=addresses, **IS_LISTED).select_related("person")
    return {row.address: row.person.shown_name for row in rows}


def listed_people(person_ids: Collection[int], *, academy_id: int) -> dict[int, DirectoryEntry]:
    """Person → listed person of that académie, at the primary address, among these people."""
    entries = _entries(Q(person_id__in=person_ids) & Q(person__academy_id=academy_id), len(person_ids))
    return {entry.person_id: entry for entry in entries}


def listed_people_named(name: str, *, academy_id: int, limit: int) -> tuple[DirectoryEntry, ...]:
    """Listed people of that académie who bear every word of a name, in any order, ignoring accents.

    Whole words, unlike `people_by_name`: somebody else's longer name is not taken for a shorter one.
    """
    words = [word for word in fold(name).split("-") if word]
    condition = Q(person__academy_id=academy_id)
    for word in words:
        condition &= Q(person_id__in=NameWord.objects.filter(word=word).values("person_id"))
    return _entries(condition, limit) if words else ()


def listed_people_serving(structure_id: int, day: date, *, limit: int) -> tuple[DirectoryEntry, ...]:
    """Listed people who serve in that establishment that day, by name."""
    served = Assignment.objects.filter(serves_on(day), structure_id=structure_id)
    return _entries(Q(person_id__in=served.values("person_id")), limit)


def _entries(condition: Q, limit: int) -> tuple[DirectoryEntry, ...]:
    rows = MailAddress.objects.filter(condition, is_primary=True, **IS_LISTED).select_related("person")
    chosen = list(rows.order_by("person__sorted_as", "person_id")[:limit])
    details = newest_post_labels([row.person_id for row in chosen])
    return tuple(
        DirectoryEntry(row.person_id, row.person.shown_name, row.address, details.get(row.person_id, ""))
        for row in chosen
    )
