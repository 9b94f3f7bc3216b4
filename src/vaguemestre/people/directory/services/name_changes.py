"""Consequences of a change of name: primary address, sort order, indexed words."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import batched, groupby

from vaguemestre.people.directory.models import MailAddress, NameWord, Person, TakenName
from vaguemestre.people.directory.rules.names import address_base, name_words, sorted_as
from vaguemestre.people.directory.services.names import allocate_local_parts

_BATCH = 500


def assign_primary_addresses(people: Collection[Person]) -> None:
    """Give renamed people a primary address of their new name; a former one of that name comes back.

    The address they had still receives and no longer sends (docs/domain.md §2.3).
    Inside the caller's transaction.
    """
    for batch in batched(people, _BATCH):
        addresses = _addresses(batch)
        matches = [(person, _address_of_current_name(person, addresses[person.pk])) for person in batch]
        renamed = [(person, match) for person, match in matches if not (match and match.is_primary)]
        MailAddress.objects.filter(person__in=[person for person, _ in renamed]).update(
            is_primary=False, may_send=False
        )
        restored = [match.pk for _, match in renamed if match]
        MailAddress.objects.filter(pk__in=restored).update(is_primary=True, may_send=True)
        _create_primary_addresses([person for person, match in renamed if match is None])


def reindex_names(people: Collection[Person]) -> None:
    """Index and sort renamed people by their new names. Inside the caller's transaction."""
    for person in people:
        person.sorted_as = sorted_as(person.shown_first_name, person.shown_last_name)
    Person.objects.bulk_update(people, ("sorted_as",), batch_size=_BATCH)
    for batch in batched(people, _BATCH):
        NameWord.objects.filter(person__in=batch).delete()
    index_names(people)


def index_names(people: Iterable[Person]) -> None:
    """Index the words of people's shown names."""
    NameWord.objects.bulk_create(
        [
            NameWord(person=person, word=word)
            for person in people
            for word in name_words(person.shown_first_name, person.shown_last_name)
        ],
        batch_size=_BATCH,
    )


def _addresses(people: Iterable[Person]) -> dict[int, list[MailAddress]]:
    by_person = defaultdict[int, list[MailAddress]](list)
    for row in MailAddress.objects.filter(person__in=people).order_by("id"):
        by_person[row.person_id].append(row)
    return by_person


def _address_of_current_name(person: Person, addresses: Sequence[MailAddress]) -> MailAddress | None:
    base = address_base(person.shown_first_name, person.shown_last_name)
    pattern = re.compile(rf"{re.escape(base)}[0-9]*@{re.escape(person.academy.domain)}")
    return next((row for row in addresses if pattern.fullmatch(row.address)), None)


def _create_primary_addresses(people: Iterable[Person]) -> None:
    in_order = sorted(people, key=lambda person: (person.academy.domain, person.pk))
    for domain, of_domain in groupby(in_order, lambda person: person.academy.domain):
        named = list(of_domain)
        local_parts = allocate_local_parts([(p.shown_first_name, p.shown_last_name) for p in named], domain)
        addresses = [f"{local}@{domain}" for local in local_parts]
        pairs = list(zip(named, addresses, strict=True))
        kind = TakenName.Kind.ADDRESS
        TakenName.objects.bulk_create([TakenName(kind=kind, name=a, person=p) for p, a in pairs])
        MailAddress.objects.bulk_create([MailAddress(person=p, address=a, is_primary=True) for p, a in pairs])
