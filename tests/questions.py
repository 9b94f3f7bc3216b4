"""What a block asks of the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

# On PostgreSQL, asked at each request while nobody hears other machines: in an installation somebody does.
_OF_DEAF_MACHINES = "SELECT changes, endings FROM signin_revocationcounter"


@contextmanager
def questions() -> Iterator[list[str]]:
    """The SQL of the block, filled in at its end, apart from what only a machine without a listener asks."""
    told: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield told
    asked = (query["sql"] for query in captured.captured_queries)
    told += [sql for sql in asked if not sql.startswith(_OF_DEAF_MACHINES)]
