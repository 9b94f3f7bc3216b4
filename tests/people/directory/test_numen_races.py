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
from vaguemestre.people.directory.rules.numen_vault import digest
from vaguemestre.people.directory.rules.numens import parse_numen
from vaguemestre.people.directory.services import change_person, issue_numen
from vaguemestre.people.directory.values import NumenLayout, PersonChange


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


@pytest.mark.django_db(transaction=True)
def test_a_numen_that_a_feed_brings_while_services_issue_breaks_neither() -> None:
    """The feed has the last word, or the service is told that there is one already."""
    person_id = account().person_id
    assert person_id
    keys, brought = numen_keys.get(), parse_numen("20E9511111CCC")

    def act(number: int) -> str:
        try:
            with transaction.atomic(durable=True):
                now = timezone.now()
                if number % 2:
                    change_person(PersonChange(person_id, numen=brought), keys, by="feed", now=now)
                    return "brought"
                issue_numen(person_id, NumenLayout.STANDARD, keys, Random(number), by="test", now=now)
                return "issued"
        except Refusal as refusal:
            return refusal.code

    answers = at_once(6, act)
    assert answers.count("brought") == 3
    assert answers.count("issued") <= 1
    assert NumenRow.objects.get(person_id=person_id, is_current=True).digest == digest(brought, keys)
