"""What follows a changed name: the primary address, the order, what the directory finds somebody by."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import batched, groupby

from vaguemestre.people.directory.models import MailAddress, NameWord, Person, TakenName
from vaguemestre.people.directory.rules.names import address_base, name_words, sorted_as
from vaguemestre.people.directory.services.names import free_locals

_BATCH = 500


def readdress(people: Collection[Person]) -> None:
    """A new primary address for a new name; one the person had before comes back.

    The former address still receives and no longer sends (docs/domain.md §2.3).
    Inside the caller's transaction.
    """
    for some in batched(people, _BATCH):
        held = _addresses(some)
        moving = [(person, _of_that_name(person, held[person.pk])) for person in some]
        moving = [(person, former) for person, former in moving if not (former and former.is_primary)]
        MailAddress.objects.filter(person__in=[person for person, _ in moving]).update(
            is_primary=False, may_send=False
        )
        back = [former.pk for _, former in moving if former]
        MailAddress.objects.filter(pk__in=back).update(is_primary=True, may_send=True)
        _give_addresses([person for person, former in moving if former is None])


def reword(people: Collection[Person]) -> None:
    """People of another name are found, and put in order, by it. Inside the caller's transaction."""
    for person in people:
        person.sorted_as = sorted_as(person.shown_first_name, person.shown_last_name)
    Person.objects.bulk_update(people, ("sorted_as",), batch_size=_BATCH)
    for some in batched(people, _BATCH):
        NameWord.objects.filter(person__in=some).delete()
    keep_words(people)


def keep_words(people: Iterable[Person]) -> None:
    """What the directory finds them by."""
    NameWord.objects.bulk_create(
        [
            NameWord(person=person, word=word)
            for person in people
            for word in name_words(person.shown_first_name, person.shown_last_name)
        ],
        batch_size=_BATCH,
    )


def _addresses(people: Iterable[Person]) -> dict[int, list[MailAddress]]:
    held = defaultdict[int, list[MailAddress]](list)
    for row in MailAddress.objects.filter(person__in=people).order_by("id"):
        held[row.person_id].append(row)
    return held


def _of_that_name(person: Person, addresses: Sequence[MailAddress]) -> MailAddress | None:
    base = address_base(person.shown_first_name, person.shown_last_name)
    pattern = re.compile(rf"{re.escape(base)}[0-9]*@{re.escape(person.academy.domain)}")
    return next((row for row in addresses if pattern.fullmatch(row.address)), None)


def _give_addresses(people: Iterable[Person]) -> None:
    in_order = sorted(people, key=lambda person: (person.academy.domain, person.pk))
    for domain, some in groupby(in_order, lambda person: person.academy.domain):
        named = list(some)
        found = free_locals([(p.shown_first_name, p.shown_last_name) for p in named], domain)
        addresses = [f"{local}@{domain}" for local in found]
        given = list(zip(named, addresses, strict=True))
        kind = TakenName.Kind.ADDRESS
        TakenName.objects.bulk_create([TakenName(kind=kind, name=a, person=p) for p, a in given])
        MailAddress.objects.bulk_create([MailAddress(person=p, address=a, is_primary=True) for p, a in given])
