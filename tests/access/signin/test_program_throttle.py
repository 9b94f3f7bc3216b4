"""Mail programs draw on the budgets of pages; an owner's own program always gets through."""

import hashlib
import json
from datetime import datetime, timedelta

import pytest
from tests.access.signin.people import NOON, PASSWORD, account
from tests.access.signin.test_services import asked, tried

from vaguemestre.access.signin.models import Attempts
from vaguemestre.access.signin.program_throttle import answer
from vaguemestre.access.signin.rules.throttle import SAME_SECRET
from vaguemestre.access.signin.values import Deferred, Granted
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.people.credentials.models import AppPassword
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.services import add_app_password, revoke_every_app_password

pytestmark = pytest.mark.django_db


def told(stage: str, user: str, secret: str, network: str = "198.51.100.7", now: datetime = NOON) -> int:
    question = {
        "stage": stage,
        "user": user,
        "network": network,
        "protocol": "imap",
        "secret": hashlib.sha256(secret.encode()).hexdigest(),
    }
    return answer(json.dumps(question).encode(), secret_keys.get(), now)


def fail(user: str, times: int, secret: str = "faux", **more: str) -> None:
    for number in range(times):
        told("failed", user, f"{secret} {number}", **more)  # type: ignore[arg-type]


def test_failures_of_programs_and_of_pages_are_one_count() -> None:
    account()
    fail("nmorel", 3)
    for number in range(2):
        tried(asked(secret=f"faux {number}"))
    assert isinstance(tried(asked()), Deferred)
    assert told("ask", "nmorel@ac-amiens.test", "autre") > 0
    assert told("ask", "nmorel", "autre", network="203.0.113.9") > 0


@pytest.mark.heavy
def test_the_owners_browser_and_the_owners_program_get_through_whatever_strangers_do() -> None:
    nicolas = account()
    text = add_app_password(nicolas.pk, "Téléphone", by="test", now=NOON)
    fail("nmorel", 60)
    assert told("ask", "nmorel", "autre") > 0
    assert told("ask", "nmorel", text) == 0
    known = asked(browser="b", browser_accounts=(nicolas.pk,))
    assert tried(known) == Granted(nicolas.pk, shared=False)


def test_a_program_that_keeps_a_revoked_password_locks_nobody_out() -> None:
    nicolas = account()
    text = add_app_password(nicolas.pk, "Téléphone", by="test", now=NOON)
    revoke_every_app_password(nicolas.pk, by="test", now=NOON)
    for _ in range(50):
        told("failed", "nmorel", text)
    assert tried(asked()) == Granted(nicolas.pk, shared=False)
    assert told("ask", "nmorel", text) > 0


def test_unknown_names_wait_as_accounts_do() -> None:
    account()
    for name in ("nmorel", "personne"):
        fail(name, 6, network="203.0.113.5" if name == "nmorel" else "203.0.113.6")
    assert told("ask", "nmorel", "x") == told("ask", "personne", "x") > 0


def test_one_secret_tried_on_many_accounts_is_seen_slowed_and_written_once() -> None:
    nicolas = account()
    for number in range(SAME_SECRET.free + 5):
        told("failed", f"prof{number}", "Rentree2026!", network=f"198.51.100.{number}")
    assert Entry.objects.filter(action="signin.spray-seen").count() == 1
    assert told("ask", "nmorel", "Rentree2026!", network="203.0.113.1") > 0
    assert told("ask", "nmorel", "autre chose", network="203.0.113.1") == 0
    assert isinstance(tried(asked(secret="Rentree2026!", network="203.0.113.2")), Deferred)
    assert tried(asked()) == Granted(nicolas.pk, shared=False)
    assert tried(asked(), NOON + timedelta(hours=2)) == Granted(nicolas.pk, shared=False)


def test_a_page_sprays_no_better_than_a_program() -> None:
    for number in range(SAME_SECRET.free + 2):
        tried(asked(f"prof{number}", "Rentree2026!", network=f"198.51.100.{number}"))
    assert told("ask", "nmorel", "Rentree2026!", network="203.0.113.1") > 0


def test_ones_own_mistake_made_again_is_no_spray() -> None:
    account()
    for minute in range(15):
        told("failed", "nmorel", PASSWORD, now=NOON + timedelta(minutes=minute))
    assert not Entry.objects.filter(action="signin.spray-seen").exists()


def test_no_secret_is_kept() -> None:
    account()
    told("failed", "nmorel", "mot de passe secret")
    kept = " ".join(Attempts.objects.values_list("subject", flat=True))
    assert "secret:" in kept
    assert hashlib.sha256(b"mot de passe secret").hexdigest()[:12] not in kept


def test_the_last_use_of_a_password_is_kept() -> None:
    nicolas = account()
    text = add_app_password(nicolas.pk, "Téléphone", by="test", now=NOON)
    told("entered", "nmorel@ac-amiens.test", text)
    row = AppPassword.objects.get()
    assert (row.last_used_at, row.last_network) == (NOON, "198.51.100.7")


@pytest.mark.parametrize(
    "question",
    [b"", b"[]", b"{}", b"\xff", b'{"stage":"ask","user":1,"network":"?","protocol":"","secret":""}'],
)
def test_a_question_nobody_understands_stops_nobody(question: bytes) -> None:
    assert answer(question, secret_keys.get(), NOON) == 0


def test_a_protocol_closed_by_the_class_counts_for_that_program_alone() -> None:
    """The password is good, the protocol is refused: neither the journal nor the pages hear of an attack."""
    who = account()
    good = add_app_password(who.pk, "téléphone", by="test", now=NOON)
    for _ in range(9):
        told("failed", "nmorel", good)
    assert not Entry.objects.filter(action="signin.refused").exists()
    assert isinstance(tried(asked()), Granted)
