"""Machines give signs of themselves, and share their keys."""

from datetime import UTC, datetime, timedelta

import pytest

from vaguemestre.foundation.cluster.models import KeyDigest
from vaguemestre.foundation.cluster.queries import GONE_AFTER, machine_states
from vaguemestre.foundation.cluster.services import FORGOTTEN_AFTER, compare_keys, give_sign

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
WELL, ILL = {"database": {"status": "ok"}}, {"push": {"status": "down"}, "disk": {"status": "warning"}}
pytestmark = pytest.mark.django_db


def test_a_machine_that_gives_no_sign_is_told_as_gone_and_forgotten_in_a_week() -> None:
    give_sign("web1", WELL, now=NOW)
    give_sign("web2", ILL, now=NOW)
    assert [state.as_json() for state in machine_states(NOW + timedelta(seconds=1))] == [
        {"status": "ok", "seconds": 1},
        {"status": "down", "seconds": 1, "down": ["push"]},
    ]
    later = NOW + GONE_AFTER + timedelta(seconds=1)
    give_sign("web1", WELL, now=later)
    assert [(state.name, state.is_gone) for state in machine_states(later)] == [
        ("web1", False),
        ("web2", True),
    ]
    give_sign("web1", WELL, now=later + FORGOTTEN_AFTER)
    assert [state.name for state in machine_states(later)] == ["web1"]


def test_a_machine_that_waits_for_its_pod_is_told_as_well() -> None:
    give_sign("b2", {"pod": {"status": "waiting"}, "disk": {"status": "ok"}}, now=NOW)
    give_sign("b3", {"pod": {"status": "waiting"}, "disk": {"status": "down"}}, now=NOW)
    assert [state.as_json()["status"] for state in machine_states(NOW)] == ["waiting", "down"]
    assert machine_states(NOW + GONE_AFTER * 2)[0].as_json()["status"] == "gone"


def test_a_machine_with_another_key_is_told_which_and_changes_nothing() -> None:
    assert compare_keys({"seal_key": "a", "push_key": "b"}, {}) == []
    assert compare_keys({"seal_key": "a", "push_key": "b"}, {}) == []
    assert compare_keys({"seal_key": "other", "push_key": "b", "new_key": "n"}, {}) == ["seal_key"]
    assert dict(KeyDigest.objects.values_list("name", "digest")) == {"seal_key": "a", "push_key": "b"}


def test_a_renewed_key_takes_the_place_of_the_former_one() -> None:
    assert compare_keys({"numen_key": "first"}, {}) == []
    assert compare_keys({"numen_key": "second"}, {"numen_key": ("first",)}) == []
    assert compare_keys({"numen_key": "first"}, {}) == ["numen_key"], "a machine that was left behind"
