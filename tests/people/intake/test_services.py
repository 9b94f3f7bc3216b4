"""Feeds applied: in batches, again, interrupted, together."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from unittest.mock import patch

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries
from tests.access.signin.races import at_once
from tests.foundation.journal.chain import sealed_journal
from tests.own_database import give_database
from tests.people.intake.lines import crowd, feed, line, other

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.services import change_states
from vaguemestre.people.directory.models import (
    Assignment,
    MailAddress,
    NumenRow,
    Person,
    Structure,
    TakenName,
)
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.rules.numen_vault import unseal_bytes
from vaguemestre.people.directory.services import found_academy, register_person
from vaguemestre.people.directory.values import CivilStatus, NewPerson, NumenLayout, StaffCategory
from vaguemestre.people.intake import queries, services
from vaguemestre.people.intake.models import (
    AppliedLine,
    Feed,
    HeldPiece,
    MatchCandidate,
    Origin,
    PlannedRow,
    RefusedRow,
)
from vaguemestre.people.intake.sample import feed_text, sample, structures_text
from vaguemestre.people.intake.services import CheckedFeed, FeedFiles, ImportContext, plan_apply
from vaguemestre.people.intake.services.feed_check import compare_feed
from vaguemestre.people.intake.values import ImportTerms

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
TERMS = ImportTerms(date(2026, 11, 25), grace_days=60, closure_limit_percent=2.0)


@pytest.fixture
def setting(tmp_path: Path, db: None) -> ImportContext:
    academy = found_academy("20", "Académie d’Amiens", "ac-amiens.test", ("002", "060", "080"))
    return ImportContext(academy, numen_keys.get(), 2048, "cli", tmp_path / "feed.lock")


def apply(setting: ImportContext, *lines: str, terms: ImportTerms = TERMS) -> CheckedFeed:
    return apply_files(setting, FeedFiles(feed(*lines), name="rh.csv"), terms)


def apply_files(setting: ImportContext, files: FeedFiles, terms: ImportTerms = TERMS) -> CheckedFeed:
    return services.apply_feed(files, setting, terms, now=NOW, progress=lambda *_: None)


def sampled(agents: int, seed: int) -> FeedFiles:
    made = sample(agents, seed, today=TERMS.today, academy="20", layout=NumenLayout.SEED)
    return FeedFiles("".join(feed_text(made.people)).encode(), "".join(structures_text(made.places)).encode())


COLUMNS = {
    Person: "dossier birth_name usage_name first_name birth_date category service__code account__username "
    "account__mailbox account__state recovery_address",
    MailAddress: "address person__dossier is_primary may_send",
    NumenRow: "digest person__dossier is_current",
    Assignment: "person__dossier structure__uai starts_on function ends_on is_primary",
    TakenName: "kind name person__dossier",
    Structure: "uai name town",
}


def state() -> list[list[tuple[object, ...]]]:
    """Everything a feed may change, without what the order of insertion gives (identifiers)."""
    return [
        list(table.objects.order_by(*columns.split()).values_list(*columns.split()))  # type: ignore[attr-defined]
        for table, columns in COLUMNS.items()
    ]


@pytest.mark.django_db
def test_a_check_changes_nothing(setting: ImportContext) -> None:
    before = state()
    checked = services.check_feed(FeedFiles(feed(line(), other())), setting, TERMS, now=NOW)
    assert len(checked.plan.arrivals) == 2
    assert (state(), Feed.objects.count(), Entry.objects.count()) == (before, 0, 0)


@pytest.mark.django_db
def test_an_arrival_has_a_pending_account_and_everything_hr_says(setting: ImportContext) -> None:
    apply(setting, line(), line(uai="0609001H", principal="N"))
    account = Account.objects.select_related("person__service").get()
    assert (account.username, account.mailbox, account.state) == (
        "elefevre",
        "elefevre@ac-amiens.test",
        "pending",
    )
    assert not account.has_usable_password()
    assert account.person is not None
    assert account.person.service is not None
    assert account.person.service.code == "DPE"
    assert account.person.assignments.count() == 2


@pytest.mark.heavy
@pytest.mark.django_db
def test_a_second_run_changes_nothing(setting: ImportContext) -> None:
    files = sampled(700, 5)
    apply_files(setting, files)
    first, entries = state(), Entry.objects.count()
    again = apply_files(setting, files)
    assert again.plan.is_empty
    assert (state(), Entry.objects.count()) == (first, entries)
    assert sealed_journal().holds


@pytest.mark.heavy
@pytest.mark.django_db
def test_interrupted_after_any_batch_and_run_again_the_end_is_the_same(
    setting: ImportContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_apply, "BATCH_PEOPLE", 20)
    files = sampled(90, 6)

    def stop(done: int, _: int) -> None:
        if done >= 40:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        services.apply_feed(files, setting, TERMS, now=NOW, progress=stop)
    assert Person.objects.count() == 40
    assert Feed.objects.get().finished_at is None
    apply_files(setting, files)
    interrupted = state()
    clear()
    apply_files(replace(setting, academy_id=refound()), files)
    assert state() == interrupted


def confirm(feed_id: int, now: datetime = NOW) -> None:
    """As somebody who reads the plan as it stands does."""
    feed = queries.feed_summary(feed_id)
    assert feed is not None
    services.confirm_feed(feed_id, plan=feed.plan_digest, departures=feed.departures, by="account:1", now=now)


def clear() -> None:
    for table in (
        AppliedLine,
        Feed,
        Origin,
        Account,
        NumenRow,
        MailAddress,
        TakenName,
        Assignment,
        Person,
        Structure,
    ):
        table.objects.all().delete()


def refound() -> int:
    return found_academy("20", "Académie d’Amiens", "ac-amiens.test", ("002", "060", "080"))


@pytest.mark.django_db
def test_a_refused_feed_changes_nobody_and_waits_once(setting: ImportContext) -> None:
    apply(setting, *crowd(50))
    before = state()
    with pytest.raises(Refusal):
        apply(setting, *crowd(2, fin="24/11/2026"), line())
    with pytest.raises(Refusal) as refused:
        apply(setting, *crowd(2, fin="24/11/2026"), line())
    assert refused.value.code == "intake.feed-refused"
    assert "2 personnes sur 50" in str(refused.value.facts["reason"])
    assert state() == before
    (waiting,) = [feed for feed in queries.feed_summaries(setting.academy_id) if feed.waits]
    assert "2 personnes sur 50" in waiting.refusal
    assert (waiting.arrivals, waiting.changes, waiting.departures) == (1, 0, 2)  # a departure is no change
    held = HeldPiece.objects.filter(feed_id=waiting.feed_id, kind="feed")
    assert held
    assert not any(b"Nom" in bytes(piece.sealed) for piece in held)


@pytest.mark.django_db
def test_a_refused_feed_is_applied_once_an_administrator_confirms_it(setting: ImportContext) -> None:
    apply(setting, *crowd(50))
    with pytest.raises(Refusal):
        apply(setting, *crowd(2, fin="24/09/2026"), line())
    (waiting,) = [feed for feed in queries.feed_summaries(setting.academy_id) if feed.waits]
    confirmed = replace(TERMS, closures_confirmed=True)
    assert (
        services.apply_held_feed(waiting.feed_id, setting, confirmed, now=NOW) is None
    )  # nobody confirmed it
    with pytest.raises(Refusal, match="departures-wrong"):
        services.confirm_feed(
            waiting.feed_id, plan=waiting.plan_digest, departures=3, by="account:1", now=NOW
        )
    confirm(waiting.feed_id)
    with pytest.raises(Refusal, match="feed-decided"):
        services.confirm_feed(
            waiting.feed_id, plan=waiting.plan_digest, departures=2, by="account:2", now=NOW
        )
    services.apply_held_feed(waiting.feed_id, setting, confirmed, now=NOW)
    assert Account.objects.filter(state="closed").count() == 2
    assert services.apply_held_feed(waiting.feed_id, setting, confirmed, now=NOW) is None
    assert not HeldPiece.objects.exists()


@pytest.mark.django_db
def test_a_refused_feed_may_be_given_up(
    setting: ImportContext, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]
) -> None:
    apply(setting, *crowd(50))
    with pytest.raises(Refusal):
        apply(setting, *crowd(2, fin="24/09/2026"))
    waiting = queries.feed_summaries(setting.academy_id)[0]
    with django_capture_on_commit_callbacks(execute=True):
        services.discard_feed(waiting.feed_id, by="account:1", now=NOW)
    assert not HeldPiece.objects.exists()
    with pytest.raises(Refusal, match="feed-decided"):
        confirm(waiting.feed_id)
    assert not PlannedRow.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("same", "people"), [(True, 1), (False, 2)])
def test_a_match_candidate_waits_for_a_human_and_the_next_feed_follows_the_answer(
    setting: ImportContext, same: bool, people: int
) -> None:
    apply(setting, line())
    alike = line(dossier="D9", numen="")
    for _ in range(2):
        assert len(apply(setting, alike).plan.refused) == 1
    assert Person.objects.count() == 1
    (candidate,) = queries.match_candidates_of(setting.academy_id)
    assert (candidate.dossier, candidate.person_name) == ("D9", "Élodie Lefèvre")
    lines = services.reveal_match_candidate_lines(
        setting.academy_id, candidate.candidate_id, setting.keys, by="cli", now=NOW
    )
    assert lines == alike
    assert Entry.objects.filter(action="intake.lines-shown", to=f"person:{candidate.person_id}").exists()
    services.answer_match_candidate(
        setting.academy_id, candidate.candidate_id, same=same, by="account:99", now=NOW
    )
    assert not apply(setting, alike).plan.refused
    assert Person.objects.count() == people
    assert Person.objects.filter(dossier="D9").count() == 1
    assert apply(setting, alike).plan.is_empty
    with pytest.raises(Refusal, match="match-answered"):
        services.answer_match_candidate(
            setting.academy_id, candidate.candidate_id, same=not same, by="account:99", now=NOW
        )


@pytest.mark.django_db
def test_good_lines_go_through_and_refused_ones_are_kept_with_their_reason(setting: ImportContext) -> None:
    apply(setting, line(uai="0809001A"), other())
    assert Person.objects.get().dossier == "D2"
    row = RefusedRow.objects.get()
    assert (row.line, row.column, row.dossier) == (2, "uai", "D1")


@pytest.mark.django_db
def test_the_lines_that_changed_somebody_are_kept_sealed(setting: ImportContext) -> None:
    apply(setting, line(), line(uai="0609001H", principal="N"))
    kept = AppliedLine.objects.get()
    assert b"20E9501234ABC" not in bytes(kept.sealed)
    text = unseal_bytes(bytes(kept.sealed), setting.keys, b"feed line").decode()
    assert text.split("\n") == [line(), line(uai="0609001H", principal="N")]
    apply(setting, line(), line(uai="0609001H", principal="N"))
    assert AppliedLine.objects.count() == 1


@pytest.mark.django_db
def test_a_departure_closes_the_account_and_a_return_opens_the_same(setting: ImportContext) -> None:
    apply(setting, line(), *crowd(60))
    account = Account.objects.get(username="elefevre")
    change_states([account.pk], "suspend", by="test", now=NOW)
    apply(setting, line(fin="25/09/2026"))
    account.refresh_from_db()
    assert account.state == "closed"
    apply(setting, line(debut="01/12/2026"))
    account.refresh_from_db()
    assert (account.state, account.mailbox) == ("pending", "elefevre@ac-amiens.test")
    assert Account.objects.filter(username__startswith="elefevre").count() == 1


@pytest.mark.django_db
def test_a_marriage_changes_the_address_and_keeps_the_username(setting: ImportContext) -> None:
    apply(setting, line())
    apply(setting, line(nom_usage="Petit"))
    account = Account.objects.get()
    assert account.person is not None
    assert account.username == "elefevre"
    addresses = account.person.addresses.order_by("id").values_list("address", "is_primary", "may_send")
    assert list(addresses) == [
        ("elodie.lefevre@ac-amiens.test", False, False),
        ("elodie.petit@ac-amiens.test", True, True),
    ]


@pytest.mark.django_db
def test_establishments_come_from_the_companion_file_or_bare_from_the_feed(setting: ImportContext) -> None:
    apply(setting, line())
    assert Structure.objects.get().name == "Établissement 0809001Z"
    header = "uai;nom;type;secteur;departement;commune;code_postal\n"
    companion = f"{header}0809001Z;Collège Jules Verne;Collège;PUBLIC;080;Amiens;80000\n".encode()
    apply_files(setting, FeedFiles(feed(line()), companion))
    assert Structure.objects.get().name == "Collège Jules Verne"


@pytest.mark.django_db
def test_a_feed_run_again_after_a_cut_is_not_shown_as_cut_for_ever(setting: ImportContext) -> None:
    apply(setting, line())
    Feed.objects.update(finished_at=None)
    apply(setting, other())
    assert Feed.objects.filter(finished_at=None).count() == 1
    apply(setting, line())
    assert not Feed.objects.filter(finished_at=None).exists()


@pytest.mark.django_db
def test_people_of_a_complete_file_belong_to_its_source(setting: ImportContext) -> None:
    epp = replace(TERMS, full_source="EPP")
    apply(setting, *crowd(3))
    assert apply(setting, *crowd(2), terms=epp).notices == (
        "La source « EPP » n’a encore personne : aucune absence ne sera vue. C’est la première déclarée.",
    )
    assert apply(setting, *crowd(2), terms=epp).notices == ()
    (misspelt,) = services.check_feed(
        FeedFiles(feed(line())), setting, replace(TERMS, full_source="EEP"), now=NOW
    ).notices
    assert "Sources déjà déclarées : EPP." in misspelt
    assert Origin.objects.filter(source="EPP").count() == 2
    assert apply(setting, *crowd(2), terms=epp).plan.is_empty


@pytest.mark.django_db
def test_a_second_import_at_the_same_time_is_refused(setting: ImportContext) -> None:
    def meanwhile(*_: int) -> None:
        with pytest.raises(Refusal, match="intake.import-running"):
            apply(setting, other())

    services.apply_feed(FeedFiles(feed(line())), setting, TERMS, now=NOW, progress=meanwhile)
    assert Person.objects.count() == 1


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_imports_of_namesakes_on_several_machines_never_share_a_name(tmp_path: Path) -> None:
    academy = refound()
    keys = numen_keys.get()

    def one(machine: int) -> None:
        lines = [
            line(
                dossier=f"M{machine}-{n}",
                numen=f"20E95{machine}{n:04d}MMM",
                date_naissance=f"{n * 3 + 1:02d}/{n + machine + 1:02d}/19{50 + n + 8 * machine}",
            )
            for n in range(8)
        ]
        apply(ImportContext(academy, keys, 2048, "cli", tmp_path / f"lock{machine}"), *lines)

    at_once(4, one)
    names = sorted(Account.objects.values_list("username", flat=True), key=lambda n: (len(n), n))
    assert names == ["elefevre", *(f"elefevre{n}" for n in range(1, 32))]
    assert sealed_journal().holds


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_the_same_file_applied_twice_at_once_registers_nobody_twice(tmp_path: Path) -> None:
    academy, files = refound(), sampled(60, 7)
    keys = numen_keys.get()
    at_once(2, lambda n: apply_files(ImportContext(academy, keys, 2048, "cli", tmp_path / f"lock{n}"), files))
    assert Person.objects.count() == Account.objects.count() == 60


KILLED = """
import os, signal, sys
import django
django.setup()
from vaguemestre.cli.main import main
from vaguemestre.people.intake.services import plan_apply
plan_apply.BATCH_PEOPLE = 25
real = plan_apply._apply_arrivals
calls = 0
def dying(*arguments):
    global calls
    calls += 1
    if calls == int(sys.argv[1]):
        os.kill(os.getpid(), signal.SIGKILL)
    real(*arguments)
