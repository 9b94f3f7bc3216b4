"""Somebody moves to another installation: sealed for it, signed by this one, each message once."""

import io
import json
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mailbox.portability.test_import import NOW, letter

from vaguemestre.engines.archives.transfer_archive import OpenAnyArchive, TransferArchive
from vaguemestre.engines.memory.transfer_store import MemoryStore
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.portability.ports import SourceRefused
from vaguemestre.mailbox.portability.rules import sealed
from vaguemestre.mailbox.portability.services import (
    LocalFile,
    import_messages,
    verify,
    write_archive,
    write_sealed,
)
from vaguemestre.mailbox.portability.values import Tally

# a process that is killed is a copy of this one: it writes a file and nothing else
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
LILLE = sealed.identity("ac-lille.test", "the secret of Lille")
AMIENS = sealed.identity("ac-amiens.test", "the secret of Amiens")
STRANGER = sealed.identity("ac-lille.test", "somebody who says they are Lille")
PARTS = [("contacts.vcf", b"BEGIN:VCARD"), ("filtres.json", b"{}")]
EPHEMERAL = bytes(range(32))


def full_store() -> MemoryStore:
    store = MemoryStore()
    store.make("Projets/2026")
    for number, folder in enumerate(["INBOX", "INBOX", "Sent", "Projets/2026", "Projets/2026"]):
        store.add(folder, letter(number), frozenset({"\\Seen", "Urgent"}), NOW)
    return store


def write(path: Path, *, by: sealed.Identity = LILLE, cut: int = 0) -> Tally:
    """Written in slices of `cut` messages, or at once."""
    store, tally, count = full_store(), Tally(), 0

    def enough(now: Tally) -> bool:
        nonlocal count
        count += 1
        return bool(cut) and count % cut == 0

    while not tally.is_over:
        tally = write_sealed(
            store,
            LocalFile(path),
            tally,
            by,
            AMIENS.card,
            ephemeral=EPHEMERAL,
            parts=lambda: PARTS,
            enough=enough,
        )
    return tally


def opened(
    content: bytes, mine: sealed.Identity = AMIENS, known: sealed.Card = LILLE.card
) -> TransferArchive:
    return TransferArchive(io.BytesIO(content), len(content), mine, {known.domain: known})


@pytest.mark.parametrize("cut", [0, 1, 2, 3])
def test_what_was_written_in_slices_arrives_whole_with_folders_flags_dates_and_parts(
    tmp_path: Path, cut: int
) -> None:
    path = tmp_path / "demenagement.vmd"
    assert write(path, cut=cut).added == 5
    other = MemoryStore()
    with OpenAnyArchive(lambda: AMIENS, lambda: {"ac-lille.test": LILLE.card})(path, path.name) as source:
        for added in (5, 0):  # again: nothing twice
            tally = import_messages(other, source, Tally(), now=datetime(2030, 1, 1, tzinfo=UTC))
            assert (tally.added, tally.known) == (added, 5 - added)
        assert verify(other, source, tally).verified == 5
        assert source.parts() == dict(PARTS)
    assert other.folders == full_store().folders
    assert letter(1) not in path.read_bytes()


def test_reading_goes_on_where_it_stopped(tmp_path: Path) -> None:
    path = tmp_path / "demenagement.vmd"
    write(path)
    source, other, tally = opened(path.read_bytes()), MemoryStore(), Tally()
    for _ in range(6):
        tally = import_messages(other, source, tally, now=NOW, enough=lambda _: True)
    assert (tally.is_over, tally.added) == (True, 5)
    assert other.folders == full_store().folders


def test_a_message_that_did_not_stay_is_named(tmp_path: Path) -> None:
    path = tmp_path / "demenagement.vmd"
    write(path)
    source, other = opened(path.read_bytes()), MemoryStore()
    tally = import_messages(other, source, Tally(), now=NOW)
    other.folders["Sent"].clear()
    found = verify(other, source, tally)
    assert (found.verified, found.left_count, found.left[0].problem) == (4, 1, "missing")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("sealed") / "demenagement.vmd"
    write(path)
    return path.read_bytes()


