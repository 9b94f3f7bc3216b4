"""The life of DKIM keys, decided without clock, DNS or table."""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.post.dkim.rules.key_cycle import OVERLAP, SETTLING, due_steps, new_selector, take_step
from vaguemestre.post.dkim.rules.key_pair import make_key_pair
from vaguemestre.post.dkim.rules.key_record import is_published
from vaguemestre.post.dkim.values import Algorithm, KeyState, SigningKey, StepKind

START = datetime(2026, 11, 28, 8, tzinfo=UTC)
RSA = Algorithm.RSA


def key(selector: str = "rsa1", **moments: datetime) -> SigningKey:
    return SigningKey("ac-x.fr", selector, RSA, "AAAA", START, **moments)


def kinds(
    keys: list[SigningKey], seen: dict[str, bool | None], now: datetime, days: int = 180
) -> list[StepKind]:
    return [step.kind for step in due_steps(keys, seen, RSA, working_days=days, now=now)]


def test_a_domain_without_a_key_gets_one() -> None:
    (step,) = due_steps([], {}, RSA, working_days=180, now=START)
    assert step == (StepKind.PREPARE, "rsa20261128")


def test_the_first_key_signs_as_soon_as_its_record_is_seen_and_not_before() -> None:
    assert kinds([key()], {"rsa1": False}, START) == []
    assert kinds([key()], {"rsa1": None}, START) == []
    assert kinds([key()], {"rsa1": True}, START) == [StepKind.SEE, StepKind.ACTIVATE]


def test_a_successor_waits_until_its_record_has_settled() -> None:
    active = key("rsa1", seen_at=START, active_at=START)
    successor = key("rsa2", seen_at=START)
    assert kinds([active, successor], {"rsa2": True}, START + SETTLING - timedelta(seconds=1)) == []
    assert kinds([active, successor], {"rsa2": True}, START + SETTLING) == [
        StepKind.ACTIVATE,
        StepKind.RETIRE,
    ]
    assert kinds([active, successor], {"rsa2": None}, START + SETTLING) == []


def test_a_record_that_disappears_before_its_key_signs_starts_again() -> None:
    active = key("rsa1", seen_at=START, active_at=START)
    successor = key("rsa2", seen_at=START)
    assert kinds([active, successor], {"rsa2": False}, START + SETTLING) == [StepKind.LOSE]


def test_an_old_key_gets_a_successor_by_date_unless_renewed_by_hand_only() -> None:
    active = key(seen_at=START, active_at=START)
    later = START + timedelta(days=180)
    assert kinds([active], {}, later - timedelta(seconds=1)) == []
    assert kinds([active], {}, later) == [StepKind.PREPARE]
    assert kinds([active], {}, later, days=0) == []


def test_a_retired_key_is_kept_seven_days() -> None:
    retired = key(seen_at=START, active_at=START, retired_at=START)
    active = key("rsa2", seen_at=START, active_at=START)
    assert timedelta(days=7) == OVERLAP
    assert kinds([retired, active], {}, START + OVERLAP - timedelta(seconds=1)) == []
    assert kinds([retired, active], {}, START + OVERLAP) == [StepKind.ERASE]


def test_two_keys_of_a_day_have_two_selectors() -> None:
    taken = {"ed20261128", "ed20261128b"}
    assert new_selector(Algorithm.ED25519, taken, START) not in taken


@given(
    st.lists(
        st.tuples(st.integers(1, 24 * 40), st.sampled_from([True, False, None]), st.booleans()),
        min_size=5,
        max_size=60,
    )
)
def test_whatever_dns_says_a_key_signs_only_when_seen_and_there_is_always_one(
    rounds: list[tuple[int, bool | None, bool]],
) -> None:
    keys: list[SigningKey] = []
    now, once_signed = START, False
    for hours, answer, renews in rounds:
        now += timedelta(hours=hours)
        if renews and not any(k.state in (KeyState.PREPARED, KeyState.PUBLISHED) for k in keys):
            selector = new_selector(RSA, {k.selector for k in keys}, now)
            keys.append(replace(key(selector), prepared_at=now))
        seen = {k.selector: answer for k in keys}
        for step in due_steps(keys, seen, RSA, working_days=90, now=now):
            if step.kind is StepKind.PREPARE:
                assert step.selector not in {k.selector for k in keys}
                keys.append(replace(key(step.selector), prepared_at=now))
                continue
            if step.kind is StepKind.ACTIVATE:
                assert seen[step.selector] is True
            (index,) = [i for i, k in enumerate(keys) if k.selector == step.selector]
            if step.kind is StepKind.ERASE:
                retired_at = keys[index].retired_at
                assert retired_at is not None
                assert now - retired_at >= OVERLAP
            keys[index] = take_step(keys[index], step.kind, now)
        active = [k for k in keys if k.state is KeyState.ACTIVE]
        assert len(active) <= 1
        assert active or not once_signed
        assert all(k.seen_at for k in active)
        once_signed |= bool(active)


def test_a_record_is_recognised_however_the_zone_writes_it() -> None:
    ours = key()
    assert is_published(ours, ["v=spf1 -all", "v=DKIM1; k=rsa; p=AAAA"])
    assert is_published(ours, ["k=rsa ; p=AA AA;"])
    assert is_published(ours, ["p=AAAA"])
    assert not is_published(ours, ["v=DKIM1; k=rsa; p="])
    assert not is_published(ours, ["v=DKIM1; k=ed25519; p=AAAA"])
    assert not is_published(ours, ["v=DKIM2; p=AAAA"])
    assert not is_published(ours, ["v=DKIM1; k=rsa; p=AAAB"])
    assert not is_published(ours, [])


def test_an_ed25519_record_holds_the_bare_key() -> None:
    pair = make_key_pair(Algorithm.ED25519)
    assert len(pair.public) == 44  # 32 bytes
    assert base64.b64decode(pair.private)[32:] == base64.b64decode(pair.public)
