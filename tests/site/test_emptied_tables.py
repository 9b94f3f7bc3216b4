"""Between two tests every table is emptied, whatever a page still writes meanwhile."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from tests import last_requests, own_database
from tests.access.signin.people import account

from vaguemestre.people.credentials.models import Account


@pytest.mark.django_db(transaction=True)
def test_what_a_page_writes_while_tables_are_looked_at_goes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    account("marie")
    filled_tables, looks = own_database.filled_tables, 0

    def before_the_last_request() -> list[str]:
        nonlocal looks
        looks += 1
        seen = filled_tables()
        return [table for table in seen if looks > 1 or table != Account._meta.db_table]

    monkeypatch.setattr(own_database, "filled_tables", before_the_last_request)
    own_database.empty_tables()
    assert Account.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_what_is_written_once_tables_are_empty_goes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    filled_tables, looks = own_database.filled_tables, 0

    def after_the_first_emptying() -> list[str]:
        nonlocal looks
        looks += 1
        if looks == 2:
            account("marie")
        return filled_tables()

    account("paul")
    monkeypatch.setattr(own_database, "filled_tables", after_the_first_emptying)
    own_database.empty_tables()
    assert looks > 2
    assert Account.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_request_under_way_ends_before_the_tables_are_emptied(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def answer() -> None:
        with last_requests.counted():
            begun.set()
            may_end.wait(60)
            account("marie")
            connection.close()

    def wait(*, really: Callable[[], None] = last_requests.wait_for_their_end) -> None:
        may_end.set()
        really()

    thread = threading.Thread(target=answer)
    thread.start()
    begun.wait(60)
    monkeypatch.setattr(last_requests, "wait_for_their_end", wait)
    own_database.empty_tables()
    thread.join()
    assert Account.objects.count() == 0
