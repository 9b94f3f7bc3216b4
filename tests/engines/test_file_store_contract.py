"""What every place of files promises: a folder of this machine, and S3 (moto, a test server)."""

import io
import secrets
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.engines.s3 import bucket_of_moto

from vaguemestre.engines import object_store
from vaguemestre.engines.file_store import FileStore
from vaguemestre.engines.object_store import Bucket, ObjectStore
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.foundation.kernel.file_store import MAX_PIECE_BYTES

type Store = FileStore | ObjectStore
MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with bucket_of_moto() as made:
        yield made


@pytest.fixture(params=("folder", pytest.param("s3", marks=pytest.mark.heavy)))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return FileStore(tmp_path / "files")
    return ObjectStore(request.getfixturevalue("bucket"), secrets.token_hex(8))


def read(store: Store, name: str) -> bytes:
    with store.open(name) as content:
        return content.read()


def test_pieces_that_follow_each_other_are_one_content(store: Store) -> None:
    assert store.append("carte.pdf", 0, b"un, ") == 4
    assert store.append("carte.pdf", 4, b"deux, ") == 10
    assert store.append("carte.pdf", 10, b"trois") == 15
    assert read(store, "carte.pdf") == b"un, deux, trois"
    assert store.names() == {"carte.pdf"}


@pytest.mark.heavy
def test_a_piece_that_comes_again_changes_nothing(store: Store) -> None:
    store.append("carte.pdf", 0, b"un, ")
    store.append("carte.pdf", 4, b"deux")
    assert store.append("carte.pdf", 0, b"UN, ") == 8
    assert store.append("carte.pdf", 4, b"DEUX") == 8
    assert store.append("carte.pdf", 2, b"!!") == 8
    assert read(store, "carte.pdf") == b"un, deux"


def test_a_piece_that_would_leave_a_gap_is_not_taken(store: Store) -> None:
    assert store.append("carte.pdf", 4, b"deux") == 0
    store.append("carte.pdf", 0, b"un, ")
    assert store.append("carte.pdf", 3 * MAX_PIECE_BYTES, b"trop loin") == 4
    assert read(store, "carte.pdf") == b"un, "


def test_an_empty_file_is_one(store: Store) -> None:
    assert store.append("vide", 0, b"") == 0
    assert read(store, "vide") == b""
    assert store.append("vide", 0, b"plus") == 4
    assert read(store, "vide") == b"plus"


def test_a_content_is_sought_and_read_across_its_pieces(store: Store) -> None:
    content = secrets.token_bytes(30_000)
    for start in range(0, len(content), 7_000):
        store.append("carte.pdf", start, content[start : start + 7_000])
    with store.open("carte.pdf") as file:
        assert file.seek(0, io.SEEK_END) == len(content)
        assert file.read(10) == b""
        for start, size in ((6_990, 20), (0, 5), (29_990, 100), (13_999, 2), (14_000, 7_001)):
            file.seek(start)
            assert file.read(size) == content[start : start + size]
        file.seek(7_000)
        file.seek(1, io.SEEK_CUR)
        assert file.read(3) == content[7_001:7_004]


def test_what_is_removed_is_gone_and_may_be_removed_again(store: Store) -> None:
    store.append("carte.pdf", 0, b"un, ")
    store.append("carte.pdf", 4, b"deux")
    store.append("carte.pdf.new", 0, b"autre")
    store.remove("carte.pdf")
    store.remove("carte.pdf")
    with pytest.raises(FileNotFoundError):
        store.open("carte.pdf")
    assert store.names() == {"carte.pdf.new"}
    assert store.append("carte.pdf", 0, b"encore") == 6
    assert read(store, "carte.pdf") == b"encore"


def test_a_file_that_is_cut_goes_on_from_there(store: Store) -> None:
    for start in (0, 10, 20):
        store.append("boite.mbox", start, b"0123456789")
    store.cut("boite.mbox", 14)
    assert read(store, "boite.mbox") == b"01234567890123"
    assert store.append("boite.mbox", 14, b"suite") == 19
    store.cut("boite.mbox", 10)
    assert store.append("boite.mbox", 10, b"!") == 11
    assert read(store, "boite.mbox") == b"0123456789!"
    with pytest.raises(FileNotFoundError):
        store.cut("boite.mbox", 12)
    store.cut("boite.mbox", 0)
    assert store.append("boite.mbox", 0, b"autre") == 5
    store.cut("nulle-part", 0)


def test_a_content_is_read_as_a_file_of_this_machine(store: Store) -> None:
    for start in (0, 10, 20):
        store.append("boite.zip", start, b"0123456789")
    with store.local("boite.zip") as path:
        assert path.read_bytes() == b"0123456789" * 3
    with pytest.raises(FileNotFoundError), store.local("nulle-part"):
        pass


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a/b", "..", ".cache", "a\n", "x" * 200])
def test_no_name_leads_elsewhere(store: Store, name: str) -> None:
    with pytest.raises(FileNotFoundError):
        store.open(name)
    with pytest.raises(FileNotFoundError):
        store.append(name, 0, b"un")
    with pytest.raises(FileNotFoundError):
        store.remove(name)


def test_a_large_content_passes_without_being_held(store: Store) -> None:
    piece, pieces = bytes(4 * MEGABYTE), 6
    store.append("autre", 0, b"x")  # what boto3 loads for itself
    tracemalloc.start()
    for number in range(pieces):
        assert store.append("film", number * len(piece), piece) == (number + 1) * len(piece)
    with store.open("film") as file:
        count = 0
        while part := file.read(MEGABYTE):
            count += len(part)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == pieces * len(piece)
    assert peak < 10 * MEGABYTE


@pytest.mark.heavy
def test_more_pieces_than_one_listing_tells_are_found(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_store, "_KEYS_PER_PAGE", 2)
    store = ObjectStore(bucket, secrets.token_hex(8))
    for number in range(7):
        assert store.append("film", number, b"x") == number + 1
    assert store.append("film", 3, b"y") == 7
    assert read(store, "film") == b"x" * 7
    store.remove("film")
    assert store.names() == set()


@pytest.mark.heavy
def test_a_removal_cut_short_leaves_nothing_that_opens(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ObjectStore(bucket, secrets.token_hex(8))
    for number in range(3):
        store.append("film", number, b"x")
    pieces = list(store._pieces(store._folder("film")))
    monkeypatch.setattr(ObjectStore, "_pieces", lambda *_, **__: iter(pieces[:1]))
    store.remove("film")
    monkeypatch.undo()
    with pytest.raises(FileNotFoundError):
        store.open("film")
    store.remove("film")
    assert store.names() == set()


@pytest.mark.heavy
def test_a_service_that_is_away_is_an_engine_that_is_down(bucket: Bucket) -> None:
    store = ObjectStore(replace(bucket, url="http://127.0.0.1:9"), "files")
    with pytest.raises(EngineDown):
        store.append("carte.pdf", 0, b"un")
    with pytest.raises(EngineDown):
        store.open("carte.pdf")
    refused = ObjectStore(replace(bucket, name="un-autre-seau"), "files")
    with pytest.raises(EngineDown):
        refused.append("carte.pdf", 0, b"un")
