"""A replacement typed on the page of absences is chosen before it is saved."""

from collections.abc import Iterator

import pytest
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import account
from tests.mailbox.sorting.samples import memory_sieve
from tests.mailbox.sorting.test_absence_page import ADDRESS, typed

from vaguemestre.engines.memory.scripts import MemorySieve
from vaguemestre.mailbox.sorting import queries
from vaguemestre.mailbox.sorting.values import Place

pytestmark = pytest.mark.django_db

ASKED = "Choisissez le remplaçant parmi les personnes trouvées, ou videz son nom."


@pytest.fixture
def sieve() -> Iterator[MemorySieve]:
    with memory_sieve() as fake:
        yield fake


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_name_typed_but_not_chosen_is_asked_for(sieve: MemorySieve, headers: dict[str, str]) -> None:
    nicolas = account()
    client = signed_in(nicolas)
    answer = client.post(ADDRESS, typed(query="morel"), headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert ASKED in page
    assert 'value="morel"' in page  # what was typed stays, and is searched for
    assert "Personne de ce nom dans l’annuaire." in page
    assert queries.absence_of(nicolas.pk, Place.FIRST) is None


@pytest.mark.parametrize("left", [{"query": " "}, {"query": "morel", "is_on": ""}])
def test_no_name_is_asked_for_when_none_is_typed_or_nothing_is_on(
    sieve: MemorySieve, left: dict[str, str]
) -> None:
    assert signed_in(account()).post(ADDRESS, typed(**left)).status_code == 200


def test_a_name_chosen_is_saved(sieve: MemorySieve) -> None:
    nicolas = account()
    chosen = typed(query="morel", replacement=str(nicolas.person_id))
    assert signed_in(nicolas).post(ADDRESS, chosen).status_code == 200
    saved = queries.absence_of(nicolas.pk, Place.FIRST)
    assert saved is not None
    assert saved.replacement_id == nicolas.person_id
