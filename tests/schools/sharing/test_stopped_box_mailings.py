"""A mailing of a member who may send no longer stops at once; the history says who schedules and resumes."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.access.signin.people import account
from tests.post.quarantine.test_services import events_of
from tests.schools.sharing.conftest import School
from tests.schools.sharing.test_box_mailings import Of, prepared, proofread

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.compose.handlers import stop_member_mailings
from vaguemestre.mailbox.compose.models import Mailing
from vaguemestre.mailbox.compose.services import run_mailing
from vaguemestre.people.credentials.models import Account
from vaguemestre.schools.sharing.events import SendingEnded
from vaguemestre.schools.sharing.models import Member
from vaguemestre.schools.sharing.queries import activity_of
from vaguemestre.schools.sharing.services import change_member, end_member
from vaguemestre.schools.sharing.values import MembershipTerms, Right


@pytest.fixture
def sylvie(school: School) -> Account:
    made = account("slecointe", first_name="Sylvie", last_name="Lecointe")
    school.share(made, Right.SEND)
    return made


def tomorrow() -> dict[str, str]:
    day = paris_day(timezone.now()) + timedelta(days=1)
    return {"schedule": "1", "day": f"{day:%d/%m/%Y}", "hour": "9:00"}


def said(school: School) -> list[tuple[str, str, int]]:
    """What the activity of the mailbox says of mailings, oldest first."""
    lines = [line for line in activity_of(school.box.pk) if "publipostage" in line.action]
    return [(line.name, line.action, line.number) for line in reversed(lines)]


def told_of_a_stop() -> set[int]:
    """The accounts that are written to because a mailing stopped."""
    return {event.account_id for event in events_of(AccountTouched) if "mailing-stopped" in event.act}


@pytest.mark.parametrize("right", [Right.SORT, Right.READ, None])
def test_a_scheduled_mailing_stops_with_the_right_of_whoever_scheduled_it(
    school: School, mails: MemoryMailboxes, sylvie: Account, of: Of, right: Right | None
) -> None:
    browser, now = of(sylvie), timezone.now()
    place = prepared(browser, school)
    browser.post(f"{place}partir/", {**tomorrow(), **proofread()})
    assert Mailing.objects.get().state == "running"
    member = Member.objects.get(account=sylvie, ended_at=None)
    by = f"account:{school.head.pk}"
    if right:
        terms = MembershipTerms(right, paris_day(now))
        change_member(school.box.pk, member.pk, terms, by=by, now=now)
    else:
        end_member(school.box.pk, member.pk, by=by, now=now)
    for event in events_of(SendingEnded):
        stop_member_mailings(event)
        stop_member_mailings(event)  # a job may run twice
    assert Mailing.objects.get().state == "stopped"
    assert told_of_a_stop() == {sylvie.pk, school.head.pk}
    page = of(school.head).get(f"{school.path}messagerie/envois/").content.decode()
    assert "Ne pas envoyer" not in page


def test_mailings_of_others_go_on(school: School, mails: MemoryMailboxes, sylvie: Account, of: Of) -> None:
    place = prepared(of(school.head), school)
    of(school.head).post(f"{place}partir/", {**tomorrow(), **proofread()})
    own = prepared(of(sylvie), school, at="/")
    of(sylvie).post(f"{own}partir/", {**tomorrow(), **proofread()})
    member = Member.objects.get(account=sylvie, ended_at=None)
    end_member(school.box.pk, member.pk, by="x", now=timezone.now())
    for event in events_of(SendingEnded):
        stop_member_mailings(event)
    assert set(Mailing.objects.values_list("state", flat=True)) == {"running"}


def test_the_members_read_who_scheduled_it_and_who_stopped_it(
    school: School, mails: MemoryMailboxes, sylvie: Account, of: Of
) -> None:
    place = prepared(of(sylvie), school)
    of(sylvie).post(f"{place}partir/", {**tomorrow(), **proofread()})
    of(school.head).post(f"{place}arreter/")
    of(school.head).post(f"{place}arreter/")  # a double click
    assert said(school) == [
        ("Sylvie Lecointe", "a programmé un publipostage de 3 courriels", 3),
        ("Philippe Vasseur", "a arrêté un publipostage de 3 courriels", 3),
    ]
    actions = Entry.objects.filter(to=f"box:{school.box.pk}").values_list("action", flat=True)
    assert {"sharing.copies-scheduled", "sharing.copies-stopped"} <= set(actions)


def test_the_members_read_who_resumed_it_and_how_many_left_by_that(
    school: School, mails: MemoryMailboxes, sylvie: Account, of: Of, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vaguemestre.mailbox.compose.services.mailings.mail_merge.MAX_COPIES_IN_FLIGHT", 1)
    place = prepared(of(sylvie), school)
    of(sylvie).post(f"{place}partir/", proofread())
    run_mailing(Mailing.objects.get().pk, mails, limit=10_000_000, now=timezone.now())
    of(sylvie).post(f"{place}arreter/")
    of(school.head).post(f"{place}partir/")
    assert said(school) == [
        ("Sylvie Lecointe", "a lancé un publipostage de 3 courriels", 3),
        ("Sylvie Lecointe", "a arrêté un publipostage de 2 courriels", 2),
        ("Philippe Vasseur", "a repris un publipostage de 2 courriels", 2),
    ]
    assert Entry.objects.filter(action="sharing.copies-resumed", by=f"account:{school.head.pk}").exists()
    page = of(school.head).get(f"/boites/{school.box.pk}/actes/").content.decode()
    assert "a repris un publipostage" in page


def test_whoever_was_given_the_right_again_meanwhile_goes_on(
    school: School, mails: MemoryMailboxes, sylvie: Account, of: Of
) -> None:
    place = prepared(of(sylvie), school)
    of(sylvie).post(f"{place}partir/", {**tomorrow(), **proofread()})
    stop_member_mailings(SendingEnded(school.box.account_id, sylvie.pk, "x"))
    assert Mailing.objects.get().state == "running"
