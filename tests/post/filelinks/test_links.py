"""The table of lent files and the store open nothing: the token of a link is in neither."""

from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone
from tests.access.signin.people import account

from vaguemestre.engines.file_store import FileStore
from vaguemestre.post.filelinks import ports, queries, services
from vaguemestre.post.filelinks.http import file_limits


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "deposits")


def rows() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM filelinks_sharedfile")
        return "".join(
            str(bytes(value) if isinstance(value, memoryview) else value)
            for row in cursor.fetchall()
            for value in row
        )


@pytest.mark.django_db
def test_the_token_of_a_link_is_neither_in_the_table_nor_in_the_store(store: FileStore) -> None:
    owner = account()
    with transaction.atomic():
        left = services.share_content(
            owner.pk,
            "a.pdf",
            "application/pdf",
            b"octets",
            store,
            ports.scan.get(),
            file_limits(),
            now=timezone.now(),
        )
    assert left.token not in rows()
    assert left.token not in store.names()
    assert queries.files_of(owner.pk)[0].token == left.token  # its depositor reads the link again
    assert queries.find_available(left.token, timezone.now().date())
    for value in store.names():
        assert queries.find_available(value, timezone.now().date()) is None
