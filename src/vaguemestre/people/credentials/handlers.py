"""Accounts follow what gives classes of service."""

from collections import defaultdict
from collections.abc import Collection

from django.utils import timezone

from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.class_assignment import assign_classes
from vaguemestre.people.credentials.events import AccountsOpened, ClassesChanged, PersonErased
from vaguemestre.people.credentials.queries import is_closed, people_of_accounts
from vaguemestre.people.directory.events import PeopleChanged
from vaguemestre.people.directory.queries import academies_of
from vaguemestre.people.service_classes import services as service_classes

_BY = "system"


def follow_classes(event: ClassesChanged) -> None:
    """Reassign the accounts of the académie after a change of its service classes."""
    now = timezone.now()
    assign_classes(event.academy_id, by=_BY, now=now, today=paris_day(now))


def follow_people(event: PeopleChanged) -> None:
    """Reassign service classes after a change of posts or category."""
    _assign(event.person_ids)


def follow_new_accounts(event: AccountsOpened) -> None:
    """A new account has its class before its mailbox is made."""
    _assign(people_of_accounts(event.account_ids))


def forget_person(event: PersonErased) -> None:
    """Delete the data of a person erased from the directory (GDPR art. 17)."""
    if is_closed(event.account_id):
        service_classes.forget_person(event.person_id)


def _assign(person_ids: Collection[int]) -> None:
    now, by_academy = timezone.now(), defaultdict[int, list[int]](list)
    for person_id, academy_id in academies_of(person_ids).items():
        by_academy[academy_id].append(person_id)
    for academy_id, people in by_academy.items():
        assign_classes(academy_id, people, by=_BY, now=now, today=paris_day(now))
