"""Civil status does not outlive an account for long; names and numbers are never given again all the same."""

import html
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import account
from tests.foundation.journal.chain import sealed_journal
from tests.people.intake.lines import crowd, feed
from tests.people.intake.lines import line as any_line
from tests.people.intake.lines import other as any_other
from tests.rows import make

from vaguemestre.desks.enrolment.services import appoint_officer
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import months_after
from vaguemestre.people.credentials import services as credentials
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.services import change_states
from vaguemestre.people.credentials.values import MailboxState
from vaguemestre.people.directory.models import MailAddress, ManagementService, NumenRow, Person, TakenName
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.queries import current_numen, suggested_people
from vaguemestre.people.directory.rules.numen_vault import HeldKeys
from vaguemestre.people.directory.services import found_academy, issue_numen, reseal_numens
from vaguemestre.people.directory.values import NumenLayout
from vaguemestre.people.intake.models import AppliedLine, Feed, MatchCandidate, Mention, RefusedRow
from vaguemestre.people.intake.services import CheckedFeed, FeedFiles, ImportContext, apply_feed
from vaguemestre.people.intake.values import ImportTerms
from vaguemestre.people.lifecycle import rules, services
from vaguemestre.people.lifecycle.models import DailyReview, LifecycleEvent
from vaguemestre.people.lifecycle.services import gdpr_erasure
from vaguemestre.people.lifecycle.values import EventKind, LifecycleDelays, Remains
from vaguemestre.schools.lists.models import LetterCopy, ListLetter

NUMBERS = LifecycleDelays()
LEFT = date(2026, 11, 25)
NUMEN = "20E9501234ABC"
days = st.dates(date(2020, 1, 1), date(2040, 1, 1))


# The rule.


@given(
    days,
    st.one_of(st.none(), days),
    st.booleans(),
    st.sampled_from([MailboxState.CLOSED, MailboxState.PURGED, MailboxState.FROZEN]),
    days,
)
def test_a_civil_status_goes_after_the_months_agreed_and_never_while_it_is_still_given(
    closed_on: date, mentioned_on: date | None, serves: bool, mailbox: MailboxState, today: date
) -> None:
    goes = rules.is_due_for_erasure(Remains(closed_on, mailbox, serves, mentioned_on), NUMBERS, today)
    fed = serves or (mentioned_on is not None and today - mentioned_on <= timedelta(days=NUMBERS.fed_days))
    assert goes == (months_after(closed_on, 12) <= today and not fed and mailbox != "frozen")
    assert not rules.is_due_for_erasure(Remains(None, mailbox, serves, mentioned_on), NUMBERS, today)
    if goes:
        assert rules.is_due_for_erasure(Remains(closed_on, mailbox), NUMBERS, today + timedelta(days=400))


@given(days, st.integers(1, 60))
def test_months_end_on_a_day_that_exists(day: date, months: int) -> None:
    after = months_after(day, months)
    assert (after.year - day.year) * 12 + after.month - day.month == months
    assert after.day == day.day or (after.day < day.day and (after + timedelta(days=1)).day == 1)


# From a feed to oblivion, and back.


@pytest.fixture
def setting(tmp_path: Path, db: None) -> ImportContext:
    academy = found_academy("20", "Académie d’Amiens", "ac-amiens.test", ("002", "060", "080"))
    return ImportContext(academy, numen_keys.get(), 2048, "cli", tmp_path / "feed.lock")


def line(**cells: str) -> str:
    return any_line(**{"dossier": "RH1", **cells})


def other(**cells: str) -> str:
    return any_other(**{"dossier": "RH2", **cells})


def moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def fed(setting: ImportContext, day: date, *lines: str, source: str = "") -> CheckedFeed:
    terms = ImportTerms(day, 60, 100.0, source)
    files = FeedFiles(feed(*lines), name="rh.csv")
    return apply_feed(files, setting, terms, now=moment(day), progress=lambda *_: None)


def elodie() -> Account:
    return Account.objects.get(username="elefevre")


