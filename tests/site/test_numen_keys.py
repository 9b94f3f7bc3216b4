"""The key of NUMENs changed while the instance runs."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.people.intake.lines import feed, line

from vaguemestre.people.directory.models import NumenRow
from vaguemestre.people.directory.queries import current_numen
from vaguemestre.people.directory.rules.numen_vault import digest, is_sealed_with_current_key, seal, unseal
from vaguemestre.people.directory.rules.numens import parse_numen
from vaguemestre.people.directory.services import found_academy, reseal_numens
from vaguemestre.people.intake.models import AppliedLine
from vaguemestre.people.intake.services import FeedFiles, ImportContext, apply_feed, reseal_lines
from vaguemestre.people.intake.values import ImportTerms
from vaguemestre.site import numen_keys, secrets

NUMEN = parse_numen("20E9501234ABC")
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    secrets.make_missing(tmp_path / "secrets")
    return tmp_path / "secrets"


def test_a_process_that_read_the_key_before_opens_what_is_sealed_after(folder: Path) -> None:
    before = numen_keys.read(folder)
    sealed_before = seal(NUMEN, before)
    for _ in range(3):
        secrets.rotate(folder, numen_keys.NAME)
    after = numen_keys.read(folder)
    assert after.current != before.current
    assert unseal(seal(NUMEN, after), before) == unseal(sealed_before, after) == NUMEN
    assert digest(NUMEN, after) == digest(NUMEN, before)  # who is looked up is still found


def test_what_came_between_is_forgotten_and_look_ups_still_find(folder: Path) -> None:
    first = numen_keys.read(folder)
    for _ in range(3):
        secrets.rotate(folder, numen_keys.NAME)
    secrets.forget_former(folder, numen_keys.NAME)
    last = numen_keys.read(folder)
    assert len(last.sealing) == 2
    assert digest(NUMEN, last) == digest(NUMEN, first)


@pytest.mark.django_db
def test_numens_and_lines_of_feeds_are_sealed_again_once(folder: Path, tmp_path: Path) -> None:
    academy = found_academy("20", "Académie d’Amiens", "ac-amiens.test", ("080",))
    setting = ImportContext(academy, numen_keys.read(folder), 2048, "cli", tmp_path / "feed.lock")
    terms = ImportTerms(date(2026, 11, 25), grace_days=60, closure_limit_percent=2.0)
    apply_feed(FeedFiles(feed(line())), setting, terms, now=NOW, progress=lambda *_: None)
    secrets.rotate(folder, numen_keys.NAME)
    keys = numen_keys.read(folder)
    assert reseal_numens(keys, by="test", now=NOW)[0] == 1
    assert reseal_lines(keys) == 1
    assert (reseal_numens(keys, by="test", now=NOW)[0], reseal_lines(keys)) == (0, 0)
    row, kept = NumenRow.objects.get(), AppliedLine.objects.get()
    assert is_sealed_with_current_key(bytes(row.ciphertext), keys)
    assert is_sealed_with_current_key(bytes(kept.sealed), keys)
    assert current_numen(row.person_id, keys) == NUMEN
