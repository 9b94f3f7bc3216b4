"""Everything comes in, each message once, wherever the work was cut."""

import io
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.engines.archives.detection import open_archive
from vaguemestre.engines.archives.members import Archive, Member
from vaguemestre.engines.file_store import FileStore
from vaguemestre.engines.memory.transfer_store import MemoryStore
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.mailbox.portability.ports import MailboxFull
from vaguemestre.mailbox.portability.rules import mbox
from vaguemestre.mailbox.portability.rules import tally as counting
from vaguemestre.mailbox.portability.services import (
    LocalFile,
    StoredFile,
    export_folders,
    import_messages,
    pack,
)
from vaguemestre.mailbox.portability.values import Piece, Tally

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


def letter(number: int, text: str = "Bonjour") -> bytes:
    return (
        f"From: a@x.example\r\nDate: Mon, 2 Nov 2026 08:00:00 +0100\r\nMessage-ID: <{number}@x.example>\r\n"
        f"Subject: n° {number}\r\n\r\n{text}\r\n"
    ).encode()


def with_header_of(octets: int) -> bytes:
    """A message with that many octets of header, in lines that any server takes."""
    line = b"X-Long: " + b"x" * 490 + b"\r\n"
    return line * (octets // len(line)) + letter(1)


def archive(*members: tuple[str, bytes, bool]) -> Archive:
    return Archive(
        [
            Member(
                folder,
                folder,
                len(content),
                lambda content=content: nullcontext(io.BytesIO(content)),
                is_mbox,
            )
            for folder, content, is_mbox in members
        ]
    )


def box_of(*numbers: int) -> bytes:
    return b"".join(mbox.mbox_bytes(letter(number), frozenset({"\\Seen"}), NOW) for number in numbers)


def test_messages_come_in_with_their_folders_flags_and_dates() -> None:
    store = MemoryStore()
    tally = import_messages(
        store, archive(("Envoyés", box_of(1, 2), True), ("Projets", letter(3), False)), Tally(), now=NOW
    )
    assert (tally.added, tally.known, tally.left_count, tally.is_over) == (3, 0, 0, True)
    assert [(one.content, one.flags, one.date) for one in store.folders["Sent"]] == [
        (letter(1), {"\\Seen"}, NOW),
        (letter(2), {"\\Seen"}, NOW),
    ]
    assert store.folders["Projets"][0].date == datetime(2026, 11, 2, 7, tzinfo=UTC)


def test_a_second_time_adds_nothing() -> None:
    store, source = MemoryStore(), archive(("", box_of(1, 2, 3), True))
    import_messages(store, source, Tally(), now=NOW)
    tally = import_messages(store, source, Tally(), now=NOW)
    assert (tally.added, tally.known) == (0, 3)
    assert len(store.folders["INBOX"]) == 3


def test_a_full_mailbox_stops_it_and_what_came_is_known_the_next_time() -> None:
    store, source = MemoryStore(room=2), archive(("", box_of(1, 2, 3), True))
    with pytest.raises(MailboxFull):
        import_messages(store, source, Tally(), now=NOW)
    store._room = 10
    assert import_messages(store, source, Tally(), now=NOW).added == 1
    assert len(store.folders["INBOX"]) == 3


def test_a_message_that_is_too_large_stays_and_the_others_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaguemestre.engines.archives.members.MAX_MESSAGE_BYTES", 400)
    source = archive(("", mbox.mbox_bytes(letter(1, "x" * 600), frozenset(), NOW) + box_of(2), True))
    tally = import_messages(MemoryStore(), source, Tally(), now=NOW)
    assert (tally.added, tally.left_count) == (1, 1)
    assert tally.left[0].problem == "too-large"


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12), st.integers(1, 5), st.booleans())
def test_cut_anywhere_and_taken_up_again_the_end_is_the_same(
    numbers: list[int], slice_size: int, forgets: bool
) -> None:
    source = archive(("", box_of(*numbers), True), ("Projets", box_of(*numbers), True))
    whole, cut = MemoryStore(), MemoryStore()
    import_messages(whole, source, Tally(), now=NOW)
    tally, runs = Tally(), 0
    while not tally.is_over:
        done = 0

        def enough(_: Tally) -> bool:
            nonlocal done
            done += 1
            return done >= slice_size

        before = tally
        tally = import_messages(cut, source, tally, now=NOW, enough=enough)
        runs += 1
        if forgets and runs == 2:  # killed before the cursor was kept
            tally = before
    assert cut.folders == whole.folders
    assert counting.percent(tally) == 100