def gone(setting: ImportContext, **cells: str) -> Account:
    """Somebody a feed brought, and whose account was closed on LEFT."""
    told = {"fin": "31/08/2026", "courriel_secours": "elodie@perso.example", **cells}
    fed(setting, date(2026, 8, 1), line(**told))
    change_states([elodie().pk], "close", by="test", now=moment(LEFT))
    return elodie()


def look(day: date) -> int:
    """What the worker does that day."""
    services.run_daily_review(NUMBERS, now=moment(day), today=day)
    erased = services.erase_civil_statuses(NUMBERS, now=moment(day), today=day)
    for one in Account.objects.filter(person__erased_at=moment(day)):
        assert run_now(PersonErased(one.pk, one.person_id or 0))
    return erased


A_YEAR_LATER = months_after(LEFT, 12)


def test_a_year_after_the_closing_only_names_and_the_hash_of_the_numen_are_left(
    setting: ImportContext,
) -> None:
    who = gone(setting)
    assert look(A_YEAR_LATER - timedelta(days=1)) == 0
    assert look(A_YEAR_LATER) == 1
    person = Person.objects.get(pk=who.person_id)
    told = (person.civility, person.birth_name, person.usage_name, person.first_name, person.birth_date)
    assert told == ("", "", "", "", None)
    assert (person.recovery_address, person.phone, person.shown_name) == ("", "", "elefevre")
    assert person.assignments.count() == AppliedLine.objects.count() == 0
    row = NumenRow.objects.get()
    assert (bytes(row.ciphertext), len(row.digest)) == (b"", 64)
    assert current_numen(person.pk, numen_keys.get()) is None
    assert set(TakenName.objects.filter(person=person).values_list("name", flat=True)) == {
        "elefevre",
        "elodie.lefevre@ac-amiens.test",
        "elefevre@ac-amiens.test",
    }
    assert (elodie().state, elodie().mailbox_state) == ("closed", "purged")
    assert Entry.objects.filter(action="directory.civil-status-erased", to=f"person:{person.pk}").count() == 1
    assert sealed_journal().holds
    keys = numen_keys.get()
    assert isinstance(keys, HeldKeys)
    assert reseal_numens(keys, by="test", now=moment(A_YEAR_LATER))[0] == 0


def test_the_same_day_looked_at_again_erases_nothing_twice(setting: ImportContext) -> None:
    gone(setting)
    assert [look(A_YEAR_LATER), look(A_YEAR_LATER), look(A_YEAR_LATER + timedelta(days=1))] == [1, 0, 0]
    assert Entry.objects.filter(action="directory.civil-status-erased").count() == 1


