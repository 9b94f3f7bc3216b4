"""Accounts follow their classes of service, and the engines follow the accounts."""

from dataclasses import replace

import pytest
from tests.access.signin.people import NOON, account

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.class_assignment import (
    assign_classes,
    change_class,
    delete_class,
    give_class,
)
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.handlers import forget_person
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Assignment
from vaguemestre.people.provisioning.queries import expected_mailboxes
from vaguemestre.people.service_classes.models import ClassException
from vaguemestre.people.service_classes.values import NO_CLASS, ClassDraft

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = NOON.date()
LARGE = ClassDraft("Direction", replace(NO_CLASS, quota_mb=9_000, imap=False), functions=("DIR",))


def academy_of(one: Account) -> int:
    assert one.person is not None
    return one.person.academy_id


def serve(one: Account, function: str) -> None:
    assert one.person is not None
    Assignment.objects.filter(person=one.person).update(function=function)


def follow(one: Account) -> str:
    """The name of the class the account has, once everything followed; "" without one."""
    assign_classes(academy_of(one), by="system", now=NOON, today=TODAY)
    one.refresh_from_db()
    return one.service_class.name if one.service_class else ""


def test_an_account_has_the_class_of_its_function_and_the_engines_its_limits() -> None:
    head, other = account("direction"), account("autre")
    serve(head, "DIR")
    change_class(academy_of(head), 0, LARGE, by="test", now=NOON)
    assert (follow(head), follow(other)) == ("Direction", "")
    held = expected_mailboxes(NOON)
    assert (held[head.mailbox].quota_mb, held[head.mailbox].limits.imap) == (9_000, False)
    assert (held[other.mailbox].quota_mb, held[other.mailbox].limits.imap) == (other.quota_mb, True)
    assert Entry.objects.filter(action="credentials.class-set", to=f"account:{head.pk}").count() == 1
    assert assign_classes(academy_of(head), by="system", now=NOON, today=TODAY) == 0


def test_a_class_given_by_name_wins_until_it_is_withdrawn() -> None:
    head = account("direction")
    serve(head, "DIR")
    change_class(academy_of(head), 0, LARGE, by="test", now=NOON)
    own = change_class(academy_of(head), 0, ClassDraft("À part", NO_CLASS), by="test", now=NOON)
    person_id = head.person_id or 0
    give_class(person_id, own, "mission", by="test", now=NOON, today=TODAY)
    assert follow(head) == "À part"
    give_class(person_id, 0, "", by="test", now=NOON, today=TODAY)
    assert follow(head) == "Direction"


def test_the_people_of_a_deleted_class_get_what_is_left() -> None:
    head = account("direction")
    serve(head, "DIR")
    academy_id = academy_of(head)
    class_id = change_class(academy_id, 0, LARGE, by="test", now=NOON)
    change_class(academy_id, 0, ClassDraft("Tous", NO_CLASS, is_for_all=True), by="test", now=NOON)
    assert follow(head) == "Direction"
    delete_class(academy_id, class_id, by="test", now=NOON)
    assert follow(head) == "Tous"
    with pytest.raises(Refusal, match="gone"):
        delete_class(academy_id, class_id, by="test", now=NOON)


def test_one_name_stands_for_one_class_and_one_function_for_one() -> None:
    head = account("direction")
    serve(head, "DIR")
    academy_id = academy_of(head)
    change_class(academy_id, 0, LARGE, by="test", now=NOON)
    with pytest.raises(Refusal, match="name-taken"):
        change_class(academy_id, 0, LARGE, by="test", now=NOON)
    change_class(academy_id, 0, replace(LARGE, name="Chefs"), by="test", now=NOON)
    assert follow(head) == "Chefs"


def test_erasure_forgets_what_was_given_by_name() -> None:
    head = account("direction")
    class_id = change_class(academy_of(head), 0, LARGE, by="test", now=NOON)
    give_class(head.person_id or 0, class_id, "mission", by="test", now=NOON, today=TODAY)
    Account.objects.filter(pk=head.pk).update(state="closed")
    forget_person(PersonErased(head.pk, head.person_id or 0))
    assert not ClassException.objects.exists()
