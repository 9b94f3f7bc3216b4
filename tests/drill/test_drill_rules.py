"""What a drill chooses, counts and tells, without a machine."""

from collections import Counter
from itertools import islice
from pathlib import Path
from xml.etree import ElementTree

from bench.drills import plot, records, report
from bench.drills.accounts import Outcome, Sent, account
from bench.drills.choice import RUN_FAULTS, WEIGHTS, Kind, Places, faults
from bench.drills.interruptions import Sample, Span, longest_silence, percentile, seconds_outside

PLACES = Places(("a", "b", "c"), ("a",), ("a", "storage"), ("b",), dict.fromkeys("abc", ("unit",)))
A, B = "a@x.test", "b@x.test"


def good(*ends: float, who: str = "v") -> list[Sample]:
    return [Sample(who, end - 0.1, end, True) for end in ends]


# Choice


def test_the_same_seed_gives_the_same_faults() -> None:
    assert list(islice(faults(7, PLACES), 40)) == list(islice(faults(7, PLACES), 40))
    assert list(islice(faults(7, PLACES), 40)) != list(islice(faults(8, PLACES), 40))


def test_each_run_has_every_kind_as_often_as_it_is_weighed() -> None:
    chosen = list(islice(faults(3, PLACES), 3 * RUN_FAULTS))
    assert sum(WEIGHTS.values()) == RUN_FAULTS
    for run in range(3):
        assert Counter(one.kind for one in chosen[run * RUN_FAULTS : (run + 1) * RUN_FAULTS]) == WEIGHTS


def test_every_machine_is_struck_before_one_is_struck_again() -> None:
    struck = [
        one.node for one in islice(faults(3, PLACES), 60) if one.kind in (Kind.POWER, Kind.CABLE, Kind.MUTE)
    ]
    assert set(struck) == {"a", "b", "c"}


def test_what_freezes_is_a_unit_of_that_machine() -> None:
    places = PLACES._replace(units={"a": ("x",), "b": ("y",), "c": ("z",)})
    frozen = [one for one in islice(faults(3, places), 100) if one.kind is Kind.FROZEN]
    assert frozen
    assert all(one.unit in places.units[one.node] for one in frozen)


# Accounts


def test_a_number_that_was_taken_and_is_nowhere_is_lost() -> None:
    counted = account([Sent("n-1", (A,), 0, Outcome.TAKEN)], {A: Counter()})
    assert counted.lost == (f"n-1 {A}",)
    assert not counted.is_clean


def test_a_number_that_its_sender_keeps_may_be_absent() -> None:
    tries = [Sent("n-1", (A,), 0, Outcome.REFUSED), Sent("n-2", (A,), 0, Outcome.UNANSWERED)]
    counted = account(tries, {A: Counter()})
    assert counted.is_clean
    assert (counted.refused, counted.unanswered) == (1, 1)


def test_a_number_that_another_address_took_is_told_apart() -> None:
    tries = [Sent("n-1", (A,), 0, Outcome.TAKEN), Sent("n-2", (A,), 0, Outcome.TAKEN, address=1),
             Sent("n-3", (A,), 0, Outcome.REFUSED, address=2)]  # fmt: skip
    counted = account(tries, {A: Counter({"n-1": 1, "n-2": 1})})
    assert (counted.taken, counted.again, counted.refused) == (2, 1, 1)


def test_a_number_without_an_answer_may_be_there_once_but_not_twice() -> None:
    tries = [Sent("n-1", (A,), 0, Outcome.UNANSWERED)]
    assert account(tries, {A: Counter({"n-1": 1})}).is_clean
    assert account(tries, {A: Counter({"n-1": 2})}).doubled == (f"n-1 {A}",)


def test_a_number_in_the_box_of_somebody_else_is_seen() -> None:
    counted = account([Sent("n-1", (A,), 0, Outcome.TAKEN)], {A: Counter({"n-1": 1}), B: Counter({"n-1": 1})})
    assert counted.elsewhere == (f"n-1 {B}",)


def test_each_recipient_of_a_number_is_owed_a_copy() -> None:
    counted = account([Sent("n-1", (A, B), 0, Outcome.TAKEN)], {A: Counter({"n-1": 1}), B: Counter()})
    assert (counted.expected, counted.found, counted.lost) == (2, 1, (f"n-1 {B}",))


def test_what_other_runs_left_is_not_counted() -> None:
    assert account([], {A: Counter({"before": 2})}).is_clean


# Interruptions


def test_the_longest_silence_is_between_two_successes() -> None:
    samples = [*good(1, 2), Sample("v", 2.5, 7, False), *good(9, 10)]
    assert longest_silence(samples, Span(3, 8)) == 7


def test_a_silence_that_has_not_ended_counts_until_the_last_try() -> None:
    assert longest_silence([*good(1), Sample("v", 2, 30, False)], Span(0, 40)) == 29


def test_silences_are_those_of_one_person() -> None:
    samples = [*good(1, 10, who="x"), *good(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, who="y")]
    assert longest_silence(samples, Span(0, 10)) == 9


def test_a_silence_outside_the_fault_is_not_its_own() -> None:
    assert longest_silence(good(1, 20, 21, 22), Span(21, 22)) == 1
    assert longest_silence([], Span(0, 1)) == 0


def test_pages_outside_of_faults_are_those_that_touch_none() -> None:
    samples = [Sample("v", 0, 1, True), Sample("v", 4, 9, True), Sample("v", 20, 23, True)]
    assert seconds_outside(samples, [Span(3, 5)]) == [1, 3]


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile(range(1, 101), 0.95) == 95
    assert percentile([], 0.95) == 0


# What is kept, and told


def test_faults_of_a_seed_are_counted_over_its_runs(tmp_path: Path) -> None:
    for run, seed in (("1", 4), ("2", 4), ("3", 5)):
        record = records.Record(run, tmp_path)
        record.add("run", {"seed": seed})
        record.add("fault", {"number": 1})
    assert records.faults_of(4, tmp_path) == 2


def test_a_drawing_shows_each_fault_and_each_failure() -> None:
    drawn = plot.drawing([[
        {"what": "run", "run": "1"},
        {"what": "fault", "number": 7, "kind": "power", "node": "n", "unit": "",
         "at": 12, "mended": 20, "whole": 30},
        {"what": "bucket", "at": 10, "mx": 5, "mx_failed": 5}, {"what": "bucket", "at": 15, "mx": 10},
    ]])  # fmt: skip
    words = "".join(ElementTree.fromstring(drawn).itertext())
    assert "7. power n" in words
    assert drawn.count(plot._FAILED) == 1


def test_the_page_says_what_the_kept_results_say() -> None:
    assert report.PAGE.read_text(encoding="utf-8") == report.page(list(records.read()))