def test_a_day_that_was_interrupted_goes_on_at_the_next_round(
    setting: ImportContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    fed(setting, date(2026, 8, 1), line(fin="31/08/2026"), other(fin="31/08/2026"))
    change_states(list(Account.objects.values_list("pk", flat=True)), "close", by="test", now=moment(LEFT))
    whole, done = credentials.erase_account, list[int]()

    def once(account_id: int, **more: Any) -> None:
        if done:
            raise KeyboardInterrupt
        done.append(account_id)
        whole(account_id, **more)

    monkeypatch.setattr(gdpr_erasure, "erase_account", once)
    with pytest.raises(KeyboardInterrupt):
        look(A_YEAR_LATER)
    assert Person.objects.filter(erased_at=None).count() == 1
    monkeypatch.undo()
    assert look(A_YEAR_LATER) == 1
    assert not Person.objects.filter(erased_at=None).exists()
    assert DailyReview.objects.get(day=A_YEAR_LATER).has_erased


@pytest.mark.heavy
def test_a_round_erases_so_many_and_the_next_ones_go_on(
    setting: ImportContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    fed(setting, date(2026, 8, 1), *(one for one in crowd(5, fin="31/08/2026")))
    change_states(list(Account.objects.values_list("pk", flat=True)), "close", by="test", now=moment(LEFT))
    monkeypatch.setattr(gdpr_erasure, "_BATCH_ERASURES", 2)
    assert [look(A_YEAR_LATER) for _ in range(4)] == [2, 2, 1, 0]
    assert not Person.objects.filter(erased_at=None).exists()


def test_a_feed_that_still_speaks_of_somebody_keeps_their_civil_status(setting: ImportContext) -> None:
    gone(setting)
    last = A_YEAR_LATER - timedelta(days=10)
    assert fed(setting, last, line(fin="31/08/2026")).plan.unchanged == 1
    assert Mention.objects.get().on == last
    assert look(A_YEAR_LATER) == 0
    assert look(last + timedelta(days=60)) == 0
    assert look(last + timedelta(days=61)) == 1


def test_a_post_that_goes_on_keeps_the_civil_status_of_an_account_closed_by_hand(
    setting: ImportContext,
) -> None:
    fed(setting, date(2026, 8, 1), line())
    change_states([elodie().pk], "close", by="test", now=moment(LEFT))
    assert look(A_YEAR_LATER + timedelta(days=400)) == 0


def test_a_frozen_mailbox_keeps_its_owners_name(setting: ImportContext) -> None:
    who = gone(setting)
    Account.objects.filter(pk=who.pk).update(mailbox_state="frozen")
    assert look(A_YEAR_LATER) == 0


def test_what_happened_is_forgotten_too(setting: ImportContext) -> None:
    fed(setting, date(2026, 8, 1), line(fin="31/08/2026"))
    services.declare_event(
        elodie().pk,
        EventKind.DEATH,
        LEFT,
        LifecycleDelays(death_frozen=30),
        by="test",
        now=moment(LEFT),
        today=LEFT,
    )
    later = LEFT + timedelta(days=30)
    services.run_due_events(LifecycleDelays(death_frozen=30), now=moment(later), today=later)
    assert look(A_YEAR_LATER) == 1
    assert not LifecycleEvent.objects.exists()


def test_who_comes_back_by_the_same_numen_has_the_same_names_and_activates_anew(
    setting: ImportContext,
) -> None:
    who = gone(setting)
    look(A_YEAR_LATER)
    back = A_YEAR_LATER + timedelta(days=90)
    made = fed(setting, back, line(dossier="NOUVEAU", debut="01/02/2028"))
    assert (len(made.plan.arrivals), len(made.plan.changes), len(made.plan.refused)) == (0, 1, 0)
    account_now = elodie()
    assert (account_now.pk, account_now.state, account_now.mailbox_state) == (who.pk, "pending", "open")
    person = Person.objects.get()
    assert (person.dossier, person.shown_name, person.birth_date) == (
        "NOUVEAU", "Élodie Lefèvre", date(1980, 5, 4)
    )  # fmt: skip
    numen = current_numen(person.pk, numen_keys.get())
    assert numen
    assert numen.text == NUMEN
    assert MailAddress.objects.get(is_primary=True).address == "elodie.lefevre@ac-amiens.test"
    assert [one.name for one in suggested_people("lefevre", limit=5)] == ["Élodie Lefèvre"]
    assert fed(setting, back, line(dossier="NOUVEAU", debut="01/02/2028")).plan.is_empty
    assert look(back + timedelta(days=800)) == 0


def test_a_feed_that_brings_no_post_brings_no_civil_status_back(setting: ImportContext) -> None:
    gone(setting)
    look(A_YEAR_LATER)
    made = fed(setting, A_YEAR_LATER, line(fin="31/08/2026"))
    assert (made.plan.is_empty, made.plan.ended_already, made.plan.refused) == (True, 1, ())
    assert Person.objects.get().birth_name == ""


def test_whoever_left_is_nobody_that_others_may_be_taken_for(setting: ImportContext) -> None:
    """Same names, same birth date, no NUMEN: somebody new, who waits for nobody's judgement."""
    gone(setting)
    look(A_YEAR_LATER)
    made = fed(setting, A_YEAR_LATER, line(numen="", dossier="RH1"))
    assert (len(made.plan.arrivals), len(made.plan.possible_matches)) == (1, 0)
    fresh = Account.objects.exclude(username="elefevre").get()
    assert fresh.username == "elefevre1"  # never given again
    assert MailAddress.objects.get(person=fresh.person).address == "elodie.lefevre1@ac-amiens.test"


def test_the_numen_of_whoever_left_is_never_somebody_elses(setting: ImportContext) -> None:
    who = gone(setting)
    look(A_YEAR_LATER)
    fed(setting, A_YEAR_LATER, other())
    with pytest.raises(Refusal, match=r"directory\.numen-held-already"):
        issue_numen(
            who.person_id or 0, NumenLayout.SEED, numen_keys.get(), None, by="test", now=moment(LEFT)
        )  # fmt: skip
    made = fed(setting, A_YEAR_LATER, other(numen=NUMEN))
    assert "deux personnes différentes" in made.plan.refused[0].reason
    assert NumenRow.objects.get(person_id=who.person_id).digest


def test_a_large_feed_reads_erased_people_alike(
    setting: ImportContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone(setting)
    look(A_YEAR_LATER)
    monkeypatch.setattr("vaguemestre.people.intake.services.feed_diff.IN_MEMORY_LIMIT", 0)
    back = line(dossier="NOUVEAU", debut="01/02/2028")
    made = fed(setting, A_YEAR_LATER, back, other())
    assert (len(made.plan.arrivals), len(made.plan.changes), elodie().state) == (1, 1, "pending")
    change_states([elodie().pk], "close", by="test", now=moment(A_YEAR_LATER))
    fed(setting, A_YEAR_LATER, back, other())
    assert Mention.objects.get().on == A_YEAR_LATER


def test_feeds_forget_the_lines_candidates_and_dossier_and_keep_their_counts(setting: ImportContext) -> None:
    gone(setting)
    fed(setting, LEFT, line(numen="", dossier="D77"))  # alike: refused, a doubt
    assert (MatchCandidate.objects.count(), RefusedRow.objects.count()) == (1, 1)
    look(A_YEAR_LATER)
    assert MatchCandidate.objects.count() == 0
    assert "RH1" not in RefusedRow.objects.get().reason
    assert Feed.objects.order_by("pk").first().arrivals == 1


# Every room.

# What stays: names never given again, the work of others, what a day of its own takes away.
KEPT = {
    "directory.NumenRow", "directory.TakenName", "directory.MailAddress", "directory.NameWord",
    "credentials.Account",
    "sso_registry.Subject", "sso_registry.Pseudonym",  # names in applications, opaque
    "filelinks.SharedFile",  # lent for some days
    "rosters.GatewayRow",  # an address drawn at random
    "sharing.Thread", "sharing.Note", "sharing.SentMessage", "sharing.BoxActivity",  # a box's own history
    "lists.MailingList", "sharing.Box:account",  # accounts of nobody
    "helpdesk.HandOverRow:operator", "helpdesk.HandOverRow:second", "helpdesk.RequestRow:taken_by",
    "lists.ListLetter:decided_by", "portability.Move",  # running: ended by its worker
}  # fmt: skip


def relations() -> list[tuple[type[models.Model], str, bool]]:
    """(table, column, whether it is a person's) of every column that names an account or a person."""
    return [
        (table, field.name, field.related_model is Person)
        for table in apps.get_models()
        if table.__module__.startswith("vaguemestre.")
        for field in table._meta.fields
        if field.related_model in (Account, Person) and not field.auto_created
    ]


def test_every_table_about_people_forgets_or_is_known_to_keep(setting: ImportContext) -> None:
    """A new table about people says here what it keeps, or forgets."""
    fed(setting, date(2026, 8, 1), line(fin="31/08/2026"), other())
    who, made = elodie(), []
    for table, column, is_person in relations():
        label = table._meta.label
        if label in KEPT or f"{label}:{column}" in KEPT:
            continue
        special: dict[str, Any] = {column: who.person if is_person else who}
        if label == "contacts.Contact":
            special["book"] = None
        if label == "directory.Assignment":
            special["ends_on"] = LEFT
        if label == "provisioning.MailboxPlace":
            special["left_on"] = ""  # no former copy is left to delete
        if label == "lifecycle.LifecycleEvent":
            special |= {"event": "retirement", "done": [], "effect_on": LEFT}
        make(table, **special)
        made.append(label)
    Account.objects.filter(pk=who.pk).update(state="closed", state_since=moment(LEFT))
    assert len(set(made)) > 40
    look(A_YEAR_LATER)
    about = {
        f"{table._meta.label}:{column}"
        for table, column, is_person in relations()
        if table._default_manager.filter(**{column: who.person if is_person else who}).exists()
    }
    left = {one for one in about if one.partition(":")[0] not in KEPT and one not in KEPT}
    assert left == {"lists.ListLetter:author", "lists.LetterCopy:person"}
    assert ListLetter.objects.get(author=who).sender_name == ""
    assert LetterCopy.objects.values_list("name", "reasons").get(person=who.person) == ("", [])


# Screens.


@pytest.fixture
def erased(setting: ImportContext) -> Account:
    who = gone(setting)
    look(A_YEAR_LATER)
    return who


def words(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", content.decode())).split())


def client_of(who: Account) -> Client:
    return signed_in(who)


def test_officers_find_somebody_erased_by_their_username_and_read_the_day_alone(erased: Account) -> None:
    officer = account("officiere", role="hr_officer")
    appoint_officer(officer.pk, ManagementService.objects.get(code="DPE").pk, by="test", now=moment(LEFT))
    client, page = client_of(officer), f"/gestion/personnes/{erased.person_id}"
    assert "elefevre" not in words(client.get("/gestion/personnes"))
    found = words(client.get("/gestion/personnes?q=elefevre"))
    assert "elefevre État civil effacé le 25/11/2027" in found
    assert "elefevre" in words(client.get("/gestion/personnes?q=elodie.lefevre@ac-amiens.test"))
    said = words(client.get(page))
    assert "État civil effacé le 25/11/2027" in said
    assert "elodie.lefevre@ac-amiens.test" in said
    assert not {"1980", "Lefèvre", NUMEN[:3], "Corriger"} & set(said.split())
    assert client.get(f"{page}/corriger").status_code == 404
    assert client.post(f"{page}/corriger", {}).status_code == 404
    assert client.get(f"{page}/vie").status_code == 200


@pytest.mark.heavy
def test_administrators_read_the_day_and_every_page_about_people_opens(erased: Account) -> None:
    client = client_of(account("admine", role="administrator"))
    assert "elefevre" not in words(client.get("/administration/personnes"))
    assert "elefevre" in words(client.get("/administration/personnes?q=elefevre"))
    said = words(client.get(f"/administration/personnes/{erased.person_id}"))
    assert "État civil effacé le 25/11/2027" in said
    assert "Appliquer" not in said
    first = Feed.objects.order_by("pk").first()
    assert first
    pages = (
        "/administration/flux",
        f"/administration/flux/{first.pk}",
        f"/administration/flux/{first.pk}?vue=changements",
        f"/administration/flux/{first.pk}/lignes.csv",
        "/administration/flux/doutes",
        "/administration/journal?q=elefevre",
        "/administration/journal.csv",
        f"/assistance/compte/{erased.pk}",
        "/assistance/?q=elefevre",
    )
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert "Lefèvre" not in words(answer)


def test_the_directory_shows_nobody_erased(erased: Account) -> None:
    client = client_of(account("collegue"))

    def addresses(page: str) -> set[str]:
        return {*re.findall(r"[\w.]+@ac-amiens\.test", page)}

    own = addresses(client.get("/annuaire/?q=personne").content.decode())
    person = Person.objects.get(pk=erased.person_id)
    for typed in ("lefevre", "elodie", "elefevre"):
        said = client.get(f"/annuaire/?q={typed}").content.decode()
        assert str(person.public_id) not in said
        assert addresses(said) == own
    assert suggested_people("lefevre", limit=5) == ()
    assert client.get(f"/annuaire/{person.public_id}").status_code == 404
