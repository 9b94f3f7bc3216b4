"""The tests run on the database that was asked for."""

import pytest
from django.db import connection

from vaguemestre.site.config import load


@pytest.mark.django_db
def test_the_database_is_the_one_the_configuration_names() -> None:
    assert connection.vendor == load().database.engine
