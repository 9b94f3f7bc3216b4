"""Slots, forecasts, alarms and reasons: pure rules of « Aujourd’hui »."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vaguemestre.desks.operations.rules import charts
from vaguemestre.desks.operations.rules.advice import ADVICE
from vaguemestre.desks.operations.rules.alarms import MEASURED, METRICS_UP, Facts, alarms_of
from vaguemestre.desks.operations.rules.forecast import full_at
from vaguemestre.desks.operations.rules.queue_reasons import by_destination, reason_fr
from vaguemestre.desks.operations.rules.series import increase, measures_between
from vaguemestre.desks.operations.rules.slots import PERIODS, Period, bucket_starts, in_buckets, slot_of
from vaguemestre.desks.operations.values import Measure, QueuedMessage, QueuedRecipient, Resolution

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NOW = NOON.timestamp()
ALERTS = Path(__file__).parents[3] / "docs" / "operations" / "alerts"
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))


@given(moments, st.sampled_from(Resolution))
def test_a_slot_begins_at_or_before_its_moment_and_is_its_own_slot(at: datetime, kind: Resolution) -> None:
    slot = slot_of(at, kind)
    assert timedelta() <= at - slot <= timedelta(hours=25)
    assert slot_of(slot, kind) == slot


@example(datetime(2027, 10, 31, 1, tzinfo=UTC), PERIODS[0], [])  # clocks went back an hour ago
@given(moments, st.sampled_from(PERIODS), st.lists(st.floats(0, 0.999), max_size=20))
def test_buckets_lose_no_sample_that_is_within_them(
    now: datetime, period: Period, where: list[float]
) -> None:
    starts = bucket_starts(period, now)
    assert len(starts) == period.count
    assert starts == sorted(set(starts))
    assert starts[-1] <= now
    samples = {starts[0] + (now - starts[0]) * place: Measure(1) for place in where}
    buckets = in_buckets(samples, starts)
    assert sum(bucket.total for bucket in buckets if bucket) == len(samples)


def test_what_came_before_the_first_bucket_is_left_out() -> None:
    starts = bucket_starts(PERIODS[0], NOON)
    assert in_buckets({starts[0] - timedelta(seconds=1): Measure(1)}, starts) == [None] * len(starts)


@given(st.floats(0, 1e9), st.floats(0, 1e9))
def test_a_counter_never_gains_less_than_nothing(before: float, after: float) -> None:
    assert increase(before, after) >= 0


def test_flows_and_reasons_are_what_counters_gained() -> None:
    before = {"steps.delivered.here.": 10.0}
    after = {
        "steps.delivered.here.": 14.0,
        "steps.rejected.door.policy": 2.0,
        "disk-free.mail": 25.0,
        "disk-size.mail": 100.0,
    }
    measures = measures_between(before, after)
    assert measures["arrived"].total == 4
    assert measures["refused"].total == measures["why.door.policy"].total == 2
    assert measures["free.mail"].mean == 0.25
    assert measures_between({}, after)["arrived"].total == 0  # nothing is gained since nothing was read


@given(st.floats(0.05, 1.0), st.integers(7, 30))
def test_a_straight_line_ends_where_it_leads(share: float, days: int) -> None:
    """It loses a hundredth a day: as many days remain as hundredths."""
    free = {NOON - timedelta(days=n): share + n / 100 for n in range(days)}
    ends = full_at(free)
    assert ends is not None
    assert abs(ends - (NOON + timedelta(days=share * 100))) < timedelta(minutes=5)


def test_no_day_is_foretold_from_little_or_while_room_grows() -> None:
    assert full_at({NOON - timedelta(days=n): 0.5 + n / 100 for n in range(6)}) is None
    assert full_at({NOON - timedelta(days=n): 0.5 - n / 100 for n in range(9)}) is None


WELL = {
    MEASURED: NOW, METRICS_UP: 1.0, "source.steps": 1.0, "up.postfix": 1.0, "wants.collector": 0.0,
    "log-line.postfix": NOW - 40,
    "beat.worker": NOW, "jobs.default.failed": 0.0, "queue.deferred": 3.0, "self-mail.sent": NOW - 60,
    "self-mail.seconds": 1.0, "feed.applied": NOW - 3600, "certificate.public": NOW + 40 * 86_400,
    "backup.made": NOW - 3600, "backup.late-after": 86_400.0, "disk-free.mail": 50.0, "disk-size.mail": 100.0,
}  # fmt: skip
FAULTS = {
    "metrics-gone": {MEASURED: NOW - 600},
    "source-unreadable": {"source.steps": 0.0},
    "part-down": {"up.postfix": 0.0},
    "part-wants": {"wants.collector": 1.0},
    "heartbeat-lost": {"beat.worker": NOW - 90},
    "log-silent": {"log-line.postfix": NOW - 300},
    "jobs-failed": {"jobs.default.failed": 1.0},
    "jobs-late": {"jobs-wait": 700.0},
    "outbox-late": {"outbox-overdue": 400.0},
    "postfix-deferred": {"queue.deferred": 501.0},
    "postfix-old": {"queue-oldest.active": NOW - 1900},
    "self-mail-lost": {"self-mail.sent": NOW - 400},
    "self-mail-slow": {"self-mail.seconds": 20.0},
    "feed-old": {"feed.applied": NOW - 4 * 86_400},
    "certificate-ends": {"certificate.public": NOW + 86_400},
    "backup-old": {"backup.made": NOW - 2 * 86_400},
    "disk-full": {"disk-free.mail": 9.0},
}
LATELY = {
    "refused-outside": Facts(WELL, NOW, {"unwanted": 51}, {}, {}),
    "deliveries-put-off": Facts(WELL, NOW, {}, {"put-off-here": 51}, {}),
    "imap-slow": Facts(WELL, NOW, {}, {}, {"imap.1.0": 80, "imap.+Inf": 100}),
}


def facts(changes: dict[str, float]) -> Facts:
    return Facts({**WELL, **changes}, NOW, {}, {}, {"imap.1.0": 99, "imap.+Inf": 100})


def test_no_alarm_is_raised_while_all_is_well() -> None:
    assert alarms_of(facts({})) == ()


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_raises_its_alarm_and_no_other(name: str) -> None:
    assert [alarm.name for alarm in alarms_of(facts(FAULTS[name]))] == [name]


@pytest.mark.parametrize("name", LATELY)
def test_what_was_counted_lately_raises_its_alarm(name: str) -> None:
    assert [alarm.name for alarm in alarms_of(LATELY[name])] == [name]


def test_nobody_is_said_to_be_silent_while_nothing_is_measured() -> None:
    away = facts({METRICS_UP: 0.0, "beat.worker": NOW - 600})
    assert [alarm.name for alarm in alarms_of(away)] == ["metrics-gone"]


@pytest.mark.parametrize(
    "changes",
    [{METRICS_UP: 0.0}, {"up.postfix": 0.0}],
    ids=["nothing is measured", "the engine is away"],
)
def test_a_log_is_said_to_be_silent_only_while_its_engine_is_seen_to_answer(
    changes: dict[str, float],
) -> None:
    raised = alarms_of(facts({"log-line.postfix": NOW - 300, **changes}))
    assert "log-silent" not in {alarm.name for alarm in raised}


def test_a_backup_that_was_never_made_is_told_after_two_days() -> None:
    never = {series: value for series, value in WELL.items() if series != "backup.made"}
    assert alarms_of(Facts(never, NOW, {}, {}, {}, days_measured=1)) == ()
    assert [a.name for a in alarms_of(Facts(never, NOW, {}, {}, {}, days_measured=2))] == ["backup-old"]


def test_every_alert_of_prometheus_is_an_alarm_with_its_page() -> None:
    rules = (ALERTS / "rules.yml").read_text(encoding="utf-8")
    pages = set(re.findall(r"alerts/([a-z-]+)\.md", rules))
    assert pages == set(ADVICE) == set(FAULTS) | set(LATELY)


def test_deliveries_put_off_are_first_looked_for_in_the_queue_which_may_be_empty_again() -> None:
    first, *others = ADVICE["deliveries-put-off"].steps
    assert "rien à faire" in first
    assert not any("systemctl" in step for step in (first, others[0]))


def test_what_others_refuse_is_not_sought_in_the_queue_where_it_no_longer_is() -> None:
    reasons, story, *_ = ADVICE["refused-outside"].steps
    assert "File d’attente" not in reasons + story
    assert "avec l’adresse" in story, "the search refuses an outcome alone"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "Premier essai en cours"),
        ("connect to mx.orange.test[192.0.2.1]:25: Connection refused", "Leur serveur refuse la connexion"),
        ("connect to mx.mairie.test[192.0.2.1]:25: Connection timed out", "Leur serveur ne répond pas"),
        ("Host or domain name not found. Name service error for name=x.test type=MX: Host not found",
         "Nom de serveur introuvable (DNS)"),
        ("host mx[192.0.2.1] said: 450 4.2.0 <a@b.test>: Recipient address rejected: Greylisted",
         "Leur serveur filtre les inconnus : nouvel essai plus tard"),
        ("host mx[192.0.2.1] said: 452 4.2.2 Over quota", "Boîte pleine"),
        ("host mx[192.0.2.1] said: 421 4.7.28 Too many messages", "Trop de courriels d’un coup"),
        ("Server certificate not trusted", "Leur certificat n’est pas le bon"),
        ("host mx[192.0.2.1] said: 499 5.9.9 nonsense", "Leur serveur a répondu 499"),
    ],
)  # fmt: skip
def test_an_answer_of_another_server_is_told_in_french(words: str, sentence: str) -> None:
    assert reason_fr(words) == sentence


def test_what_waits_is_told_by_destination_the_longest_wait_first() -> None:
    def message(queue_id: str, queue: str, minutes: int, *domains: str) -> QueuedMessage:
        recipients = tuple(
            QueuedRecipient(f"x@{domain}", f"{domain}: Connection refused") for domain in domains
        )
        return QueuedMessage(queue_id, queue, NOON - timedelta(minutes=minutes), 10, "a@b.test", recipients)

    rows = by_destination(
        [message("A", "deferred", 5, "un.test", "deux.test"), message("B", "deferred", 9, "un.test"),
         message("C", "hold", 7, "un.test")]
    )  # fmt: skip
    assert [(row.domain, row.messages, row.is_held) for row in rows] == [
        ("un.test", 2, False), ("", 1, True), ("deux.test", 1, False),
    ]  # fmt: skip


@given(st.lists(st.none() | st.floats(0, 1e6), max_size=60))
def test_drawings_stay_within_their_box(values: list[float | None]) -> None:
    for bar in charts.bars(values):
        assert 0 <= bar.x <= charts.WIDTH
        assert 0 <= bar.y < charts.HEIGHT
        assert bar.y + bar.height <= charts.HEIGHT + 0.01
    for points in charts.lines(values):
        for point in points.split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= charts.WIDTH + 0.01
            assert 0 <= y <= charts.HEIGHT
