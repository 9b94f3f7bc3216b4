"""Imports and exports whose files are on S3 (moto, a test server): any machine goes on with another's."""

from collections.abc import Iterator

import pytest
from tests.engines.s3 import bucket_of_moto
from tests.mailbox.portability.test_import import NOW, archive, box_of
from tests.mailbox.portability.test_sealed import AMIENS, EPHEMERAL, LILLE, PARTS

from vaguemestre.engines.archives.detection import open_archive
from vaguemestre.engines.archives.transfer_archive import TransferArchive
from vaguemestre.engines.memory.transfer_store import MemoryStore
from vaguemestre.engines.object_store import Bucket, ObjectStore
from vaguemestre.mailbox.portability.services import (
    StoredFile,
    export_folders,
    import_messages,
    pack,
    write_sealed,
)
from vaguemestre.mailbox.portability.values import Tally

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with bucket_of_moto() as made:
        yield made


def mailbox() -> MemoryStore:
    store = MemoryStore()
    folders = (("", box_of(1, 2, 3), True), ("Projets", box_of(4, 5), True))
    import_messages(store, archive(*folders), Tally(), now=NOW)
    return store


def test_an_export_goes_on_from_machine_to_machine_and_comes_back_whole(bucket: Bucket) -> None:
    store, other, tally = mailbox(), MemoryStore(), Tally()
    while not tally.is_over:  # each time another machine, which has the bucket alone
        files = ObjectStore(bucket, "moves")
        tally = export_folders(
            store,
            lambda name, files=files: StoredFile(files, f"export.{name}"),
            tally,
            enough=lambda _: True,
        )
    pack(lambda name: StoredFile(files, f"export.{name}"), StoredFile(files, "export"), [])
    with ObjectStore(bucket, "moves").local("export") as path, open_archive(path, "export.zip") as source:
        assert import_messages(other, source, Tally(), now=NOW).known == 0
    assert other.folders == store.folders


def test_what_a_killed_machine_wrote_after_its_cursor_is_not_twice_in_the_export(bucket: Bucket) -> None:
    store, other, files = mailbox(), MemoryStore(), ObjectStore(bucket, "killed")

    def work(name: str) -> StoredFile:
        return StoredFile(files, f"export.{name}")

    kept = export_folders(store, work, Tally(), enough=lambda _: True)
    export_folders(store, work, kept, enough=lambda tally: tally.added == 3)  # killed: its cursor is lost
    assert export_folders(store, work, kept).added == 5
    pack(work, StoredFile(files, "export"), [])
    with files.local("export") as path, open_archive(path, "export.zip") as source:
        assert import_messages(other, source, Tally(), now=NOW).known == 0
    assert other.folders == store.folders


def test_an_export_whose_work_is_gone_begins_anew(bucket: Bucket) -> None:
    store, files = mailbox(), ObjectStore(bucket, "gone")
    kept = export_folders(
        store, lambda name: StoredFile(files, f"a.{name}"), Tally(), enough=lambda tally: tally.added == 4
    )
    assert export_folders(store, lambda name: StoredFile(files, f"b.{name}"), kept).added == 5


def test_a_sealed_archive_written_in_slices_opens_where_it_is_for(bucket: Bucket) -> None:
    store, tally = mailbox(), Tally()
    while not tally.is_over:
        tally = write_sealed(
            store,
            StoredFile(ObjectStore(bucket, "sealed"), "depart"),
            tally,
            LILLE,
            AMIENS.card,
            ephemeral=EPHEMERAL,
            parts=lambda: PARTS,
            enough=lambda _: True,
        )
    with ObjectStore(bucket, "sealed").local("depart") as path, path.open("rb") as file:
        source = TransferArchive(file, path.stat().st_size, AMIENS, {LILLE.card.domain: LILLE.card})
        other = MemoryStore()
        import_messages(other, source, Tally(), now=NOW)
        assert source.parts() == dict(PARTS)
    assert other.folders == store.folders