def folder(path: Path) -> Callable[[str], LocalFile]:
    return lambda name: LocalFile(path / name)


def test_taken_out_then_brought_in_elsewhere_nothing_is_lost(tmp_path: Path) -> None:
    store, other = MemoryStore(), MemoryStore()
    import_messages(
        store, archive(("Envoyés", box_of(1, 2), True), ("Projets/2026", box_of(3), True)), Tally(), now=NOW
    )
    tally = export_folders(store, folder(tmp_path), Tally())
    assert tally.added == 3
    pack(folder(tmp_path), LocalFile(tmp_path / "out.zip"), [("contacts.vcf", b"BEGIN:VCARD")])
    with open_archive(tmp_path / "out.zip", "out.zip") as source:
        import_messages(other, source, Tally(), now=NOW)
    assert other.folders == store.folders


@pytest.mark.heavy
@given(kills=st.lists(st.integers(1, 3), max_size=6))
def test_an_export_killed_anywhere_holds_each_message_once(
    tmp_path_factory: pytest.TempPathFactory, kills: list[int]
) -> None:
    store, place = MemoryStore(), tmp_path_factory.mktemp("export")
    files = FileStore(place)

    def work(name: str) -> StoredFile:
        return StoredFile(files, f"export.{name}")

    import_messages(
        store, archive(("", box_of(1, 2, 3), True), ("Projets", box_of(4, 5), True)), Tally(), now=NOW
    )
    kept = Tally()
    for stop_after in kills:
        some = export_folders(
            store, work, kept, enough=lambda tally, end=kept.added + stop_after: tally.added >= end
        )
        if stop_after != 2:  # else killed: its cursor is forgotten, what it wrote is there
            kept = some
    export_folders(store, work, kept)
    pack(work, StoredFile(files, "out.zip"), [])
    other = MemoryStore()
    with open_archive(place / "out.zip", "out.zip") as source:
        assert import_messages(other, source, Tally(), now=NOW).known == 0
    assert other.folders == store.folders


class PlainSource:
    """Gives messages as any source does, without a look at them."""

    def __init__(self, *contents: bytes) -> None:
        self._contents = contents
        self.total = len(contents)

    def parts(self) -> dict[str, bytes]:
        return {}

    def pieces(self, after: str) -> Iterator[Piece]:
        for place, content in enumerate(self._contents, 1):
            yield Piece(f"n° {place}", str(place), place, content=content)


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n", b"\r"])
def test_no_source_brings_in_a_header_longer_than_a_mail_server_takes(line_end: bytes) -> None:
    store = MemoryStore()
    long, short = (with_header_of(octets).replace(b"\r\n", line_end) for octets in (110_000, 90_000))
    tally = import_messages(
        store, PlainSource(long, short, long.partition(line_end * 2)[0]), Tally(), now=NOW
    )
    assert [(one.place, one.problem) for one in tally.left] == [("n° 1", "too-large"), ("n° 3", "too-large")]
    assert (tally.added, tally.is_over) == (1, True)
    assert [one.content for one in store.folders["INBOX"]] == [with_header_of(90_000)]


class Choosy(MemoryStore):
    """A mailbox that takes no folder inside a folder."""

    def make(self, folder: str) -> None:
        if "/" in folder or folder == "Virtuel":
            raise EngineRefused(folder)
        super().make(folder)


def test_messages_of_a_folder_that_the_mailbox_refuses_come_in_above_it() -> None:
    store = Choosy()
    source = archive(
        ("Projets/2026/Juin", letter(1), False),
        ("Virtuel/All", letter(2), False),
        ("Suite", letter(3), False),
    )
    assert import_messages(store, source, Tally(), now=NOW).is_over
    assert [len(store.marks(folder)) for folder in ("Projets", "INBOX", "Suite")] == [1, 1, 1]