@given(st.data())
def test_whatever_is_changed_or_cut_is_refused_before_anything_is_added(
    archive: bytes, data: st.DataObject
) -> None:
    place = data.draw(st.integers(len(sealed.MAGIC), len(archive) - 1))
    for altered in (archive[:place], archive[:place] + bytes([archive[place] ^ 1]) + archive[place + 1 :]):
        with pytest.raises(Refusal):
            opened(altered)


def test_nobody_else_opens_it_and_nobody_else_signs_in_that_name(tmp_path: Path, archive: bytes) -> None:
    other = sealed.identity("ac-rouen.test", "the secret of Rouen")
    with pytest.raises(Refusal, match="portability.not-for-us"):
        opened(archive, mine=other)
    with pytest.raises(Refusal, match="portability.partner-unknown"):
        opened(archive, known=other.card)
    with pytest.raises(Refusal, match="portability.signature-wrong"):
        opened(archive, known=STRANGER.card)
    impostor = sealed.identity("ac-amiens.test", "another secret")
    stolen = opened(archive, mine=impostor)
    with pytest.raises(Refusal, match="portability.file-damaged"):
        list(stolen.pieces(""))
    path = tmp_path / "faux.vmd"
    path.write_bytes(archive[:-3])
    with (
        pytest.raises(SourceRefused),
        OpenAnyArchive(lambda: AMIENS, lambda: {"ac-lille.test": LILLE.card})(path, "faux.vmd"),
    ):
        raise AssertionError


def survivor(
    store: MemoryStore, file: Path, *, kill_at: int = 0, kill_at_flush: int = 0, to: sealed.Card = AMIENS.card
) -> int:
    """How a process ended that wrote `file`, killed by the system at that message or flush to the disk."""
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1]
    flush = os.fsync

    def killed_at(count: int) -> Callable[[], None]:
        left = iter(range(count, 0, -1))
        return lambda: os.kill(os.getpid(), signal.SIGKILL) if next(left, 0) == 1 else None

    message, file_flush = killed_at(kill_at), killed_at(kill_at_flush)
    status = 1
    with suppress(Refusal), pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: (file_flush(), flush(descriptor)))
        write_archive(
            store, file, "lea@ac-lille.test", LILLE, to, parts=lambda: PARTS, tell=lambda _: message()
        )
        status = 0
    os._exit(status)


def grown(count: int = 350) -> MemoryStore:
    store = full_store()
    for number in range(count):
        store.add(("INBOX", "Sent", "Projets/2026")[number % 3], letter(100 + number), frozenset(), NOW)
    return store


@pytest.mark.heavy
@pytest.mark.parametrize("kill_at", [1, 100, 101, 250, 355])
def test_an_archive_whose_writing_was_killed_goes_on_and_ends_whole(tmp_path: Path, kill_at: int) -> None:
    file, store = tmp_path / "demenagement.vmd", grown()
    assert os.WTERMSIG(survivor(store, file, kill_at=kill_at)) == signal.SIGKILL
    assert not file.exists()
    notes = (tmp_path / "demenagement.vmd.suite").read_bytes()
    assert b"lea@" not in notes
    told = sealed.read_notes(LILLE, notes)
    assert told is not None
    assert told["tally"]["added"] == (kill_at - 1) // 100 * 100
    goes_on_and_ends_whole(store, file)


@pytest.mark.heavy
@pytest.mark.parametrize("flush", range(1, 16))
def test_an_archive_goes_on_whichever_flush_to_the_disk_was_the_last(tmp_path: Path, flush: int) -> None:
    """Between a hundred messages and their checkpoint, at the signature, after the file has its name…"""
    file, store = tmp_path / "demenagement.vmd", grown()
    is_killed = os.WTERMSIG(survivor(store, file, kill_at_flush=flush)) == signal.SIGKILL
    assert (is_killed, file.exists()) == (flush < 15, flush >= 14)  # there are fourteen
    goes_on_and_ends_whole(store, file)


