"""Complete, then delta, then broken: each school's roster is what its files say, whole, or what it was."""

import json
import logging
import random
from dataclasses import replace
from datetime import timedelta

import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st
from tests.schools.rosters.schools import (
    DIGEST,
    ENT,
    NOW,
    OTHER,
    TODAY,
    UAI,
    files,
    school,
    setting,
    structure,
)

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.schools.rosters.aaf.xml import chunks_of, read_requests
from vaguemestre.schools.rosters.models import (
    GroupRow,
    ImportRow,
    PupilRow,
    RelativeRow,
    RosterRow,
    StagedRow,
)
from vaguemestre.schools.rosters.queries import stored_rosters
from vaguemestre.schools.rosters.rules.roster_diff import target_rosters
from vaguemestre.schools.rosters.sample import SampleSchool, delta_files, document, sample_files
from vaguemestre.schools.rosters.services import apply_import, plan_import, purge_rosters
from vaguemestre.schools.rosters.values import AafCategory, Roster

TEACHERS = {"camille.delattre@ac-amiens.test": ["4B", "6A"]}


def import_(given_files: dict[str, bytes], **more: object) -> object:
    return apply_import(files(given_files), setting(**more), now=NOW, progress=lambda done, total: None)


def changed(before: SampleSchool, seed: int) -> SampleSchool:
    """Some leave, some change class, some arrive, some parents change address."""
    draw = random.Random(seed)
    fresh = school(before.uai, seed + 100).records
    pupils, relatives = dict(before.records[AafCategory.PUPIL]), dict(before.records[AafCategory.RELATIVE])
    source = next(iter(before.records[AafCategory.SCHOOL]))
    for number in list(pupils):
        chance = draw.random()
        if chance < 0.1:
            del pupils[number]
        elif chance < 0.3:
            pupils[number] = {**pupils[number], "ENTEleveClasses": [f"{source}$3A"]}
    for number, one in list(fresh[AafCategory.PUPIL].items())[: draw.randint(0, 4)]:
        pupils[f"7{number}"] = {**one, "ENTElevePersRelEleve": []}
    for number in list(relatives)[: draw.randint(0, 5)]:
        relatives[number] = {**relatives[number], "sn": ["Nouveau"]}
    return replace(
        before, records={**before.records, AafCategory.PUPIL: pupils, AafCategory.RELATIVE: relatives}
    )


def rosters_of(
    given_files: dict[str, bytes], known: dict[str, Roster], *, is_full: bool
) -> dict[str, Roster]:
    requests = [
        one for name, content in given_files.items() for one in read_requests(chunks_of(content), name)
    ]
    read = target_rosters(requests, known, DIGEST, is_full=is_full, domain=ENT)
    assert read.rejected == ()
    return dict(read.rosters)


@pytest.mark.heavy
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_delta_leads_where_a_complete_export_would(seed: int, change: int) -> None:
    before = school(seed=seed, size=3, teachers=TEACHERS)
    after = changed(before, change)
    known = rosters_of(sample_files(before, TODAY), {}, is_full=True)
    by_delta = rosters_of(delta_files(before, after, TODAY), known, is_full=False)
    assert by_delta == rosters_of(sample_files(after, TODAY), known, is_full=True)


@pytest.mark.django_db(transaction=True)
def test_a_complete_export_then_its_delta_then_a_broken_one() -> None:
    structure()
    before = school(teachers=TEACHERS)
    import_(sample_files(before, TODAY))
    assert PupilRow.objects.count() == 30
    held = {row.name: row.pk for row in GroupRow.objects.all()}
    assert set(held) == {"6A", "5A", "4A", "4B", "3A"}
    after = changed(before, 7)
    import_(delta_files(before, after, TODAY))
    assert PupilRow.objects.count() == len(after.records[AafCategory.PUPIL])
    assert {row.name: row.pk for row in GroupRow.objects.all()} == held  # an audience keeps its name
    was = stored_rosters(setting().academy_id)
    good = sample_files(school(seed=3), TODAY)
    last = next(name for name in good if "_Eleve_" in name)
    good[last] = good[last][:-30]
    with pytest.raises(Refusal) as refused:
        import_(good)
    assert refused.value.code == "rosters.file-broken"
    assert refused.value.facts["file"] == last
    assert int(str(refused.value.facts["line"])) > 100
    assert stored_rosters(setting().academy_id) == was