plan_apply._apply_arrivals = dying
sys.exit(main(["feed", "apply", sys.argv[2]]))
"""


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An instance of its own, migrated; the environment its commands run in."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("VAGUEMESTRE_")}
    environment |= {
        "VAGUEMESTRE_HOME": str(tmp_path / "home"),
        "DJANGO_SETTINGS_MODULE": "vaguemestre.site.settings",
        "PYTHONPATH": str(Path(services.__file__).parents[4]),
    }
    give_database(tmp_path / "home", migrated=True)
    return environment


def run(environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.heavy
def test_a_killed_import_run_again_ends_as_if_it_had_not_been(tmp_path: Path, home: dict[str, str]) -> None:
    file = tmp_path / "rh.csv"
    file.write_bytes(sampled(100, 8).feed)  # type: ignore[arg-type]
    killed = run(home, "-c", KILLED, "3", str(file))
    assert killed.returncode == -signal.SIGKILL
    again = run(home, "-m", "vaguemestre.cli.main", "feed", "apply", str(file))
    assert again.returncode == 0, again.stderr
    assert "Appliqué : 50 arrivées" in again.stdout
    once_more = run(home, "-m", "vaguemestre.cli.main", "feed", "apply", str(file))
    assert "Rien à changer" in once_more.stdout


@pytest.mark.heavy
@pytest.mark.django_db
def test_the_whole_unchanged_comparison_takes_a_few_questions(
    setting: ImportContext, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    files = sampled(300, 9)
    apply_files(setting, files)
    with django_assert_max_num_queries(14):
        services.check_feed(files, setting, TERMS, now=NOW)


def apply_beside_an_officer(setting: ImportContext, civil: CivilStatus) -> None:
    """A feed of two people; once it was compared, and before it is applied, an officer registers somebody."""
    person = NewPerson("N26-AAAAAA", civil, StaffCategory.SECOND_DEGREE_PUBLIC, ())

    def register(_: CheckedFeed) -> None:
        with transaction.atomic():
            register_person(setting.academy_id, person, setting.keys, by="account:1", now=NOW)

    files = FeedFiles(feed(line(), other()))
    services.apply_feed(files, setting, TERMS, now=NOW, progress=lambda *_: None, planned=register)


@pytest.mark.django_db
def test_somebody_an_officer_registers_while_a_feed_is_read_is_not_registered_twice(
    setting: ImportContext,
) -> None:
    """Under another dossier and without a NUMEN: only the names and the birth date are the feed's."""
    apply(setting, *crowd(1))
    apply_beside_an_officer(setting, CivilStatus("Mme", "Lefèvre", "", "Élodie", date(1980, 5, 4)))
    assert set(Person.objects.values_list("dossier", flat=True)) == {"C00000", "D2", "N26-AAAAAA"}
    candidate = MatchCandidate.objects.get()
    assert (candidate.dossier, candidate.person.dossier) == ("D1", "N26-AAAAAA")


@pytest.mark.django_db
def test_a_feed_goes_on_beside_officers_who_register_others(setting: ImportContext) -> None:
    with patch("vaguemestre.people.intake.services.feed_apply.compare_feed", wraps=compare_feed) as compared:
        apply_beside_an_officer(setting, CivilStatus("M.", "Lambert", "", "Paul", date(1971, 1, 2)))
    assert set(Person.objects.values_list("dossier", flat=True)) == {"D1", "D2", "N26-AAAAAA"}
    assert compared.call_count == 1, "nobody of the feed is like them"