def goes_on_and_ends_whole(store: MemoryStore, file: Path) -> None:
    """What the last checkpoint names is written once, and each message is there."""
    notes, part = (file.with_name(f"{file.name}.{end}") for end in ("suite", "part"))
    told = sealed.read_notes(LILLE, notes.read_bytes()) if notes.exists() else None
    kept = json.loads(told["tally"]["cursor"])[0] if told and told["tally"]["cursor"] else 0
    before = part.read_bytes()[:kept] if part.exists() else b""
    assert survivor(store, file) == 0
    assert file.read_bytes().startswith(before)
    assert sorted(one.name for one in file.parent.iterdir()) == [file.name]
    count, other = sum(map(len, store.folders.values())), MemoryStore()
    with OpenAnyArchive(lambda: AMIENS, lambda: {"ac-lille.test": LILLE.card})(file, file.name) as source:
        tally = import_messages(other, source, Tally(), now=NOW)
        assert (tally.added, tally.known, tally.left_count) == (count, 0, 0)
        assert verify(other, source, tally).verified == count
        assert source.parts() == dict(PARTS)
    assert other.folders == store.folders


@pytest.mark.heavy
def test_large_messages_are_not_written_again_because_they_are_few(tmp_path: Path) -> None:
    file, store = tmp_path / "demenagement.vmd", MemoryStore()
    for number in range(6):
        store.add("INBOX", letter(number) + b"x" * 12_000_000, frozenset(), NOW)
    assert os.WTERMSIG(survivor(store, file, kill_at=5)) == signal.SIGKILL
    told = sealed.read_notes(LILLE, (tmp_path / "demenagement.vmd.suite").read_bytes())
    assert told is not None
    assert told["tally"]["added"] == 3
    goes_on_and_ends_whole(store, file)


def test_what_moved_meanwhile_is_not_lost(tmp_path: Path) -> None:
    """A message put in a folder already written, a new folder, folders made again under other numbers."""
    file, store = tmp_path / "demenagement.vmd", grown()
    survivor(store, file, kill_at=250)
    moved = store.folders["Sent"].pop()
    store.add("INBOX", moved.content, moved.flags, moved.date)
    store.make("Aaa")
    store.add("Aaa", letter(900), frozenset(), NOW)
    store.validity = 2
    assert survivor(store, file) == 0
    other = MemoryStore()
    source = opened(file.read_bytes())
    tally = import_messages(other, source, Tally(), now=NOW)
    assert verify(other, source, tally).left_count == 0
    for folder, kept in store.folders.items():
        there = {one.content for one in other.folders.get(folder, [])}
        assert {one.content for one in kept} <= there


def test_notes_of_another_archive_or_that_somebody_changed_begin_it_again(tmp_path: Path) -> None:
    file, store = tmp_path / "demenagement.vmd", grown()
    survivor(store, file, kill_at=250)
    written = (tmp_path / "demenagement.vmd.suite").read_bytes()
    told = sealed.read_notes(LILLE, written)
    assert told is not None
    by_a_stranger = sealed.written_notes(STRANGER, told)
    for altered in (written[:-1] + bytes([written[-1] ^ 1]), written[:40], b"", by_a_stranger):
        assert sealed.read_notes(LILLE, altered) is None
    rouen = sealed.identity("ac-rouen.test", "the secret of Rouen")
    assert survivor(store, file, to=rouen.card) == 0
    found = opened(file.read_bytes(), mine=rouen)
    assert len([piece for piece in found.pieces("") if not piece.problem]) == 355


def test_two_runs_do_not_write_one_archive(tmp_path: Path) -> None:
    file = tmp_path / "demenagement.vmd"
    within: list[int] = []
    write_archive(
        full_store(), file, "lea@ac-lille.test", LILLE, AMIENS.card, parts=lambda: PARTS,
        tell=lambda _: within.append(survivor(full_store(), file)),
    )  # fmt: skip
    assert {os.WEXITSTATUS(one) for one in within} == {1}
    assert opened(file.read_bytes()).parts() == dict(PARTS)


def test_a_card_is_read_as_it_was_written_and_anything_else_is_refused() -> None:
    assert sealed.read_card(sealed.written_card(LILLE.card)) == LILLE.card
    assert len(LILLE.card.fingerprint) == 39
    for text in ("", "{}", "[]", sealed.written_card(LILLE.card).replace("carte", "autre")):
        with pytest.raises(Refusal, match="portability.card-malformed"):
            sealed.read_card(text)
