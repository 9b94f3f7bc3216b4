"""A held feed is applied as it was shown, or not at all; a newer file is never undone by an older one."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError
from tests.people.intake.lines import crowd, feed, line, other
from tests.people.intake.test_services import confirm, state

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Person
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.services import found_academy
from vaguemestre.people.intake import queries, services
from vaguemestre.people.intake.models import AppliedLine, Feed, HeldPiece, MatchCandidate, PlannedRow
from vaguemestre.people.intake.queries import FeedSummary
from vaguemestre.people.intake.services import CheckedFeed, FeedFiles, ImportContext, feed_apply, plan_apply
from vaguemestre.people.intake.services.erasure import forget_person
from vaguemestre.people.intake.services.held.files import read_held_files
from vaguemestre.people.intake.values import ImportTerms

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
TERMS = ImportTerms(date(2026, 11, 25), grace_days=60, closure_limit_percent=2.0, refusal_limit_percent=5.0)
GRH1 = replace(TERMS, full_source="GRH1")
TWELVE = tuple(crowd(12))
NINE = TWELVE[:9]


@pytest.fixture
def setting(tmp_path: Path, db: None) -> ImportContext:
    academy = found_academy("20", "Académie d’Amiens", "ac-amiens.test", ("002", "060", "080"))
    return ImportContext(academy, numen_keys.get(), 2048, "cli", tmp_path / "feed.lock")


def apply(
    setting: ImportContext, *lines: str, terms: ImportTerms = TERMS, now: datetime = NOW, name: str = "rh.csv"
) -> CheckedFeed:
    files = FeedFiles(feed(*lines), name=name)
    return services.apply_feed(files, setting, terms, now=now, progress=lambda *_: None)


def held(setting: ImportContext, *lines: str, terms: ImportTerms = GRH1, now: datetime = NOW) -> FeedSummary:
    """The feed refused whole, as it waits."""
    with pytest.raises(Refusal, match="feed-refused"):
        apply(setting, *lines, terms=terms, now=now)
    return waiting()


def waiting() -> FeedSummary:
    (found,) = queries.feeds_page(waiting=True)[0]
    return found


def carried_out(
    setting: ImportContext, feed_id: int, now: datetime = NOW, terms: ImportTerms = GRH1
) -> CheckedFeed | None:
    return services.apply_held_feed(feed_id, setting, terms, now=now)


def names(feed_id: int, *kinds: str) -> list[str]:
    return [row.name for row in queries.plan_rows_page(feed_id, kinds, count=100)[0]]


def changed_by_c() -> Sequence[str]:
    """A name, a NUMEN, an end date, a category: of four people of the nine."""
    swap = (
        ("Personneak", "Nouvelle"),
        ("20E9500001CCC", "20E9511111CCC"),
        (";01/09/2020;;", ";01/09/2020;31/08/2027;"),
        ("2D_PUBLIC", "CPE"),
    )
    return [cells.replace(*one) for cells, one in zip(NINE, swap, strict=False)]


def test_a_feed_confirmed_after_a_newer_one_undoes_nothing_and_its_new_plan_is_shown(
    setting: ImportContext,
) -> None:
    apply(setting, *TWELVE, terms=GRH1)
    b = held(setting, *NINE)
    assert (b.departures, b.changes) == (3, 0)
    apply(setting, *changed_by_c(), now=NOW + timedelta(minutes=19), name="c.csv")
    after_c = state()
    later = NOW + timedelta(minutes=30)
    with pytest.raises(Refusal) as refused:
        confirm(b.feed_id, later)
    assert refused.value.code == "intake.plan-stale"
    assert "Un import plus récent a été appliqué" in str(refused.value.facts["reason"])
    assert carried_out(setting, b.feed_id, later) is None
    assert state() == after_c

    services.rebuild_plan(b.feed_id, setting, GRH1, now=later)
    anew = waiting()
    assert (anew.departures, anew.changes) == (3, 4)  # what B would undo is told before it is confirmed
    assert "Un fichier plus récent, « c.csv »" in anew.refusal
    rows = {row.dossier: row for row in queries.plan_rows_page(b.feed_id, ("change",))[0]}
    told = {dossier: (row.differences[0].before, row.differences[0].after) for dossier, row in rows.items()}
    assert told == {
        "C00000": ("Nouvelle", "Personneak"),
        "C00001": ("20E••••••••CC", "20E••••••••CC"),
        "C00002": ("2027-08-31", ""),
        "C00003": ("CPE", "2D_PUBLIC"),
    }
    with pytest.raises(Refusal, match="plan-replaced"):
        services.confirm_feed(b.feed_id, plan=b.plan_digest, departures=3, by="account:1", now=later)
    assert state() == after_c


def test_what_is_confirmed_is_what_was_shown_whatever_changed_in_between(setting: ImportContext) -> None:
    apply(setting, *TWELVE, terms=GRH1)
    b = held(setting, *NINE)
    confirm(b.feed_id)
    Person.objects.filter(dossier="C00004").update(usage_name="Mariée")  # by hand, before the worker
    with pytest.raises(Refusal, match="plan-stale"):
        carried_out(setting, b.feed_id)
    anew = waiting()
    assert anew.confirmed_by == ""
    assert "n’est plus ce qui était montré" in anew.plan_note
    assert (anew.departures, anew.changes) == (3, 1)
    assert not Account.objects.filter(state="closed").exists()
    assert Person.objects.get(dossier="C00004").usage_name == "Mariée"
    confirm(b.feed_id)
    assert carried_out(setting, b.feed_id) is not None
    assert Person.objects.get(dossier="C00004").usage_name == ""


def test_a_confirmed_feed_is_applied_exactly_days_later_and_says_who_left(setting: ImportContext) -> None:
    apply(setting, *TWELVE, terms=GRH1)
    b = held(setting, *NINE, line())
    assert names(b.feed_id, "departure") == ["Élodie Personnejk", "Élodie Personneal", "Élodie Personnebl"]
    assert names(b.feed_id, "arrival") == ["Élodie Lefèvre"]
    tomorrow = replace(GRH1, today=date(2026, 11, 27))
    confirm(b.feed_id, NOW + timedelta(days=2))
    done = carried_out(setting, b.feed_id, NOW + timedelta(days=2), tomorrow)
    assert done is not None
    ends = {(row.ends_on, row.person.dossier) for p in Person.objects.all() for row in p.assignments.all()}
    assert (date(2026, 11, 24), "C00009") in ends
    shown = queries.feed_summary(b.feed_id)
    assert shown is not None
    assert (shown.departures, shown.arrivals, shown.waits) == (3, 1, False)
    assert shown.finished_at is not None
    kept = AppliedLine.objects.filter(feed_id=b.feed_id)
    assert sorted(kept.values_list("kind", "person__dossier")) == [
        ("arrival", "D1"),
        ("departure", "C00009"),
        ("departure", "C00010"),
        ("departure", "C00011"),
    ]
    assert not PlannedRow.objects.exists()
    assert Feed.objects.count() == 2  # the feed that waited is the one that was applied


def test_a_plan_a_week_old_is_made_again(setting: ImportContext) -> None:
    apply(setting, *TWELVE, terms=GRH1)
    b = held(setting, *NINE)
    with pytest.raises(Refusal) as refused:
        confirm(b.feed_id, NOW + timedelta(days=8))
    assert "plus de 7 jours" in str(refused.value.facts["reason"])


def test_a_confirmed_feed_cut_short_goes_on_to_the_same_end(
    setting: ImportContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(setting, *TWELVE, terms=GRH1)
    b = held(setting, *NINE, line(), other())
    confirm(b.feed_id)
    monkeypatch.setattr(plan_apply, "BATCH_PEOPLE", 1)

    def stop(done: int, _: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        services.apply_held_feed(b.feed_id, setting, GRH1, now=NOW, progress=stop)
    assert carried_out(setting, b.feed_id) is not None
    assert AppliedLine.objects.filter(feed_id=b.feed_id).count() == 5
    assert Person.objects.count() == 14
    assert carried_out(setting, b.feed_id) is None


def test_a_confirmed_feed_that_meets_somebody_registered_meanwhile_does_nothing_more(
    setting: ImportContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(setting, *TWELVE, terms=GRH1)
    b = held(setting, *NINE, line())
    confirm(b.feed_id)
    carry = plan_apply.apply_batches

    def meanwhile(*args: object, **kwargs: object) -> None:
        monkeypatch.setattr(feed_apply, "apply_batches", carry)
        Person.objects.filter(dossier="C00004").update(usage_name="Mariée")
        raise IntegrityError

    monkeypatch.setattr(feed_apply, "apply_batches", meanwhile)
    with pytest.raises(Refusal, match="plan-stale"):
        carried_out(setting, b.feed_id)
    assert Person.objects.get(dossier="C00004").usage_name == "Mariée"
    assert waiting().feed_id == b.feed_id


def received(folder: Path, name: str, lines: Sequence[str], minutes: int) -> FeedFiles:
    """A file written that many minutes after NOW."""
    path = folder / name
    path.write_bytes(feed(*lines))
    at = (NOW + timedelta(minutes=minutes)).timestamp()
    os.utime(path, (at, at))
    return FeedFiles(path, name=name)


def test_of_newer_files_the_one_that_changed_these_people_is_named(
    setting: ImportContext, tmp_path: Path
) -> None:
    later = NOW + timedelta(hours=3)
    for name, lines, minutes in (
        ("mardi.csv", [*changed_by_c(), *TWELVE[4:]], 60),
        ("mercredi.csv", [line()], 90),
    ):
        files = received(tmp_path, name, lines, minutes)
        services.apply_feed(files, setting, TERMS, now=later, progress=lambda *_: None)
    early = received(tmp_path, "lundi.csv", TWELVE, 0)
    told = services.check_feed(early, setting, TERMS, now=later).plan.refusal
    assert "Un fichier plus récent, « mardi.csv »" in told


@pytest.mark.parametrize("terms", [TERMS, GRH1])
def test_an_older_file_does_not_undo_a_newer_one(
    setting: ImportContext, tmp_path: Path, terms: ImportTerms
) -> None:
    def give(files: FeedFiles, terms: ImportTerms = terms) -> CheckedFeed:
        later = NOW + timedelta(hours=3)
        return services.apply_feed(files, setting, terms, now=later, progress=lambda *_: None)

    late = received(tmp_path, "mardi.csv", [*changed_by_c(), *TWELVE[4:]], 60)
    early = received(tmp_path, "lundi.csv", TWELVE, 0)
    give(late)
    before = state()
    later = NOW + timedelta(hours=3)
    told = services.check_feed(early, setting, terms, now=later).plan.refusal
    assert "Un fichier plus récent, « mardi.csv »" in told
    assert "4 personnes" in told
    with pytest.raises(Refusal, match="feed-refused"):
        give(early)
    assert state() == before
    assert waiting().changes == 4
    # Written again under another name, it is no younger.
    copied = received(tmp_path, "copie.csv", TWELVE, 120)
    with pytest.raises(Refusal, match="feed-refused"):
        give(copied)
    assert not give(early, replace(terms, is_older_allowed=True)).plan.refusal
    assert state() != before


def test_a_file_of_another_source_is_not_older(setting: ImportContext, tmp_path: Path) -> None:
    later = NOW + timedelta(hours=3)
    files = received(tmp_path, "grh1.csv", TWELVE, 60)
    services.apply_feed(files, setting, GRH1, now=later, progress=lambda *_: None)
    agape = received(tmp_path, "agape.csv", [TWELVE[0].replace("2D_PUBLIC", "CPE")], 0)
    terms = replace(TERMS, full_source="AGAPE")
    assert not services.check_feed(agape, setting, terms, now=later).plan.refusal
    assert services.check_feed(agape, setting, TERMS, now=later).plan.refusal


def test_two_people_alike_in_one_file_wait_for_an_answer_at_once(setting: ImportContext) -> None:
    twin = line(dossier="D9", numen="20E9500009TWN")
    apply(setting, line(), twin)
    assert list(Person.objects.values_list("dossier", flat=True)) == ["D1"]
    candidate = MatchCandidate.objects.get()
    assert (candidate.dossier, candidate.person.dossier) == ("D9", "D1")
    apply(setting, line(), twin)
    services.answer_match_candidate(
        setting.academy_id, MatchCandidate.objects.get().pk, same=False, by="account:99", now=NOW
    )
    apply(setting, line(), twin)
    assert Person.objects.count() == 2
    assert apply(setting, line(), twin).plan.is_empty


def test_an_answer_is_taken_back_until_a_feed_has_followed_it(setting: ImportContext) -> None:
    twin, later = line(dossier="D9", numen="20E9500009TWN"), NOW + timedelta(hours=1)
    apply(setting, line(), twin)
    pk = MatchCandidate.objects.get().pk

    def answer() -> None:
        services.answer_match_candidate(setting.academy_id, pk, same=True, by="account:9999", now=later)

    def take_back() -> None:
        services.take_back_answer(setting.academy_id, pk, by="account:9998", now=later)

    answer()
    take_back()
    take_back()
    assert MatchCandidate.objects.get().answer == ""
    assert Entry.objects.filter(action="intake.answer-taken-back", by="account:9998").count() == 1
    answer()
    Feed.objects.update(finished_at=later + timedelta(minutes=5))
    with pytest.raises(Refusal, match="match-followed"):
        take_back()
    assert MatchCandidate.objects.get().answer == "same"


def test_whoever_is_forgotten_leaves_no_plan(setting: ImportContext) -> None:
    apply(setting, *TWELVE, terms=GRH1)
    held(setting, *NINE)
    gone = Person.objects.get(dossier="C00010")
    forget_person(gone.pk)
    assert not PlannedRow.objects.filter(person=gone).exists()


def test_too_many_refused_lines_wait_for_a_decision_with_what_they_say(setting: ImportContext) -> None:
    wrong = [line(dossier=f"W{n}", uai="0809001A") for n in range(29)]
    made = held(setting, *crowd(22), *wrong, terms=TERMS)
    assert "29 lignes sur 51 sont refusées" in made.refusal
    assert not Person.objects.exists()
    services.confirm_feed(made.feed_id, plan=made.plan_digest, departures=None, by="account:1", now=NOW)
    carried_out(setting, made.feed_id, terms=TERMS)
    assert Person.objects.count() == 22


@pytest.mark.heavy
@pytest.mark.parametrize("size", [200])
def test_the_plan_of_a_large_feed_is_kept_in_few_questions(
    setting: ImportContext, size: int, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    apply(setting, *crowd(100), terms=GRH1)
    with django_assert_max_num_queries(60):  # type: ignore[attr-defined]
        made = held(setting, *[cells.replace("20E95", "20E96") for cells in crowd(50)])
    assert made.changes == 50
    with django_assert_max_num_queries(2):  # type: ignore[attr-defined]
        rows, total = queries.plan_rows_page(made.feed_id, ("departure",), search="personneej", count=30)
    assert total == len(rows)


SIX = replace(TERMS, closure_limit_percent=6.0)  # five people of a hundred may leave without confirmation


def leaving(numbers: Iterable[int], everybody: Sequence[str]) -> list[str]:
    """The lines of those people, whose posts ended long ago."""
    return [everybody[number].replace(";01/09/2020;;", ";01/09/2020;31/08/2025;") for number in numbers]


@pytest.fixture
def everybody(setting: ImportContext) -> list[str]:
    """A hundred people, registered some days ago."""
    people = crowd(100)
    apply(setting, *people, now=NOW - timedelta(days=3))
    return people


def departures(setting: ImportContext, *lines: str, terms: ImportTerms = SIX, now: datetime = NOW) -> int:
    """How many people left by that file, which was applied at once."""
    return len(apply(setting, *lines, terms=terms, now=now).plan.departures)


@pytest.mark.heavy
def test_departures_cut_in_slices_are_held_as_those_of_one_file(
    setting: ImportContext, everybody: list[str]
) -> None:
    assert departures(setting, *leaving(range(3), everybody)) == 3
    assert departures(setting, *leaving((3, 4), everybody)) == 2
    assert departures(setting, everybody[50].replace("Personne", "Nouvelle")) == 0
    last = leaving((5, 6), everybody)
    b = held(setting, *last, terms=SIX)
    assert "2 personnes, après 5 en vingt-quatre heures, sur 95 comptes" in b.refusal
    assert "7 personnes" not in b.refusal
    services.discard_feed(b.feed_id, by="account:1", now=NOW)
    assert departures(setting, *last, now=NOW + timedelta(hours=24, minutes=1)) == 2


@pytest.mark.heavy
def test_a_source_counts_its_own_departures_and_those_of_none(
    setting: ImportContext, everybody: list[str]
) -> None:
    grh1, grh2 = (replace(SIX, full_source=source) for source in ("GRH1", "GRH2"))
    apply(setting, *everybody[:50], terms=grh1, now=NOW - timedelta(days=2))
    apply(setting, *everybody[50:], terms=grh2, now=NOW - timedelta(days=2))
    assert departures(setting, *everybody[2:50], terms=grh1) == 2
    assert departures(setting, *everybody[53:], terms=grh2) == 3
    assert held(setting, *everybody[4:50], terms=grh1).departures == 2


@pytest.mark.heavy
def test_what_an_administrator_confirmed_does_not_hold_the_next_file(
    setting: ImportContext, everybody: list[str]
) -> None:
    b = held(setting, *leaving(range(20), everybody), terms=SIX)
    confirm(b.feed_id)
    carried_out(setting, b.feed_id, terms=SIX)
    confirmed = replace(SIX, closures_confirmed=True)
    assert departures(setting, *leaving(range(20, 30), everybody), terms=confirmed) == 10
    assert departures(setting, *leaving((30,), everybody)) == 1


@pytest.mark.heavy
def test_a_feed_that_stops_and_starts_again_counts_each_departure_once(
    setting: ImportContext, everybody: list[str]
) -> None:
    files = FeedFiles(feed(*leaving(range(4), everybody)), name="rh.csv")

    def stop(done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        services.apply_feed(files, setting, SIX, now=NOW, progress=stop)
    apply(setting, *leaving(range(4), everybody), terms=SIX)
    assert departures(setting, *leaving((4,), everybody)) == 1
    assert held(setting, *leaving((5,), everybody), terms=SIX).departures == 1


def test_a_feed_that_nobody_decides_is_given_up_at_the_end_of_its_retention(setting: ImportContext) -> None:
    apply(setting, *TWELVE, terms=GRH1)
    undecided = held(setting, *NINE)
    services.delete_old_lines(30, now=NOW + timedelta(days=29))
    assert HeldPiece.objects.filter(feed=undecided.feed_id).count() == 2
    assert PlannedRow.objects.exists()
    services.delete_old_lines(30, now=NOW + timedelta(days=31))
    assert not HeldPiece.objects.exists()
    assert not PlannedRow.objects.exists()
    assert not queries.feeds_page(waiting=True)[0]
    with pytest.raises(Refusal, match="feed-decided"):
        services.request_plan(undecided.feed_id, by="account:1", now=NOW)


def test_a_feed_held_anew_is_applied_with_the_establishments_of_its_last_plan(setting: ImportContext) -> None:
    apply(setting, *TWELVE, terms=GRH1)
    places = b"uai;nom;type;secteur;departement;commune;code_postal\n"
    for given in (None, places):
        files = FeedFiles(feed(*NINE), given, "rh.csv")
        with pytest.raises(Refusal, match="feed-refused"):
            services.apply_feed(files, setting, GRH1, now=NOW, progress=lambda *_: None)
    assert read_held_files(waiting().feed_id, setting.keys)[1] == places
