"""A feed too large to be held: planned part by part, it is the plan of the whole."""

import os
import random
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.people.intake.lines import crowd, feed, line, other
from tests.people.intake.test_services import sampled, state

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Person
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.services import found_academy
from vaguemestre.people.intake import queries, services
from vaguemestre.people.intake.feed_parsers import hr
from vaguemestre.people.intake.feed_parsers.csv_lines import InMemory
from vaguemestre.people.intake.models import MatchCandidate
from vaguemestre.people.intake.rules.partitions import Partitioner, RowPosition, SharedKey
from vaguemestre.people.intake.services import CheckedFeed, FeedFiles, ImportContext, feed_diff, plan_apply
from vaguemestre.people.intake.values import ImportTerms, Plan

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
TERMS = ImportTerms(date(2026, 11, 25), grace_days=60, closure_limit_percent=2.0)
FREELY = replace(TERMS, closures_confirmed=True)
SEEDS = range(200 if os.environ.get("VAGUEMESTRE_LONG") else 12)


@pytest.fixture
def setting(tmp_path: Path) -> ImportContext:
    academy = found_academy("20", "Académie d’Amiens", "ac-amiens.test", ("002", "060", "080"))
    return ImportContext(academy, numen_keys.get(), 2048, "cli", tmp_path / "feed.lock")


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every feed is a large one."""
    monkeypatch.setattr(feed_diff, "IN_MEMORY_LIMIT", 0)
    monkeypatch.setattr(feed_diff, "PARTITION_SIZE", 7)


def apply(setting: ImportContext, files: FeedFiles, terms: ImportTerms = TERMS) -> CheckedFeed:
    return services.apply_feed(files, setting, terms, now=NOW, progress=lambda *_: None)


BIRTH_NAMES = ["Lefèvre", "LEFEVRE", "Martin", "Diallo"]


def muddle(draw: random.Random, count: int) -> bytes:
    """Lines that share NUMENs, dossiers and names much more often than people do, some of them unusable."""
    lines = []
    for _ in range(count):
        who = draw.randrange(12)
        own = draw.random() < 0.7
        lines.append(
            line(
                dossier=f"D{who if own else draw.randrange(14)}",
                numen="" if draw.random() < 0.3 else f"20E95{who if own else draw.randrange(14):05d}ABC",
                nom_naissance=["Lefèvre", "LEFEVRE", "Martin", "Diallo"][
                    who % 4 if own else draw.randrange(4)
                ],
                prenom=["Élodie", "Jean", "Aya"][who % 3 if own else draw.randrange(3)],
                date_naissance=["04/05/1980", "09/01/1982"][who % 2 if own else draw.randrange(2)],
                uai=draw.choice(["0809001Z", "0609001H", "0809001Z", "0809001A"]),
                debut=draw.choice(["01/09/2020", "01/09/2026"]),
                fin=draw.choice(["", "", "24/11/2026", "31/08/2026"]),
                principal=draw.choice(["O", "N", "", "O", "?"]),
                categorie=draw.choice(["2D_PUBLIC", "2D_PUBLIC", "CPE"]),
            )
        )
    return feed(*lines)


def whole(made: Plan) -> Plan:
    """The plan with all its people; who is absent has no line, and no place in the order."""
    changes = sorted(made.changes, key=lambda c: (not c.lines, 0 if c.lines else c.change.person_id))
    departures = sorted(made.departures, key=lambda c: (not c.lines, 0 if c.lines else c.change.person_id))
    return replace(
        made,
        arrivals=tuple(made.arrivals),
        changes=tuple(changes),
        transfers=tuple(made.transfers),
        possible_matches=tuple(made.possible_matches),
        departures=tuple(departures),
    )


@pytest.mark.heavy
@pytest.mark.django_db
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_the_file_its_parts_give_the_plan_of_the_whole(
    setting: ImportContext, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(seed)
    lille = replace(setting, academy_id=found_academy("09", "Lille", "ac-lille.test", ("059",)))
    apply(
        lille, FeedFiles(feed(*crowd(2), other(dossier="L3", numen="20E9500003ABC", uai="0590001F"))), FREELY
    )
    for _ in range(draw.randrange(1, 3)):
        terms = replace(FREELY, full_source=draw.choice(["", "EPP"]))
        apply(setting, FeedFiles(muddle(draw, draw.randrange(2, 25))), terms)
        for candidate in MatchCandidate.objects.filter(answer=""):
            same = draw.random() < 0.5
            services.answer_match_candidate(candidate.academy_id, candidate.pk, same=same, by="test", now=NOW)
    sheet = hr.open_sheet(InMemory(muddle(draw, draw.randrange(1, 30))))
    for source in ("", "EPP", "AGAPE"):
        terms = replace(TERMS, full_source=source)
        monkeypatch.setattr(feed_diff, "IN_MEMORY_LIMIT", 1_000)
        at_once = feed_diff.compare_with_directory(
            sheet, setting.academy_id, terms, setting.keys, setting.closing_days
        )
        monkeypatch.setattr(feed_diff, "IN_MEMORY_LIMIT", 0)
        for size in (1, 3):
            monkeypatch.setattr(feed_diff, "PARTITION_SIZE", size)
            made, lines = feed_diff.compare_with_directory(
                sheet, setting.academy_id, terms, setting.keys, setting.closing_days
            )
            for name in Plan.__dataclass_fields__:
                assert getattr(whole(made), name) == getattr(whole(at_once[0]), name), name
            assert lines == at_once[1]
            counted = [len(p) for p in (made.arrivals, made.changes, made.transfers, made.departures)]
            told = whole(made)
            assert counted == [len(p) for p in (told.arrivals, told.changes, told.transfers, told.departures)]
            assert made.is_empty == at_once[0].is_empty


@pytest.mark.heavy
@pytest.mark.django_db
def test_a_large_file_on_the_disk_ends_as_a_small_one(
    setting: ImportContext, tmp_path: Path, in_parts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = sampled(90, 6)
    path = tmp_path / "rh.csv"
    path.write_bytes(files.feed if isinstance(files.feed, bytes) else b"")
    apply(setting, replace(files, feed=path))
    first = state()
    assert Person.objects.count() == Account.objects.count() == 90
    assert apply(setting, replace(files, feed=path)).plan.is_empty
    assert state() == first
    monkeypatch.setattr(feed_diff, "IN_MEMORY_LIMIT", 1_000)
    assert apply(setting, files).plan.is_empty


@pytest.mark.heavy
@pytest.mark.django_db
def test_a_large_import_stopped_and_run_again_ends_as_if_it_had_not_been(
    setting: ImportContext, in_parts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_apply, "BATCH_PEOPLE", 20)
    files = sampled(90, 6)

    def stop(done: int, _: int) -> None:
        if done >= 40:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        services.apply_feed(files, setting, TERMS, now=NOW, progress=stop)
    assert Person.objects.count() == 40
    apply(setting, files)
    assert Person.objects.count() == Account.objects.count() == 90
    assert apply(setting, files).plan.is_empty


@pytest.mark.django_db
def test_the_limit_of_a_large_file_is_counted_on_everybody_and_nothing_is_done(
    setting: ImportContext, in_parts: None
) -> None:
    apply(setting, FeedFiles(feed(*crowd(50))))
    before = state()
    with pytest.raises(Refusal) as refused:
        apply(setting, FeedFiles(feed(*crowd(2, fin="24/11/2026"), line())))
    assert "2 personnes sur 50" in str(refused.value.facts["reason"])
    assert state() == before
    (waiting,) = [feed for feed in queries.feed_summaries(setting.academy_id) if feed.waits]
    assert waiting.departures == 2


@pytest.mark.django_db
def test_a_file_changed_while_it_is_read_is_told(
    setting: ImportContext, tmp_path: Path, in_parts: None
) -> None:
    path = tmp_path / "rh.csv"
    path.write_bytes(feed(*crowd(40)))

    def meanwhile(_: CheckedFeed) -> None:
        path.write_bytes(feed(*crowd(41)))

    with pytest.raises(Refusal, match="file-changed"):
        services.apply_feed(
            FeedFiles(path), setting, TERMS, now=NOW, progress=lambda *_: None, planned=meanwhile
        )


def test_what_shares_a_key_however_far_is_in_one_part_and_each_line_in_one() -> None:
    for seed in range(50):
        draw = random.Random(seed)
        partitioner = Partitioner()
        keys = [[(kind, draw.randrange(30)) for kind in SharedKey if draw.random() < 0.6] for _ in range(40)]
        for number, told in enumerate(keys, start=2):
            partitioner.add_line(RowPosition(number, number * 10, 9), told)
        for person_id in range(100, 120):
            partitioner.add_person(person_id, [(SharedKey.DOSSIER, draw.randrange(30))])
        parts = list(partitioner.partitions(draw.randrange(1, 9)))
        numbers = [place[0] for part in parts for place in part.rows]
        assert sorted(numbers) == list(range(2, 42))
        assert [part.begins for part in parts] == sorted(min(p[0] for p in part.rows) for part in parts)
        of_line = {place[0]: n for n, part in enumerate(parts) for place in part.rows}
        for kind in (SharedKey.DOSSIER, SharedKey.NUMEN):
            for key in range(30):
                holding = {of_line[n] for n, told in enumerate(keys, start=2) if (kind, key) in told}
                assert len(holding) <= 1
