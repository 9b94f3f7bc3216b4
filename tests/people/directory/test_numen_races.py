"""Two services issue at once: a person has one NUMEN, the one that was told."""

from random import Random

import pytest
from django.db import transaction
from django.utils import timezone
from tests.access.signin.people import account
from tests.access.signin.races import at_once

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.models import NumenRow
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.services import issue_numen
from vaguemestre.people.directory.values import NumenLayout


@pytest.mark.django_db(transaction=True)
def test_of_services_that_issue_at_once_one_does_and_the_others_are_told() -> None:
    person_id = account().person_id
    assert person_id
    keys = numen_keys.get()

    def issue(number: int) -> str:
        try:
            with transaction.atomic(durable=True):
                draw, now = Random(number), timezone.now()
                return str(issue_numen(person_id, NumenLayout.STANDARD, keys, draw, by="test", now=now))
        except Refusal as refusal:
            return refusal.code

    answers = at_once(6, issue)
    assert answers.count("directory.numen-held-already") == 5
    assert NumenRow.objects.filter(person_id=person_id).count() == 1
