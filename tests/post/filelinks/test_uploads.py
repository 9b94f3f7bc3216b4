"""Chunks of an upload: what the disk does keeps no other writer of the database waiting."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone
from tests.access.signin.people import account

from vaguemestre.engines.file_store import FileStore
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.filelinks import services
from vaguemestre.post.filelinks.http import file_limits
from vaguemestre.post.filelinks.models import SharedFile
from vaguemestre.post.filelinks.ports import scan
from vaguemestre.post.filelinks.values import Filelink

CONTENT = bytes(range(256)) * 40


class MeddlingStore(FileStore):
    """Does something else before it answers a first append, as another request would."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.in_transaction: list[bool] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def append(self, name: str, offset: int, content: bytes) -> int:
        self.in_transaction.append(connection.in_atomic_block)
        end = super().append(name, offset, content)
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        return end


@pytest.fixture
def store(tmp_path: Path) -> MeddlingStore:
    return MeddlingStore(tmp_path / "deposits")


@pytest.fixture
def nicolas(transactional_db: None) -> Account:
    return account()


@pytest.fixture
def begun(nicolas: Account, store: FileStore) -> Filelink:
    with transaction.atomic(durable=True):
        return services.begin_upload(
            nicolas.pk, "a.zip", "application/zip", len(CONTENT), store, file_limits(), now=timezone.now()
        )


def add(who: Account, file: Filelink, store: FileStore, start: int, end: int) -> int:
    return services.append_chunk(who.pk, file.id, start, CONTENT[start:end], store, scan.get())


def received() -> int:
    return SharedFile.objects.get().received


def test_a_chunk_is_on_disk_before_the_database_is_locked(
    nicolas: Account, begun: Filelink, store: MeddlingStore
) -> None:
    assert add(nicolas, begun, store, 0, 4000) == 4000
    assert add(nicolas, begun, store, 4000, len(CONTENT)) == len(CONTENT) == received()
    assert store.in_transaction == [False, False]


def test_a_chunk_saved_after_a_later_one_takes_nothing_back(
    nicolas: Account, begun: Filelink, store: MeddlingStore
) -> None:
    store.meanwhile = lambda: add(nicolas, begun, store, 4000, 8000)
    assert add(nicolas, begun, store, 0, 4000) == 8000 == received()
    store.meanwhile = lambda: add(nicolas, begun, store, 9000, len(CONTENT))
    assert add(nicolas, begun, store, 8000, 9000) == len(CONTENT) == received()


def test_a_file_withdrawn_during_a_chunk_leaves_nothing_on_disk(
    nicolas: Account, begun: Filelink, store: MeddlingStore
) -> None:
    store.meanwhile = lambda: services.withdraw_file(
        nicolas.pk, begun.id, store, by="test", now=timezone.now()
    )
    with pytest.raises(Refusal, match="gone"):
        add(nicolas, begun, store, 0, 4000)
    store.append("x", 0, b"")  # the folder is there
    assert store.names() == {"x"}


def test_a_file_that_lost_octets_goes_on_from_what_is_left(
    nicolas: Account, begun: Filelink, store: MeddlingStore
) -> None:
    add(nicolas, begun, store, 0, 8000)
    store.cut(next(iter(store.names())), 3000)
    assert add(nicolas, begun, store, 8000, 9000) == 3000 == received()
    assert add(nicolas, begun, store, 3000, len(CONTENT)) == len(CONTENT) == received()
