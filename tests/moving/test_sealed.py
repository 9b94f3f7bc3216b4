"""Somebody moves to another installation: sealed for it, signed by this one, each message once."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.moving.test_bringing import NOW, letter

from vaguemestre.engines.archives.sealed import OpenAnyArchive, SealedArchive
from vaguemestre.engines.memory.moving import MemoryStore
from vaguemestre.kernel.errors import Refusal
from vaguemestre.moving.ports import SourceRefused
from vaguemestre.moving.rules import sealed
from vaguemestre.moving.services import bring, verify, write_sealed
from vaguemestre.moving.values import Tally

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
            store, path, tally, by, AMIENS.card, ephemeral=EPHEMERAL, parts=lambda: PARTS, enough=enough
        )
    return tally


def opened(content: bytes, mine: sealed.Identity = AMIENS, known: sealed.Card = LILLE.card) -> SealedArchive:
    return SealedArchive(io.BytesIO(content), len(content), mine, {known.domain: known})


@pytest.mark.parametrize("cut", [0, 1, 2, 3])
def test_what_was_written_in_slices_arrives_whole_with_folders_flags_dates_and_parts(
    tmp_path: Path, cut: int
) -> None:
    path = tmp_path / "demenagement.vmd"
    assert write(path, cut=cut).added == 5
    other = MemoryStore()
    with OpenAnyArchive(lambda: AMIENS, lambda: {"ac-lille.test": LILLE.card})(path, path.name) as source:
        for added in (5, 0):  # again: nothing twice
            tally = bring(other, source, Tally(), now=datetime(2030, 1, 1, tzinfo=UTC))
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
        tally = bring(other, source, tally, now=NOW, enough=lambda _: True)
    assert (tally.is_over, tally.added) == (True, 5)
    assert other.folders == full_store().folders


def test_a_message_that_did_not_stay_is_named(tmp_path: Path) -> None:
    path = tmp_path / "demenagement.vmd"
    write(path)
    source, other = opened(path.read_bytes()), MemoryStore()
    tally = bring(other, source, Tally(), now=NOW)
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
    with pytest.raises(Refusal, match="moving.not-for-us"):
        opened(archive, mine=other)
    with pytest.raises(Refusal, match="moving.partner-unknown"):
        opened(archive, known=other.card)
    with pytest.raises(Refusal, match="moving.signature-wrong"):
        opened(archive, known=STRANGER.card)
    impostor = sealed.identity("ac-amiens.test", "another secret")
    stolen = opened(archive, mine=impostor)
    with pytest.raises(Refusal, match="moving.file-damaged"):
        list(stolen.pieces(""))
    path = tmp_path / "faux.vmd"
    path.write_bytes(archive[:-3])
    with (
        pytest.raises(SourceRefused),
        OpenAnyArchive(lambda: AMIENS, lambda: {"ac-lille.test": LILLE.card})(path, "faux.vmd"),
    ):
        raise AssertionError


def test_a_card_is_read_as_it_was_written_and_anything_else_is_refused() -> None:
    assert sealed.read_card(sealed.written_card(LILLE.card)) == LILLE.card
    assert len(LILLE.card.fingerprint) == 39
    for text in ("", "{}", "[]", sealed.written_card(LILLE.card).replace("carte", "autre")):
        with pytest.raises(Refusal, match="moving.card-malformed"):
            sealed.read_card(text)
