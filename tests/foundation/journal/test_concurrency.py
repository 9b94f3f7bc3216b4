"""Who writes in the journal holds up nobody, and the chain holds whatever the order of commits."""

from collections.abc import Callable
from threading import Event, Thread

import pytest
from django.db import connection, connections, transaction
from tests.access.signin.people import NOON, account
from tests.access.signin.test_services import asked, tried
from tests.foundation.journal.chain import sealed_journal

from vaguemestre.access.signin.values import Granted
from vaguemestre.foundation.journal.models import Entry, EntrySeal
from vaguemestre.foundation.journal.services import Line, record_many
from vaguemestre.site.config import load

pytestmark = [
    pytest.mark.skipif(load().database.engine != "postgresql", reason="this run is on SQLite"),
    pytest.mark.django_db(transaction=True),
]


def in_its_own_connection(work: Callable[[], None]) -> Thread:
    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = Thread(target=run)
    thread.start()
    return thread


def waiting_for_a_lock() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return int(cursor.fetchone()[0])


def test_a_batch_of_a_feed_holds_up_no_sign_in() -> None:
    account()
    written, may_commit = Event(), Event()

    def apply_batch() -> None:
        with transaction.atomic():
            record_many(Line("intake.changed", f"person:{number}", "cli", NOON) for number in range(500))
            written.set()
            may_commit.wait()

    feed = in_its_own_connection(apply_batch)
    try:
        assert written.wait(60)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1ms'")  # whoever has to wait for the feed fails
        assert isinstance(tried(asked()), Granted)
        assert not isinstance(tried(asked(secret="autre chose")), Granted)
        assert waiting_for_a_lock() == 0
        assert set(Entry.objects.values_list("action", flat=True)) == {"signin.refused"}
        state = sealed_journal()
        assert (state.holds, state.lines) == (True, 1)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
        may_commit.set()
        feed.join()
    first_of_feed = Entry.objects.filter(action="intake.changed").order_by("pk")[0]
    refused = Entry.objects.get(action="signin.refused")
    assert first_of_feed.pk < refused.pk, "the feed took its numbers first and was committed last"
    state = sealed_journal()
    assert (state.holds, state.lines) == (True, 501)
    assert EntrySeal.objects.get(entry=refused).number < EntrySeal.objects.get(entry=first_of_feed).number


def test_a_second_sealer_leaves_the_lines_to_the_first() -> None:
    record_many([Line("tests.happened", "thing:1", "cli", NOON)])
    locked, may_end = Event(), Event()

    def seal_slowly() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (0x5641_4755,))
            locked.set()
            may_end.wait()

    first = in_its_own_connection(seal_slowly)
    try:
        assert locked.wait(60)
        assert sealed_journal().waiting == 1
    finally:
        may_end.set()
        first.join()
    assert sealed_journal().lines == 1
