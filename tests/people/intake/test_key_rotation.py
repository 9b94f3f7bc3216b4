"""Held files are sealed again with the current key, whole."""

from datetime import UTC, datetime

import pytest

from vaguemestre.people.directory.rules.numen_vault import keys_from, open_envelope, seal_bytes
from vaguemestre.people.directory.services import found_academy
from vaguemestre.people.intake.models import Feed, HeldPiece
from vaguemestre.people.intake.services import reseal_lines
from vaguemestre.people.intake.services.held.files import read_held_files, write_held_files
from vaguemestre.people.intake.values import HELD_FILE_PURPOSE

FORMER, KEYS = keys_from("former"), keys_from("current", "former")
LONG = b"line;" * 700_000


def a_feed() -> Feed:
    academy = found_academy("20", "Académie d’Amiens", "ac-amiens.test", ("080",))
    return Feed.objects.create(academy_id=academy, started_at=datetime(2026, 11, 25, tzinfo=UTC))


@pytest.mark.django_db(transaction=True)
def test_held_files_are_sealed_again_once_whatever_their_size_and_shape() -> None:
    ours, older = a_feed(), a_feed()
    write_held_files(ours.pk, LONG, b"", FORMER)
    whole = seal_bytes(b"of an earlier version", FORMER, HELD_FILE_PURPOSE)
    HeldPiece.objects.create(feed=older, kind="feed", number=0, sealed=whole)
    assert reseal_lines(KEYS) == 3
    current_alone = keys_from("current")
    assert read_held_files(ours.pk, current_alone) == (LONG, b"")
    sealed = bytes(HeldPiece.objects.get(feed=older).sealed)
    assert open_envelope(sealed, current_alone, HELD_FILE_PURPOSE) == b"of an earlier version"
    assert reseal_lines(KEYS) == 0


@pytest.mark.django_db(transaction=True)
def test_an_instance_that_never_held_a_file_has_nothing_to_seal() -> None:
    assert reseal_lines(KEYS) == 0
