"""One-time codes: RFC 6238's own examples, a window of one step, each step once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.access.signin.people import APP_SECRET, NOON, account, add_application
from tests.access.signin.races import at_once

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import devices_of
from vaguemestre.people.credentials.rules.one_time import (
    code_at,
    code_typed,
    passcode_typed,
    step_matching,
    step_of,
)
from vaguemestre.people.credentials.services import use_code

MOMENTS = st.datetimes(
    datetime(2020, 1, 1),
    datetime(2060, 1, 1),
    timezones=st.just(UTC),
)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """RFC 6238 appendix B, SHA-1, last six of its eight digits."""
    assert code_at(APP_SECRET, datetime.fromtimestamp(seconds, UTC), 30) == code


@given(st.binary(min_size=10, max_size=32), MOMENTS, st.sampled_from([30, 60]), st.sampled_from([-1, 0, 1]))
def test_a_code_holds_one_step_before_and_after(
    secret: bytes, now: datetime, period: int, drift: int
) -> None:
    code = code_at(secret, now + timedelta(seconds=drift * period), period)
    step = step_matching(secret, code, now, period=period, after=-1)
    assert step is not None
    assert step_matching(secret, code, now, period=period, after=step_of(now, period) + 1) is None


@given(st.binary(min_size=10, max_size=32), MOMENTS, st.integers(3, 500))
def test_a_far_code_almost_never_holds(secret: bytes, now: datetime, far: int) -> None:
    code = code_at(secret, now + timedelta(seconds=far * 30), 30)
    near = {code_at(secret, now + timedelta(seconds=d * 30), 30) for d in (-1, 0, 1)}
    assert (step_matching(secret, code, now, period=30, after=-1) is not None) == (code in near)


def test_what_people_type_is_read() -> None:
    assert code_typed(" 123 456 ") == "123456"
    assert code_typed("12345") == code_typed("abcdef") == code_typed("١٢٣٤٥٦") == ""
    assert passcode_typed("1984 654321") == ("1984", "654321")
    assert passcode_typed("12345678654321") == ("12345678", "654321")
    assert passcode_typed("123654321") is None
    assert passcode_typed("quatre vélos bleus") is None


@pytest.mark.django_db
def test_a_code_is_burnt_by_its_first_use() -> None:
    nicolas = account()
    add_application(nicolas)
    code, keys = code_at(APP_SECRET, NOON, 30), secret_keys.get()
    device = devices_of(nicolas.pk)[0]
    assert use_code(nicolas.pk, device, code, keys, now=NOON)
    assert not use_code(nicolas.pk, device, code, keys, now=NOON)
    assert not use_code(nicolas.pk, devices_of(nicolas.pk)[0], code, keys, now=NOON)


@pytest.mark.django_db
def test_an_earlier_code_dies_with_a_later_one() -> None:
    nicolas = account()
    add_application(nicolas)
    keys, device = secret_keys.get(), devices_of(nicolas.pk)[0]
    earlier = code_at(APP_SECRET, NOON - timedelta(seconds=30), 30)
    assert use_code(nicolas.pk, device, code_at(APP_SECRET, NOON, 30), keys, now=NOON)
    assert not use_code(nicolas.pk, device, earlier, keys, now=NOON)


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_alone_burns_the_code() -> None:
    nicolas = account()
    add_application(nicolas)
    code, keys, device = code_at(APP_SECRET, NOON, 30), secret_keys.get(), devices_of(nicolas.pk)[0]
    assert sum(at_once(8, lambda _: use_code(nicolas.pk, device, code, keys, now=NOON))) == 1


@pytest.mark.django_db
def test_a_secret_moved_to_another_account_does_not_open() -> None:
    nicolas, karim = account(), account("kbenali")
    add_application(nicolas)
    with pytest.raises(Refusal, match="sealed-otherwise"):
        use_code(karim.pk, devices_of(nicolas.pk)[0], "000000", secret_keys.get(), now=NOON)
