"""Somebody moves from one académie of the installation to another, and everything comes along."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.people.intake.lines import crowd, feed, line, other

from vaguemestre.desks.enrolment.handlers import leave_services
from vaguemestre.desks.enrolment.models import Officer
from vaguemestre.desks.enrolment.services import appoint_officer
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.models import Identity
from vaguemestre.mailbox.compose.services import move_identities
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.services import change_states
from vaguemestre.people.directory.models import (
    Assignment,
    MailAddress,
    ManagementService,
    NumenRow,
    Person,
    Structure,
    TakenName,
)
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.queries import PeopleFilter, current_numen, people_page, suggested_people
from vaguemestre.people.directory.services import found_academy
from vaguemestre.people.intake.events import PersonTransferred
from vaguemestre.people.intake.models import Feed
from vaguemestre.people.intake.services import CheckedFeed, FeedFiles, ImportContext, apply_feed, feed_diff
from vaguemestre.people.intake.values import ImportTerms
from vaguemestre.people.lifecycle import services as lives
from vaguemestre.people.lifecycle.models import LifecycleEvent
from vaguemestre.people.lifecycle.values import LifecycleDelays
from vaguemestre.people.provisioning.queries import expected_mailboxes

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 25)
TERMS = ImportTerms(TODAY, grace_days=60, closure_limit_percent=100)
LILLE_SCHOOL = "0590001F"

type Apply = Callable[..., CheckedFeed]


@pytest.fixture
def amiens(tmp_path: Path) -> Apply:
    return applied(found_academy("20", "Académie d’Amiens", "ac-amiens.test", ("080",)), tmp_path)


@pytest.fixture
def lille(tmp_path: Path) -> Apply:
    return applied(found_academy("09", "Académie de Lille", "ac-lille.test", ("059",)), tmp_path)


def applied(
    academy_id: int, tmp_path: Path, *, keeps_usernames: bool = False, terms: ImportTerms = TERMS
) -> Apply:
    lock = tmp_path / "feed.lock"
    setting = ImportContext(academy_id, numen_keys.get(), 2048, "cli", lock, keeps_usernames=keeps_usernames)

    def act(*lines: str) -> CheckedFeed:
        return apply_feed(FeedFiles(feed(*lines)), setting, terms, now=NOW, progress=lambda *_: None)

    return act


def test_somebody_moves_on_the_first_day_of_their_post_and_not_before(amiens: Apply, lille: Apply) -> None:
    lille(line(uai=LILLE_SCHOOL, debut="01/09/2020"))
    plan = amiens(line(dossier="A77", debut="26/11/2026")).plan
    assert (plan.transfers, plan.arrivals, plan.ended_already) == ((), (), 1)
    assert Account.objects.get(person__academy__code="09").mailbox == "elefevre@ac-lille.test"
    assert len(amiens(line(dossier="A77", debut="25/11/2026")).plan.transfers) == 1


def test_the_numen_stays_the_names_are_new_and_the_mailbox_is_the_same(amiens: Apply, lille: Apply) -> None:
    lille(line(uai=LILLE_SCHOOL, debut="01/09/2020"))
    amiens(other(nom_naissance="Lefèvre", prenom="Emma"))
    account = Account.objects.get(person__academy__code="09")
    Account.objects.filter(pk=account.pk).update(state="active")
    Identity.objects.create(account=account, address="elodie.lefevre@ac-lille.test", name="Élodie Lefèvre")
    assert (account.username, account.mailbox) == ("elefevre", "elefevre@ac-lille.test")
    arriving = line(dossier="A77", debut="01/11/2026")
    done = amiens(arriving)
    assert (len(done.plan.transfers), len(done.plan.arrivals)) == (1, 0)
    assert Feed.objects.latest("pk").arrivals == 1
    account.refresh_from_db()
    assert account.person is not None
    assert account.person.academy.code == "20"
    assert account.person.dossier == "A77"
    # a namesake was there first: the number says so
    assert (account.username, account.mailbox) == ("elefevre2", "elefevre@ac-lille.test")
    assert NumenRow.objects.filter(person=account.person).count() == 1
    assert Person.objects.count() == 2
    addresses = list(
        MailAddress.objects.filter(person=account.person)
        .order_by("id")
        .values_list("address", "is_primary", "may_send")
    )
    assert addresses == [
        ("elodie.lefevre@ac-lille.test", False, False),
        ("elodie.lefevre@ac-amiens.test", True, True),
    ]
    ended = account.person.assignments.get(structure__uai=LILLE_SCHOOL)
    assert ended.ends_on == date(2026, 10, 31)
    move_identities(account.pk, "ac-lille.test", "elodie.lefevre@ac-amiens.test")
    assert Identity.objects.get().address == "elodie.lefevre@ac-amiens.test"
    assert amiens(arriving).plan.is_empty


def test_by_the_rule_of_the_receiving_academie_the_username_is_kept(lille: Apply, tmp_path: Path) -> None:
    lille(line(uai=LILLE_SCHOOL, debut="01/09/2020"))
    academy_id = found_academy("20", "Académie d’Amiens", "ac-amiens.test", ("080",))
    amiens = applied(academy_id, tmp_path, keeps_usernames=True)
    amiens(line(dossier="A77", debut="01/11/2026"))
    account = Account.objects.get()
    assert (account.username, account.mailbox) == ("elefevre", "elefevre@ac-lille.test")
    (expected,) = expected_mailboxes(NOW).values()
    assert expected.sends == ("elodie.lefevre@ac-amiens.test",)
    assert TakenName.objects.filter(kind="username").count() == 1
    amiens(other(nom_naissance="Lefèvre", prenom="Emma"))
    assert set(Account.objects.values_list("username", flat=True)) == {"elefevre", "elefevre1"}


@pytest.mark.parametrize("role", ["administrator", "helpdesk", "hr_officer"])
def test_whoever_moves_leaves_their_office_behind(amiens: Apply, lille: Apply, role: str) -> None:
    lille(line(uai=LILLE_SCHOOL, debut="01/09/2020"))
    account = Account.objects.get()
    Account.objects.filter(pk=account.pk).update(role=role, state="active", spans_academies=True)
    service = ManagementService.objects.get(academy__code="09", code="DPE")
    appoint_officer(account.pk, service.pk, by="test", now=NOW)
    amiens(line(dossier="A77", debut="01/11/2026"))
    account.refresh_from_db()
    assert (account.role, account.spans_academies) == ("agent", False)
    leave_services(PersonTransferred(account.pk, account.person_id or 0, "ac-lille.test", ""))
    assert not Officer.objects.exists()


def test_the_file_of_the_academie_that_was_left_does_not_take_them_back(amiens: Apply, lille: Apply) -> None:
    there = line(uai=LILLE_SCHOOL, debut="01/09/2020")
    lille(there)
    amiens(line(dossier="A77", debut="01/11/2026"))
    again = lille(there)
    assert again.plan.is_empty
    assert again.plan.ended_already == 1
    assert Person.objects.get().academy.code == "20"


def test_whoever_comes_back_has_the_names_they_had(amiens: Apply, lille: Apply) -> None:
    lille(line(uai=LILLE_SCHOOL, debut="01/09/2020"))
    amiens(other(nom_naissance="Lefèvre", prenom="Emma"), line(dossier="A77", debut="01/09/2025"))
    account = Account.objects.get(person__dossier="A77")
    assert account.username == "elefevre1"
    lille(line(uai=LILLE_SCHOOL, debut="01/09/2026"))
    account.refresh_from_db()
    assert (account.username, account.mailbox) == ("elefevre", "elefevre@ac-lille.test")
    primary = MailAddress.objects.get(person=account.person, is_primary=True)
    assert (primary.address, primary.may_send) == ("elodie.lefevre@ac-lille.test", True)
    (expected,) = (box for box in expected_mailboxes(NOW).values() if box.mailbox == account.mailbox)
    assert expected.sends == ("elodie.lefevre@ac-lille.test",)


def test_one_may_serve_in_a_school_of_the_academie_next_door_which_stays_as_it_was(
    amiens: Apply, lille: Apply
) -> None:
    lille(line(uai=LILLE_SCHOOL))
    Structure.objects.filter(uai=LILLE_SCHOOL).update(name="Collège de Lille")
    amiens(other(), other(uai=LILLE_SCHOOL, principal="N"))
    assert set(Assignment.objects.filter(person__dossier="D2").values_list("structure__name", flat=True)) == {
        "Établissement 0609001H",
        "Collège de Lille",
    }


def test_the_same_numen_under_another_name_is_refused(amiens: Apply, lille: Apply) -> None:
    lille(line(uai=LILLE_SCHOOL, debut="01/09/2020"))
    done = amiens(line(debut="01/11/2026", nom_naissance="Autre", prenom="Paul"))
    assert "autre académie" in done.plan.refused[0].reason
    assert Person.objects.get().academy.code == "09"


def test_former_addresses_answer_for_the_agreed_time_then_receive_nothing_and_are_nobodys(
    amiens: Apply, lille: Apply
) -> None:
    lille(line(uai=LILLE_SCHOOL, debut="01/09/2020"))
    amiens(line(dossier="A77", debut="01/11/2026"))
    account, numbers = Account.objects.get(), LifecycleDelays()
    event = PersonTransferred(account.pk, 0, "ac-lille.test", "elodie.lefevre@ac-amiens.test")
    for _ in range(2):
        lives.begin_academy_move(
            event.account_id, event.left_domain, event.new_address, numbers, by="system", now=NOW, today=TODAY
        )
    assert LifecycleEvent.objects.count() == 1
    (expected,) = expected_mailboxes(NOW).values()
    former = {"elodie.lefevre@ac-lille.test", "elefevre@ac-lille.test"}
    assert former <= set(expected.receives)
    assert expected.sends == ("elodie.lefevre@ac-amiens.test",)
    lives.run_due_events(numbers, now=NOW, today=TODAY + timedelta(days=60))
    (expected,) = expected_mailboxes(NOW).values()
    assert not former & set(expected.receives)
    assert expected.mailbox in expected.names  # what opens it inside
    taken = TakenName.objects.filter(name__in=former)
    assert taken.count() == 2


def test_whoever_was_forgotten_there_is_known_by_their_numen_and_begins_anew_here(
    amiens: Apply, lille: Apply
) -> None:
    lille(line(uai=LILLE_SCHOOL, debut="01/09/2010"))
    Assignment.objects.update(ends_on=date(2025, 1, 31))
    who = Account.objects.get()
    change_states([who.pk], "close", by="test", now=NOW - timedelta(days=500))
    lives.run_daily_review(LifecycleDelays(), now=NOW, today=TODAY)
    assert lives.erase_civil_statuses(LifecycleDelays(), now=NOW, today=TODAY) == 1
    made = amiens(line(dossier="A7"))
    assert (len(made.plan.transfers), len(made.plan.arrivals)) == (1, 0)
    who.refresh_from_db()
    assert (who.state, who.mailbox_state, who.username) == ("pending", "open", "elefevre1")
    person = Person.objects.get()
    assert (person.erased_at, person.hidden_since, person.shown_name) == (None, None, "Élodie Lefèvre")
    assert current_numen(person.pk, numen_keys.get())
    assert [one.address for one in suggested_people("lefevre", limit=5)] == ["elodie.lefevre@ac-amiens.test"]
    assert people_page(PeopleFilter("lefevre"), first=0, count=5)[1] == 1
    assert amiens(line(dossier="A7")).plan.is_empty


@pytest.mark.heavy
@pytest.mark.parametrize("in_memory", [0, 1_000_000])
def test_a_feed_that_takes_many_people_from_another_academie_waits_for_a_confirmation(
    lille: Apply, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_memory: int
) -> None:
    monkeypatch.setattr(feed_diff, "IN_MEMORY_LIMIT", in_memory)
    lille(*crowd(12, uai=LILLE_SCHOOL, debut="01/09/2020"))
    limited = replace(TERMS, closure_limit_percent=2)
    amiens_id = found_academy("20", "Académie d’Amiens", "ac-amiens.test", ("080",))
    take = crowd(12, debut="01/11/2026")
    with pytest.raises(Refusal) as held:
        applied(amiens_id, tmp_path, terms=limited)(*take)
    assert "ferait quitter leur académie à 12 personnes sur 12 comptes" in str(held.value.facts)
    assert Person.objects.filter(academy__code="09").count() == 12
    few = applied(amiens_id, tmp_path, terms=limited)(*take[:5])
    assert len(few.plan.transfers) == 5
    confirmed = applied(amiens_id, tmp_path, terms=limited.confirmed)(*take)
    assert len(confirmed.plan.transfers) == 7


def test_no_feed_names_the_head_of_a_school_of_another_academie(amiens: Apply, lille: Apply) -> None:
    lille(line(uai=LILLE_SCHOOL, fonction="DIR", corps="004", debut="01/09/2020"))
    served = other(dossier="A2", uai=LILLE_SCHOOL, fonction="ADF", corps="ADM", debut="01/09/2026")
    heads = [
        line(
            dossier="A3",
            numen="",
            nom_naissance="Pirate",
            uai=LILLE_SCHOOL,
            fonction="DIR",
            debut="01/09/2026",
        ),
        line(
            dossier="A4",
            numen="",
            nom_naissance="Corsaire",
            uai=LILLE_SCHOOL,
            corps="004",
            debut="01/09/2026",
        ),
    ]
    former = line(
        dossier="A5",
        numen="",
        nom_naissance="Ancienne",
        uai=LILLE_SCHOOL,
        fonction="DIR",
        debut="01/09/2020",
        fin="31/10/2026",
    )
    done = amiens(*heads, served, former)
    assert [(row.line, row.column, row.reason) for row in done.plan.refused] == [
        (2, "uai", "direction d’un établissement d’une autre académie : à vérifier"),
        (3, "uai", "direction d’un établissement d’une autre académie : à vérifier"),
    ]
    assert set(Person.objects.filter(academy__code="20").values_list("dossier", flat=True)) == {"A2", "A5"}


def test_nor_does_a_feed_compared_part_by_part(
    amiens: Apply, lille: Apply, monkeypatch: pytest.MonkeyPatch
) -> None:
    lille(line(uai=LILLE_SCHOOL, debut="01/09/2020"))
    monkeypatch.setattr(feed_diff, "IN_MEMORY_LIMIT", 0)
    head = other(uai=LILLE_SCHOOL, fonction="DIR", corps="004", debut="01/09/2026")
    assert [row.column for row in amiens(head).plan.refused] == ["uai"]


def test_a_term_that_would_have_ended_later_ends_in_the_academie_left(amiens: Apply, lille: Apply) -> None:
    lille(line(uai=LILLE_SCHOOL, fonction="DIR", corps="004", debut="01/09/2020", fin="31/08/2027"))
    amiens(line(dossier="A77", debut="01/11/2026"))
    assert Assignment.objects.get(structure__uai=LILLE_SCHOOL).ends_on == date(2026, 10, 31)
