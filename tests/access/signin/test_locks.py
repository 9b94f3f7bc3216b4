"""A spray on pages and on mail programs at once: no sign-in waits for one that waits for it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.access.signin.people import NOON, account
from tests.access.signin.races import at_once
from tests.access.signin.test_services import asked, tried

from vaguemestre.access.signin.models import Attempts
from vaguemestre.access.signin.rules.throttle import ProgramAttempt
from vaguemestre.access.signin.services.programs import record_failure
from vaguemestre.foundation.journal.queries import entries_about
from vaguemestre.people.credentials.ports import secret_keys

SECRET = "Rentree2026!"
NAMES = ("prof1", "prof2", "prof3", "nmorel")


@contextmanager
def a_place() -> Iterator[bool]:
    yield True


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_pages_and_programs_sprayed_together_are_all_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    nicolas = account()
    module = "vaguemestre.access.signin.services.steps"
    monkeypatch.setattr(f"{module}.hash_slot", a_place)
    monkeypatch.setattr(f"{module}.matches_hash", lambda password, kept: False)
    monkeypatch.setattr(f"{module}.equalize_hash_cost", lambda password, kept: None)
    monkeypatch.setattr(f"{module}.charge_attempt", lambda price, work, now: None)
    digest = hashlib.sha256(SECRET.encode()).hexdigest()

    def sprays(runner: int) -> int:
        for number in range(25):
            name = NAMES[(runner + number) % len(NAMES)]
            if runner % 2:
                tried(asked(name, SECRET))
            else:
                record_failure(ProgramAttempt(name, "192.0.2.1", digest, "imap"), secret_keys.get(), now=NOON)
        return runner

    assert sorted(at_once(8, sprays)) == list(range(8))
    refused = [
        line for line in entries_about(f"account:{nicolas.pk}", limit=500) if line.action == "signin.refused"
    ]
    assert len(refused) == 8 * 25 // len(NAMES)
    assert Attempts.objects.get(subject="spread:192.0.2.1").failures == len(NAMES)
