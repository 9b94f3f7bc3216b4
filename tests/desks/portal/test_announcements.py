"""Announcements: for whom, above the mail until read, and by mail once an administrator has decided."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import PASSWORD, account
from tests.desks.bulk.samples import work

from vaguemestre.desks.bulk.models import BulkAct, BulkTarget
from vaguemestre.desks.bulk.services import decide_act
from vaguemestre.desks.bulk.values import Act, Phase, State
from vaguemestre.desks.portal import queries, services
from vaguemestre.desks.portal.models import AnnouncementRow
from vaguemestre.desks.portal.values import Announcement, Importance
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Academy, Person
from vaguemestre.people.directory.services import found_academy

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 9, 1, 10, tzinfo=UTC)
DAY = NOON.date()
BY = "account:999999"


def announcement(title: str = "Coupure", **fields: object) -> Announcement:
    given = {"text": "Dimanche matin.", "importance": Importance.PLAIN, "starts_on": DAY, "ends_on": DAY}
    return Announcement(title, **{**given, **fields})  # type: ignore[arg-type]


def of_lille(made: Account) -> Account:
    with transaction.atomic():
        lille = found_academy("09", "Académie de Lille", "ac-lille.test", ("059", "062"))
    Person.objects.filter(pk=made.person_id).update(academy=lille)
    Account.objects.filter(pk=made.pk).update(mailbox=f"{made.username}@ac-lille.test")
    return made


def academy_id(domain: str) -> int:
    return Academy.objects.get(domain=domain).pk


@pytest.fixture
def urgent(client: Client) -> int:
    signed_in(account(), client)
    today = paris_day(timezone.now())
    for title in ("Vieille", "Coupure"):
        services.save_announcement(
            announcement(title, importance=Importance.WARNING, starts_on=today, ends_on=today),
            by=BY,
            now=NOON,
        )
    services.save_announcement(announcement("Anodine", starts_on=today, ends_on=today), by=BY, now=NOON)
    return AnnouncementRow.objects.get(title="Coupure").pk


def above_the_mail(client: Client) -> str:
    return client.get("/accueil/bandeaux").content.decode()


def test_what_is_to_be_read_without_delay_stands_above_the_mail_until_it_is_read(
    client: Client, urgent: int
) -> None:
    assert "Coupure" in above_the_mail(client)
    answer = client.post(f"/accueil/annonce/{urgent}/lue", headers={"HX-Request": "true"})
    assert "Vieille" in answer.content.decode(), "the next one follows"
    assert "Vieille" in above_the_mail(client)
    client.post(f"/accueil/annonce/{AnnouncementRow.objects.get(title='Vieille').pk}/lue")
    assert above_the_mail(client).strip() == ""
    assert "Coupure" in client.get("/").content.decode(), "the home page still shows it"


def test_what_was_read_is_forgotten_once_it_is_over(client: Client, urgent: int) -> None:
    client.post(f"/accueil/annonce/{urgent}/lue")
    AnnouncementRow.objects.filter(pk=urgent).update(ends_on=paris_day(timezone.now()) - timedelta(days=1))
    client.post(f"/accueil/annonce/{AnnouncementRow.objects.get(title='Vieille').pk}/lue")
    assert urgent not in Account.objects.get(username="nmorel").preferences["portal"]["read_announcements"]


def test_an_announcement_is_read_by_the_people_of_its_academie() -> None:
    of_lille(account("lilloise"))
    lille, amiens = academy_id("ac-lille.test"), Academy.objects.exclude(domain="ac-lille.test").get().pk
    services.save_announcement(announcement("Pour Lille"), by=BY, now=NOON, office_academy=lille)
    services.save_announcement(announcement("Pour toutes"), by=BY, now=NOON)
    assert {one.title for one in queries.announcements_on(DAY, lille)} == {"Pour Lille", "Pour toutes"}
    assert [one.title for one in queries.announcements_on(DAY, amiens)] == ["Pour toutes"]


def test_an_office_writes_those_of_its_academie_alone() -> None:
    of_lille(account("lilloise"))
    lille = academy_id("ac-lille.test")
    general = services.save_announcement(announcement("Pour toutes"), by=BY, now=NOON)
    assert queries.announcements_page(DAY, lille) == ([], 0)
    assert queries.find_announcement(general, lille) is None
    services.withdraw_announcement(general, by=BY, now=NOON, office_academy=lille)
    assert AnnouncementRow.objects.filter(pk=general).exists()


def mailed() -> int:
    """An announcement wanted by mail, whose sending has been prepared."""
    announcement_id = services.save_announcement(announcement(is_mailed=True), by=BY, now=NOON)
    services.prepare_mail(announcement_id, now=NOON)
    return announcement_id


def test_by_mail_everybody_with_an_account_is_listed_and_nothing_leaves_before_somebody_decides() -> None:
    expected = {account("marie").pk, account("paul").pk}
    account("parti", state="closed")
    mailed()
    act = BulkAct.objects.get()
    assert (act.act, act.state, act.subject, act.text) == (
        Act.NOTICE, State.PREPARED, "Coupure", "Dimanche matin.",
    )  # fmt: skip
    assert set(BulkTarget.objects.values_list("account_id", flat=True)) == expected


def test_it_is_prepared_once_however_often_it_is_saved_or_the_job_runs() -> None:
    account("marie")
    announcement_id = mailed()
    services.prepare_mail(announcement_id, now=NOON)
    services.save_announcement(announcement(announcement_id=announcement_id, is_mailed=True), by=BY, now=NOON)
    services.prepare_mail(announcement_id, now=NOON)
    assert BulkAct.objects.count() == 1


def test_by_mail_an_academie_writes_to_its_own_people() -> None:
    account("marie")
    lilloise = of_lille(account("lilloise"))
    announcement_id = services.save_announcement(
        announcement(is_mailed=True), by=BY, now=NOON, office_academy=academy_id("ac-lille.test")
    )
    services.prepare_mail(announcement_id, now=NOON)
    assert list(BulkTarget.objects.values_list("account_id", flat=True)) == [lilloise.pk]


def test_without_anybody_to_write_to_it_may_be_asked_again() -> None:
    mailed()
    row = AnnouncementRow.objects.get()
    assert (row.mail_asked_by, row.mail_act_id) == ("", 0)


def test_withdrawn_it_leaves_no_sending_to_decide() -> None:
    account("marie")
    announcement_id = mailed()
    services.withdraw_announcement(announcement_id, by=BY, now=NOON)
    assert BulkAct.objects.get().state == State.ABANDONED
    with pytest.raises(Refusal, match="bulk.not-now"):
        decide_act(BulkAct.objects.get().pk, 10, by="account:1", now=NOON)


def test_withdrawn_while_its_sending_runs_it_reaches_nobody_else() -> None:
    account("marie")
    announcement_id = mailed()
    decide_act(BulkAct.objects.get().pk, 10, by="account:1", now=NOON)
    services.withdraw_announcement(announcement_id, by=BY, now=NOON)
    work(BulkAct.objects.get().pk)
    assert BulkAct.objects.get().state == State.ABANDONED
    assert not BulkTarget.objects.filter(phase=Phase.DONE).exists()


def test_a_corrected_announcement_is_mailed_with_its_new_text() -> None:
    """Everybody got the former text, while home pages showed the new one."""
    account("marie")
    announcement_id = mailed()
    former = BulkAct.objects.get()
    corrected = announcement(announcement_id=announcement_id, text="Lundi matin.")
    services.save_announcement(corrected, by=BY, now=NOON)
    with pytest.raises(Refusal, match="bulk.not-now"):
        decide_act(former.pk, 10, by="account:1", now=NOON)
    services.prepare_mail(announcement_id, now=NOON)
    act = BulkAct.objects.exclude(pk=former.pk).get()
    assert (act.state, act.text) == (State.PREPARED, "Lundi matin.")
    services.save_announcement(replace(corrected, ends_on=corrected.ends_on), by=BY, now=NOON)
    services.prepare_mail(announcement_id, now=NOON)
    assert BulkAct.objects.count() == 2, "the same text is not prepared again"


def test_what_has_left_is_told_and_the_new_text_may_be_mailed_too(client: Client) -> None:
    account("marie")
    announcement_id = mailed()
    decide_act(BulkAct.objects.get().pk, 10, by="account:1", now=NOON)
    work(BulkAct.objects.get().pk)
    account(role="administrator")
    client.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    where = f"/administration/annonces/{announcement_id}"
    typed = {"title": "Coupure", "text": "Lundi", "importance": "plain", "starts_on": "01/09/2026"}
    answer = client.post(where, {**typed, "ends_on": "30/09/2026"}, follow=True).content.decode()
    assert "L’ancien texte est déjà parti par courriel" in answer
    assert "L’envoyer aussi" in client.get(where).content.decode()


def test_the_list_leads_to_the_sending(client: Client) -> None:
    account(role="administrator")
    client.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    typed = {
        "title": "Coupure", "importance": "plain", "starts_on": "01/09/2026", "ends_on": "30/09/2026",
        "is_mailed": "on",
    }  # fmt: skip
    answer = client.post("/administration/annonces/nouvelle", typed, follow=True).content.decode()
    assert "Son envoi par courriel se prépare" in answer
    assert "Se prépare…" in answer
    row = AnnouncementRow.objects.get()
    services.prepare_mail(row.pk, now=NOON)
    act = f"/administration/personnes/actes/{BulkAct.objects.get().pk}"
    assert act in client.get("/administration/annonces").content.decode()
    assert client.get(act).status_code == 200
    assert "L’envoyer aussi" not in client.get(f"/administration/annonces/{row.pk}").content.decode()
