"""Classes of service changed by several administrators at once."""

import pytest
from tests.access.signin.people import NOON, account
from tests.access.signin.races import at_once
from tests.people.credentials.test_service_classes import LARGE, academy_of

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.class_assignment import change_class, delete_class, give_class
from vaguemestre.people.service_classes.models import ServiceClass
from vaguemestre.people.service_classes.values import NO_CLASS, ClassDraft

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_classes_of_one_name_made_at_once_are_one() -> None:
    academy_id = academy_of(account("direction"))

    def make(_runner: int) -> str:
        try:
            change_class(academy_id, 0, LARGE, by="test", now=NOON)
        except Refusal as refusal:
            return refusal.code
        return "made"

    assert sorted(at_once(4, make)) == ["made", *["service_classes.name-taken"] * 3]
    assert ServiceClass.objects.count() == 1


def test_a_class_given_while_it_is_deleted_is_given_or_gone() -> None:
    head = account("direction")
    assert head.person_id
    person_id, academy_id = head.person_id, academy_of(head)
    for number in range(6):
        class_id = change_class(academy_id, 0, ClassDraft(f"Classe {number}", NO_CLASS), by="test", now=NOON)

        def act(runner: int, class_id: int = class_id) -> str:
            try:
                if runner:
                    delete_class(academy_id, class_id, by="test", now=NOON)
                else:
                    give_class(person_id, class_id, "essai", by="test", now=NOON, today=NOON.date())
            except Refusal as refusal:
                return refusal.code
            return "done"

        assert set(at_once(2, act)) <= {"done", "service_classes.gone"}
        assert not ServiceClass.objects.exists()


def test_a_function_claimed_by_two_classes_at_once_is_of_one() -> None:
    academy_id = academy_of(account("direction"))

    def make(runner: int) -> str:
        draft = ClassDraft(f"Classe {runner}", NO_CLASS, functions=("DIR", "DOC"), categories=("teacher",))
        change_class(academy_id, 0, draft, by="test", now=NOON)
        return "made"

    assert at_once(4, make) == ["made"] * 4
