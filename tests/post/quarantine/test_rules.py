"""When a digest is due, what it quotes, and which verdicts are the filter's."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.post.quarantine.rules.digest import digest_moment, digest_text
from vaguemestre.post.quarantine.rules.verdicts import verdict_of
from vaguemestre.post.quarantine.values import Reason, ToldMessage, Verdict


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-24T07:59:59", False),
        ("2026-11-24T08:00:00", True),
        ("2026-11-24T23:00:00", True),
        ("2026-11-28T09:00:00", False),  # Saturday
        ("2026-11-11T09:00:00", False),  # bank holiday
    ],
)
def test_a_digest_is_due_from_eight_on_working_days(now: str, *, due: bool) -> None:
    moment = digest_moment(datetime.fromisoformat(now).replace(tzinfo=PARIS))
    assert (moment is not None) is due


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)))
def test_what_arrived_is_told_on_one_working_morning_within_a_week(at: datetime) -> None:
    days = (at.astimezone(PARIS).date() + timedelta(days=n) for n in range(8))
    mornings = {digest_moment(datetime(d.year, d.month, d.day, 20, tzinfo=PARIS)) for d in days} - {None}
    assert any(moment and moment > at for moment in mornings)
    assert all(moment.hour == 8 and moment.date().weekday() < 5 for moment in mornings if moment)


@given(st.text(max_size=80))
def test_a_digest_quotes_addresses_only(sender: str) -> None:
    text = digest_text([ToldMessage(datetime(2026, 11, 24, 12, tzinfo=UTC), Reason.MACRO, sender)])
    assert "/" not in text.replace("24/11/2026", "")
    assert text.count("\n") == 0


def test_a_digest_is_no_longer_than_a_page() -> None:
    at = datetime.combine(date(2026, 11, 24), datetime.min.time(), UTC)
    lines = digest_text([ToldMessage(at, Reason.VIRUS, "a@x.fr")] * 50).splitlines()
    assert (len(lines), lines[-1]) == (21, "– et 30 de plus")


@pytest.mark.parametrize(
    ("field", "verdict"),
    [
        ("macro docm", Verdict(Reason.MACRO, "docm")),
        ("virus Eicar-Test", Verdict(Reason.VIRUS, "Eicar-Test")),
        ("fraud", Verdict(Reason.FRAUD, "")),
        ("", None),
        ("autre x", None),
    ],
)
def test_a_verdict_is_one_of_the_filter_s_or_none(field: str, verdict: Verdict | None) -> None:
    assert verdict_of(field) == verdict
