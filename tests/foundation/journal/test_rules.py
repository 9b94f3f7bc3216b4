"""The seal depends on every word of a row and on the row before."""

from datetime import UTC, datetime

import pytest

from vaguemestre.foundation.journal.rules import GENESIS, seal

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ROW = {"at": NOON, "action": "a.b", "by": "person:1", "to": "person:2", "details": {"x": 1}}


@pytest.mark.parametrize(
    "change",
    [
        {"at": NOON.replace(microsecond=1)},
        {"action": "a.c"},
        {"by": "cli"},
        {"to": "x"},
        {"details": {"x": 2}},
    ],
)
def test_a_changed_word_changes_the_seal(change: dict[str, object]) -> None:
    assert seal(GENESIS, **ROW) != seal(GENESIS, **{**ROW, **change})  # type: ignore[arg-type]


def test_the_seal_holds_the_one_before() -> None:
    assert seal(GENESIS, **ROW) != seal("1" * 64, **ROW)  # type: ignore[arg-type]


def test_the_seal_does_not_depend_on_the_zone_a_moment_is_written_in() -> None:
    import zoneinfo

    paris = NOON.astimezone(zoneinfo.ZoneInfo("Europe/Paris"))
    assert seal(GENESIS, **{**ROW, "at": paris}) == seal(GENESIS, **ROW)  # type: ignore[arg-type]
