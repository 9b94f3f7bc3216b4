"""A mailbox for each establishment: opened with it, closed with it, owned by whoever leads it."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from email import message_from_bytes, policy
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult
from tests.access.signin.people import account
from tests.access.signin.races import at_once
from tests.post.quarantine.test_services import events_of
from tests.schools.sharing.conftest import Engines, School, address_of, lead, now

from vaguemestre.access.signin.ports import deliver_notice, revocations
from vaguemestre.access.signin.revocations import mark_of
from vaguemestre.access.signin.services import acting_by_session
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.compose.queries import recipient_suggestions
from vaguemestre.people.credentials.events import AccountActivated
from vaguemestre.people.credentials.models import Account, AppPassword
from vaguemestre.people.credentials.queries import find_account
from vaguemestre.people.directory.events import PeopleChanged
from vaguemestre.people.directory.models import Assignment, Structure, TakenName
from vaguemestre.schools.sharing import handlers, queries, services
from vaguemestre.schools.sharing.events import AccessDue, AccessEnded, MembersAdded, MembersChanged
from vaguemestre.schools.sharing.models import Box, Member
from vaguemestre.schools.sharing.rules.box_rights import box_session_key, names_ending
from vaguemestre.schools.sharing.rules.owners import end_of_day
from vaguemestre.schools.sharing.services import boxes
from vaguemestre.schools.sharing.values import MembershipChange, MembershipTerms, Overlap, Right


def test_a_school_has_its_mailbox_active_without_password_at_an_address_nobody_else_gets(
    school: School,
) -> None:
    box = Account.objects.get(box=school.box)
    assert (box.mailbox, box.state, box.role) == ("ce.0800001a@ac-amiens.test", "active", "box")
    assert school.box.address == "ce.0800001A@ac-amiens.test"
    assert not box.has_usable_password()
    found = find_account("ce.0800001A@ac-amiens.test")
    assert found is not None
    assert found.hashed == ""
    assert TakenName.objects.filter(kind="address", name=box.mailbox).exists()
    assert services.open_school_boxes(None, quota_mb=512, by="test", now=now()) == []


@pytest.mark.heavy
def test_boxes_opened_by_two_at_once_are_opened_once(outside_transactions: None) -> None:
    account("pvasseur")
    opened = at_once(
        4, lambda runner: services.open_school_boxes(None, quota_mb=512, by=f"test{runner}", now=now())
    )
    assert sorted(map(len, opened)) == [0, 0, 0, 1]
    assert Box.objects.count() == 1


def test_the_head_owns_it_by_the_post_and_cannot_be_put_out_by_hand(school: School) -> None:
    row = Member.objects.get(account=school.head)
    assert (row.right, row.is_owner, row.source) == ("manage", True, "post")
    with pytest.raises(Refusal, match="owner-by-post"):
        services.end_member(school.box.pk, row.pk, by="test", now=now())


def test_a_session_ended_meanwhile_makes_no_key_of_the_box(school: School) -> None:
    """The account is being shut, and looks for those its person holds."""
    access = queries.access_to(school.box.pk, school.head.pk, now())
    assert access
    with acting_by_session("ended"), pytest.raises(Refusal, match="ended-meanwhile"):
        services.create_member_password(access, school.head.pk, "Thunderbird", by="x", now=now())
    assert not AppPassword.objects.exists()


def test_another_head_comes_by_feed_and_the_former_one_is_out_in_one_run(
    school: School, engines: Engines
) -> None:
    key = services.create_member_password(
        queries.access_to(school.box.pk, school.head.pk, now()),
        school.head.pk,
        "Thunderbird",
        by="x",
        now=now(),
    )
    assert key
    yesterday = paris_day(now()) - timedelta(days=1)
    new = account("nouvelle", first_name="Anne", last_name="Nouvelle")
    lead(new, since=paris_day(now()))
    lead(school.head, until=yesterday)
    handlers.sync_owners_of_people(PeopleChanged([school.head.person_id, new.person_id]))
    assert queries.owners_of(school.box.pk, now()) == [new.pk]
    assert queries.access_to(school.box.pk, school.head.pk, now()) is None
    name = box_session_key("session", school.box.pk, school.head.pk)
    assert queries.ended_session_names({name}, now(), lambda keys, at: dict.fromkeys(keys, at)) == {name}
    assert AppPassword.objects.get().revoked_at is not None
    seen = revocations.get().end_count()
    run_now(AccessEnded(school.box.pk, school.head.pk))
    marks = revocations.get().ended_since(seen)
    assert {mark_of(told) for told in names_ending(name)} & (
        marks or set()
    )  # the streams they have open there end
    assert engines.cut == ["ce.0800001a@ac-amiens.test"]
    told = list(Entry.objects.filter(to=f"box:{school.box.pk}").values_list("action", flat=True))
    assert told.index("sharing.owner-left") > told.index("sharing.owner-came")
    assert "sharing.box-opened" in told


def test_a_head_who_moves_within_the_academie_reads_on_for_some_days_and_owns_nothing(school: School) -> None:
    today = paris_day(now())
    lead(school.head, until=today - timedelta(days=1))
    elsewhere = Structure.objects.create(uai="0800002B", academy=school.box.academy, name="Lycée d’à côté")
    Assignment.objects.create(
        person=school.head.person, structure=elsewhere, function="DIR", corps="004", starts_on=today
    )
    for _ in range(2):
        handlers.sync_owners_of_people(PeopleChanged([school.head.person_id]))
    (ended,) = [one for one in events_of(MembersChanged) if one.change == MembershipChange.ENDED]
    (told,) = notices_of(ended)
    assert "Vous la lisez encore jusqu’au" in told
    assert "est terminé" not in told
    assert queries.owners_of(school.box.pk, now()) == []
    (row,) = Member.objects.filter(box=school.box, account=school.head, ended_at=None)
    assert (row.right, row.is_owner) == ("read", False)
    assert queries.access_to(school.box.pk, school.head.pk, now() + timedelta(days=13))
    assert queries.access_to(school.box.pk, school.head.pk, now() + timedelta(days=16)) is None
    services.end_member(school.box.pk, row.pk, by="test", now=now())
    handlers.sync_owners_of_people(PeopleChanged([school.head.person_id]))
    assert queries.access_to(school.box.pk, school.head.pk, now()) is None


def test_an_access_by_dates_begins_and_ends_by_itself(school: School) -> None:
    today = paris_day(now())
    substitute = account("remplacante")
    school.share(substitute, Right.SEND, starts_on=today, ends_on=today)
    assert queries.access_to(school.box.pk, substitute.pk, now())
    tomorrow = now() + timedelta(days=1, hours=1)
    assert queries.access_to(school.box.pk, substitute.pk, tomorrow) is None
    assert [event.account_id for event in services.end_expired_memberships(by="test", now=tomorrow)] == [
        substitute.pk
    ]
    assert services.end_expired_memberships(by="test", now=tomorrow) == []
    school.share(substitute, Right.READ, starts_on=today + timedelta(days=30))
    assert queries.access_to(school.box.pk, substitute.pk, now()) is None


def test_an_access_by_dates_is_looked_at_the_moment_it_ends(school: School) -> None:
    substitute, today = account("remplacante"), paris_day(now())
    school.share(substitute, Right.SEND, starts_on=today, ends_on=today)
    member = school.box.members.get(account=substitute)
    due = DBTaskResult.objects.get(args_kwargs__args__1__endswith=":AccessDue")
    assert due.run_after == member.ends_at
    Member.objects.filter(pk=member.pk).update(ends_at=now())
    assert run_now(AccessDue(school.box.pk))
    member.refresh_from_db()
    assert member.ended_at is not None


def test_a_deputy_has_it_the_moment_the_head_has_it_no_more(school: School) -> None:
    today = paris_day(now())
    deputy = account("adjointe")
    Assignment.objects.filter(person=deputy.person).update(corps="004", function="ADJ")
    lead(school.head, until=today - timedelta(days=1))
    Member.objects.filter(account=school.head).update(ends_at=now())
    assert queries.owners_of(school.box.pk, now()) == []
    assert run_now(AccessDue(school.box.pk))
    assert queries.owners_of(school.box.pk, now()) == [deputy.pk]
    assert queries.access_to(school.box.pk, school.head.pk, now()) is None


def test_a_closed_account_opens_nobodys_mailbox(school: School) -> None:
    secretary = account("secretaire")
    school.share(secretary, Right.SEND)
    Account.objects.filter(pk=secretary.pk).update(state="closed")
    assert queries.access_to(school.box.pk, secretary.pk, now()) is None
    assert len(services.end_memberships_of([secretary.pk], by="test", now=now())) == 1


def test_days_reversed_strangers_and_members_already_are_refused(school: School) -> None:
    other = account("autre")
    today = paris_day(now())
    for address, wanted, code in (
        (address_of(other), MembershipTerms(Right.READ, today, today - timedelta(days=1)), "days-reversed"),
        ("personne@ac-amiens.test", MembershipTerms(Right.READ, today), "nobody"),
        (address_of(school.head), MembershipTerms(Right.READ, today), "member-already"),
    ):
        with pytest.raises(Refusal, match=code):
            services.add_member(school.box.pk, address, wanted, by="test", now=now())


def test_an_establishment_that_closes_closes_its_mailbox(school: School) -> None:
    Structure.objects.update(closed_on=date(2026, 8, 31))
    assert services.close_boxes(by="test", now=now()) == [school.box.pk]
    assert Account.objects.get(box=school.box).state == "closed"
    assert queries.access_to(school.box.pk, school.head.pk, now()) is None
    assert services.open_school_boxes(None, quota_mb=512, by="test", now=now()) == []


def test_without_head_nor_deputy_the_mailbox_waits_for_somebody_to_be_named(school: School) -> None:
    Assignment.objects.all().delete()
    services.sync_owners([school.box.structure_id], by="test", now=now())
    rows, total = queries.boxes_without_owner(school.box.academy_id, now())
    assert ([row.box_id for row in rows], total) == ([school.box.pk], 1)
    assert Box.objects.get().closed_at is None


def test_it_is_proposed_to_whoever_writes_by_the_words_of_its_name_or_its_address(school: School) -> None:
    told = (school.box.title, "ce.0800001a@ac-amiens.test")
    for typed in ("college", "Collège jean", "mace", "jean-m", "abbe", "ce.080", "CE.0800001A@ac"):
        assert queries.search_boxes(typed, limit=2) == (told,), typed
    for typed in ("", "c", "olleg", "college zz", "%", "ce.09", ".*"):
        assert queries.search_boxes(typed, limit=2) == (), typed
    assert told[1] in [one.address for one in recipient_suggestions(school.head.pk, "college jean")]
    Box.objects.update(closed_at=now())
    assert queries.search_boxes("college", limit=2) == ()


def test_the_member_and_the_owners_are_told_and_not_who_did_it(school: School) -> None:
    told: list[tuple[str, str]] = []
    before = deliver_notice.get()
    deliver_notice.replace(lambda mailbox, content, message_id, at: told.append((mailbox, content.decode())))
    try:
        secretary = account("secretaire", first_name="Sylvie", last_name="Lecointe")
        school.share(secretary, Right.SEND)
        by = f"account:{school.head.pk}"
        handlers.notify_members(
            MembersChanged(school.box.pk, secretary.pk, MembershipChange.ADDED, "cli", now().isoformat())
        )
        assert {mailbox for mailbox, _ in told} == {"secretaire@ac-amiens.test", "pvasseur@ac-amiens.test"}
        told.clear()
        handlers.notify_members(
            MembersChanged(school.box.pk, secretary.pk, MembershipChange.ADDED, by, now().isoformat())
        )
        assert [mailbox for mailbox, _ in told] == ["secretaire@ac-amiens.test"]
    finally:
        deliver_notice.replace(before)


def notices_of(event: MembersChanged) -> list[str]:
    """The text of each notice of that event."""
    told: list[str] = []
    before = deliver_notice.get()
    deliver_notice.replace(lambda mailbox, content, message_id, at: told.append(text_of(content)))
    try:
        handlers.notify_members(event)
    finally:
        deliver_notice.replace(before)
    return told


def told_at_activation(who: Account) -> list[str]:
    told: list[str] = []
    before = deliver_notice.get()
    deliver_notice.replace(
        lambda mailbox, content, message_id, at: told.append(f"{mailbox} {text_of(content)}")
    )
    try:
        handlers.tell_of_boxes(AccountActivated(who.pk))
    finally:
        deliver_notice.replace(before)
    return told


def test_whoever_activates_an_account_is_told_of_the_boxes_given_before(school: School) -> None:
    head, secretary = school.head, account("secretaire", state="pending", first_name="Sylvie")
    school.share(secretary, Right.SEND)
    assert told_at_activation(secretary) == [], "nothing opens it yet"
    activated = now() + timedelta(minutes=1)
    Account.objects.filter(pk__in=[head.pk, secretary.pk]).update(state="active", activated_at=activated)
    (first,) = told_at_activation(head)
    assert first.startswith(head.mailbox)
    assert "Vous êtes responsable de la boîte" in first
    (second,) = told_at_activation(secretary)
    assert "Vous pouvez ouvrir la boîte" in second
    Account.objects.update(activated_at=now() - timedelta(days=400))
    assert told_at_activation(head) == [], "told when it was given"


def test_several_let_in_at_once_are_told_each_and_the_owner_once(school: School) -> None:
    told: list[tuple[str, str]] = []
    before = deliver_notice.get()
    deliver_notice.replace(lambda mailbox, content, message_id, at: told.append((mailbox, text_of(content))))
    try:
        arriving = [account("secretaire", first_name="Sylvie"), account("cpe", first_name="Karim")]
        addresses = [address_of(one) for one in arriving]
        terms = MembershipTerms(Right.SEND, paris_day(now()))
        DBTaskResult.objects.all().delete()
        services.add_members(school.box.pk, addresses, terms, by="cli", now=now())
        (job,) = DBTaskResult.objects.filter(args_kwargs__args__1__regex=":Members")
        assert run_now(MembersAdded(**job.args_kwargs["args"][2]))
    finally:
        deliver_notice.replace(before)
    assert sorted(mailbox for mailbox, _ in told) == [
        "cpe@ac-amiens.test", "pvasseur@ac-amiens.test", "secretaire@ac-amiens.test",
    ]  # fmt: skip
    (owner,) = [text for mailbox, text in told if mailbox == "pvasseur@ac-amiens.test"]
    assert "2 personnes peuvent désormais ouvrir" in owner
    assert all(name in owner for name in ("Sylvie", "Karim"))


def text_of(content: bytes) -> str:
    part = message_from_bytes(content, policy=policy.default).get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def elsewhere(who: Account, *, since: date, until: date) -> None:
    """They served in the school until that day, and serve in another one."""
    academy = Structure.objects.get(uai="0800001A").academy
    other, _ = Structure.objects.get_or_create(uai="0800002B", defaults={"academy": academy, "name": "Autre"})
    Assignment.objects.filter(person=who.person).update(starts_on=date(2020, 9, 1), ends_on=until)
    Assignment.objects.create(person=who.person, structure=other, starts_on=since)


def follow(school: School, overlap: Overlap) -> None:
    structures = [school.box.structure_id or 0]
    assert services.sync_owners(structures, by="test", now=now(), overlap=overlap) == 1


def test_a_member_who_takes_another_post_keeps_the_former_schools_mailbox_for_the_days_agreed(
    school: School,
) -> None:
    secretary, last = account("secretaire"), paris_day(now()) - timedelta(days=3)
    school.share(secretary, Right.SEND)
    Member.objects.filter(account=secretary).update(starts_at=now() - timedelta(days=90))
    elsewhere(secretary, since=last + timedelta(days=1), until=last)
    follow(school, Overlap(15, 10))
    assert Member.objects.get(account=secretary).ends_at == end_of_day(last + timedelta(days=10))
    assert queries.access_to(school.box.pk, secretary.pk, now())
    assert queries.access_to(school.box.pk, secretary.pk, now() + timedelta(days=9)) is None


def test_whoever_still_serves_or_was_let_in_afterwards_stays_a_member(school: School) -> None:
    staying, helping, leaving = account("reste"), account("aide"), account("part")
    last = paris_day(now()) - timedelta(days=40)
    for who in (staying, helping, leaving):
        school.share(who, Right.READ)
    Member.objects.exclude(account=helping).update(starts_at=now() - timedelta(days=90))
    elsewhere(helping, since=last, until=last)  # and a head asked for their help since
    Assignment.objects.filter(person=leaving.person).update(ends_on=last)  # for no other post
    follow(school, Overlap(15, 15))
    by_hand = Member.objects.filter(account__in=(staying, helping, leaving))
    assert list(by_hand.values_list("ends_at", flat=True)) == [None, None, None]


def test_the_head_to_come_has_it_as_many_days_before_as_is_agreed(school: School) -> None:
    nouvelle = account("nouvelle")
    lead(nouvelle, since=paris_day(now()) + timedelta(days=20))
    for days, has_it in ((15, False), (20, True), (0, False)):
        follow(school, Overlap(days))
        assert bool(queries.access_to(school.box.pk, nouvelle.pk, now())) is has_it


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_two_workers_who_see_a_new_head_at_once_make_one_owner(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL, where each sees the members before the other added one."""
    new, adding = account("nouvelle", first_name="Anne", last_name="Nouvelle"), Barrier(2)
    lead(new, since=paris_day(now()))
    make_owner = boxes._make_owner

    def both_at_once(*arguments: Any, **facts: Any) -> None:
        with suppress(BrokenBarrierError):  # the second one waits for the end of the first: they do not meet
            adding.wait(1)
        make_owner(*arguments, **facts)

    def sync(_: int) -> None:
        try:
            services.sync_owners([school.box.structure_id or 0], by="test", now=now())
        finally:
            connection.close()

    monkeypatch.setattr(boxes, "_make_owner", both_at_once)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(sync, range(2)))
    assert Member.objects.filter(box=school.box, account=new, ended_at=None).count() == 1
