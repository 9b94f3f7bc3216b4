"""The same handed-over code typed in several browsers at once, and several codes handed over at once."""

import pytest
from django.db import transaction
from django.utils import timezone
from tests.access.signin.people import account
from tests.access.signin.races import at_once

from vaguemestre.access.assistant.models import IssuedCode
from vaguemestre.access.assistant.rules.issued_codes import issued_marks
from vaguemestre.access.assistant.services import issue_code
from vaguemestre.access.assistant.services.issued_codes import use_issued_code
from vaguemestre.access.assistant.services.password_choice import choose_password
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import recovery_mark


@pytest.mark.django_db(transaction=True)
def test_a_code_used_by_several_at_once_serves_one() -> None:
    ines, keys = account("ines").pk, secret_keys.get()
    with transaction.atomic():
        code = issue_code(ines, keys, by="test", now=timezone.now(), drops_factors=True)
    mark = issued_marks(code, ines, keys)[0]

    def use(_: int) -> bool | None:
        with transaction.atomic(durable=True):
            return use_issued_code(ines, mark, now=timezone.now())

    answers = at_once(6, use)
    assert answers.count(True) == 1
    assert answers.count(None) == 5


@pytest.mark.django_db(transaction=True)
def test_of_codes_issued_at_once_the_last_alone_is_valid() -> None:
    ines, keys = account("ines").pk, secret_keys.get()

    def issue(_: int) -> str:
        with transaction.atomic(durable=True):
            return issue_code(ines, keys, by="test", now=timezone.now())

    at_once(6, issue)
    assert IssuedCode.objects.filter(account_id=ines, used_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_several_who_proved_the_same_code_one_chooses_the_password() -> None:
    """Parallel requests of one browser each have the proof: its session alone says that the code served."""
    ines, keys = account("ines").pk, secret_keys.get()
    former = recovery_mark(ines)

    def choose(number: int) -> bool:
        words = f"sept nuages et {number} toits"
        return choose_password(ines, words, keys, mark="", former=former, now=timezone.now())

    assert at_once(4, choose).count(True) == 1
