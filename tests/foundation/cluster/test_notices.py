"""A notice is heard when its transaction commits, and only then."""

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction

from vaguemestre.foundation.cluster.notices import notify
from vaguemestre.site.config import load
from vaguemestre.site.database.databases import notice_connection

pytestmark = [
    pytest.mark.skipif(load().database.engine != "postgresql", reason="this run is on SQLite"),
    pytest.mark.django_db(transaction=True),
]


def test_a_notice_is_heard_when_its_transaction_commits() -> None:
    parameters = notice_connection(settings.CONFIG) | {"dbname": connection.settings_dict["NAME"]}
    with psycopg.connect(**parameters, autocommit=True) as listener:
        listener.execute("LISTEN tests")
        with transaction.atomic():
            notify("tests", "undone")
            transaction.set_rollback(True)
        with transaction.atomic():
            notify("tests", "done")
        heard = [notice.payload for notice in listener.notifies(timeout=30, stop_after=1)]
    assert heard == ["done"]
