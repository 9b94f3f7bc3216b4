"""An académie is known by its mail domain, however its case is written."""

import pytest
from django.db import transaction

from vaguemestre.people.directory.queries import find_academy_id
from vaguemestre.people.directory.services import found_academy


@pytest.mark.django_db
def test_a_domain_in_capitals_is_still_that_of_its_academie() -> None:
    """Found as nobody's, a list of that domain would reach the people of every académie."""
    with transaction.atomic():
        academy_id = found_academy("20", "Académie d’Amiens", "AC-Amiens.test", ("080",))
    assert find_academy_id("ac-amiens.test") == find_academy_id("AC-AMIENS.TEST") == academy_id
    assert find_academy_id("ac-lille.test") == 0
