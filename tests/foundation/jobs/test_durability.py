"""What is committed is on disk; what is repeated without harm need not wait for it."""

import pytest
from django.db import connection, transaction

from vaguemestre.foundation.jobs.durability import repeatable


def waits_for_the_disk() -> bool:
    is_postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit" if is_postgresql else "PRAGMA synchronous")
        (value,) = cursor.fetchone()
    return bool(value == "on" if is_postgresql else value >= 2)


@pytest.fixture
def _as_configured() -> None:
    """The server that tests run on waits for no disk, unlike any other."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ALTER ROLE CURRENT_USER SET synchronous_commit TO on")
        connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_as_configured")
def test_commits_wait_for_the_disk_but_those_that_may_be_repeated() -> None:
    assert waits_for_the_disk()
    with repeatable(), transaction.atomic():
        assert not waits_for_the_disk()
    assert waits_for_the_disk()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_as_configured")
def test_what_fails_leaves_the_next_commit_durable() -> None:
    with pytest.raises(ZeroDivisionError), repeatable():
        raise ZeroDivisionError
    assert waits_for_the_disk()
    with repeatable():
        connection.close()
    assert waits_for_the_disk()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_as_configured")
def test_inside_a_transaction_its_own_promise_holds() -> None:
    with transaction.atomic():
        with repeatable():
            assert waits_for_the_disk()
        assert waits_for_the_disk()