@pytest.mark.django_db(transaction=True)
def test_the_same_files_twice_change_nothing_the_second_time() -> None:
    structure()
    given_files = sample_files(school(teachers=TEACHERS), TODAY)
    import_(given_files)
    assert plan_import(files(given_files), setting()).is_empty
    import_(given_files)
    assert ImportRow.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_bad_record_is_refused_alone_and_its_pupil_stays_as_they_were() -> None:
    structure()
    before = school()
    import_(sample_files(before, TODAY))
    number, one = next(iter(before.records[AafCategory.PUPIL].items()))
    bad = {**before.records[AafCategory.PUPIL], number: {**one, "ENTEleveClasses": ["sans dollar"]}}
    plan = import_(sample_files(replace(before, records={**before.records, AafCategory.PUPIL: bad}), TODAY))
    assert [line.reason for line in plan.rejected] == ["classe mal écrite (« numéro$classe » attendu)"]  # type: ignore[attr-defined]
    assert plan.rejected[0].line == 4  # type: ignore[attr-defined]
    assert PupilRow.objects.count() == 30


@pytest.mark.django_db(transaction=True)
def test_a_school_that_would_lose_its_pupils_is_refused_until_it_is_confirmed() -> None:
    structure()
    before = school()
    import_(sample_files(before, TODAY))
    few = dict(list(before.records[AafCategory.PUPIL].items())[:5])
    short = sample_files(replace(before, records={**before.records, AafCategory.PUPIL: few}), TODAY)
    with pytest.raises(Refusal) as refused:
        import_(short)
    assert "perdrait 25 de ses 30 élèves" in str(refused.value.facts["reason"])
    import_(short, losses_confirmed=True)
    assert PupilRow.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_an_import_killed_between_two_schools_leaves_each_whole_and_goes_on() -> None:
    structure()
    structure(OTHER, "Collège Marivaux")
    given_files = sample_files(school(), TODAY) | sample_files(school(OTHER, 2), TODAY)

    class Killed(Exception):
        pass

    def die(done: int, total: int) -> None:
        if done == 1:
            raise Killed

    with pytest.raises(Killed):
        apply_import(files(given_files), setting(), now=NOW, progress=die)
    assert RosterRow.objects.count() == 1
    assert PupilRow.objects.count() == 30
    import_(given_files)
    assert PupilRow.objects.count() == 60


@pytest.mark.django_db(transaction=True)
def test_a_school_hands_over_its_own_classes_only() -> None:
    structure()
    structure(OTHER)
    with pytest.raises(Refusal, match="other-school"):
        import_(sample_files(school(OTHER), TODAY), only_uai=UAI)
    assert not RosterRow.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_only_name_class_and_address_in_the_ent_are_kept() -> None:
    structure()
    sample = school()
    import_(sample_files(sample, TODAY))
    kept = json.dumps(
        [
            list(model.objects.values())  # type: ignore[attr-defined]
            for model in apps.get_app_config("rosters").get_models()
            if model is not StagedRow
        ],
        default=str,
        ensure_ascii=False,
    )
    for pupil in sample.records[AafCategory.PUPIL].values():
        assert pupil["ENTEleveINE"][0] not in kept
        assert pupil["ENTPersonDateNaissance"][0] not in kept
        assert pupil["ENTPersonDateNaissance"][0][6:] + "-" not in kept.replace("2026-", "").replace(
            "2027-", ""
        )
    assert "example.org" not in kept
    assert "0300000000" not in kept
    assert not RelativeRow.objects.exclude(address__endswith=f"@{ENT}").exists()
    assert RelativeRow.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_neither_the_journal_nor_the_logs_name_a_child(caplog: pytest.LogCaptureFixture) -> None:
    structure()
    sample = school()
    number, one = next(iter(sample.records[AafCategory.PUPIL].items()))
    bad = {**sample.records[AafCategory.PUPIL], number: {**one, "givenName": [""]}}
    with caplog.at_level(logging.DEBUG):
        plan = import_(
            sample_files(replace(sample, records={**sample.records, AafCategory.PUPIL: bad}), TODAY)
        )
        with pytest.raises(Refusal) as refused:
            import_({"ENT_0800001S_Complet_1_Eleve_0.xml": document(["<oups>"])})
    told = caplog.text + json.dumps(
        [list(Entry.objects.values()), list(ImportRow.objects.values())], default=str
    )
    told += repr(plan) + str(refused.value) + repr(refused.value.facts)
    assert len(plan.rejected) == 1  # type: ignore[attr-defined]
    for people in (sample.records[AafCategory.PUPIL], sample.records[AafCategory.RELATIVE]):
        for person in people.values():
            for value in (*person["mail"], *person.get("ENTPersonLogin", ())):
                assert value not in told
            assert f"'{person['sn'][0]}'" not in told


@pytest.mark.django_db(transaction=True)
def test_everything_goes_with_the_school_year() -> None:
    structure()
    import_(sample_files(school(), TODAY))
    assert str(RosterRow.objects.get().purge_on) == "2027-08-31"
    assert purge_rosters(now=NOW) == 0
    assert purge_rosters(now=NOW + timedelta(days=270)) == 0
    assert purge_rosters(now=NOW.replace(year=2027, month=9, day=1)) == 1
    for model in (RosterRow, GroupRow, PupilRow, RelativeRow):
        assert not model.objects.exists()
