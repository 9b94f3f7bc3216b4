"""Classes of service: made, seen before they are applied, deleted, given by name; each limit is enforced."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import NOON, PASSWORD, account
from tests.answers import PageAnswer, as_typed
from tests.foundation.ui.confirmation import confirmed

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.sorting.http import may_forward_outside
from vaguemestre.people.credentials.class_assignment import assign_classes
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.queries import account_of_app_password, facts_for_acts
from vaguemestre.people.credentials.rules.app_passwords import sha256_of
from vaguemestre.people.credentials.services import add_app_password
from vaguemestre.people.credentials.values import AppPasswordScope
from vaguemestre.people.service_classes.models import AskedClassChange, ClassException, ServiceClass
from vaguemestre.post.filelinks.services import begin_upload
from vaguemestre.post.outbox.rules.limits import Limits, Window
from vaguemestre.post.outbox.rules.replies import smtp_reply
from vaguemestre.post.outbox.services import judge_automatic, judge_submission
from vaguemestre.post.outbox.values import Decision, Origin, SubmissionRequest

pytestmark = pytest.mark.django_db(transaction=True)
LIMITS = Limits(by_sender=(Window(10, 50, 80),), by_network=(), strangers=100)
LIST = "/administration/classes-de-service"
NEW = f"{LIST}/nouvelle"
NAME = "Enseignement du second degré"
EVERYTHING: dict[str, Any] = {
    "name": NAME,
    "protocols": ["imap", "submission", "sieve", "contacts"],
    "features": ["forwards_outside", "lends_files"],
    "categories": ["2D_PUBLIC"],
}


@pytest.fixture
def teacher() -> Account:
    return account("nmorel")


@pytest.fixture
def client(teacher: Account) -> Client:
    who = account("administratrice", role="administrator", first_name="Ada", last_name="Admin")
    Account.objects.filter(pk=who.pk).update(person=None)
    return signed_in(who)


def academy_of(who: Account) -> int:
    assert who.person is not None
    return who.person.academy_id


def posted(client: Client, address: str, who: Account, **changed: Any) -> str:
    """The page after a first post: the preview."""
    data = {**EVERYTHING, "academy": academy_of(who), **changed}
    answer = client.post(address, data)
    assert answer.status_code == 200, answer.content.decode()[-3000:]
    return answer.content.decode()


def applied(client: Client, address: str, who: Account, **changed: Any) -> None:
    """Preview, then apply; accounts follow as the worker would have them."""
    data = {**EVERYTHING, "academy": academy_of(who), **changed}
    mark = re.search(r'name="apply" value="(\w+)"', posted(client, address, who, **changed))
    assert mark is not None
    assert confirmed(client, address, {**data, "apply": mark[1]}).status_code == 302
    assign_classes(academy_of(who), by="system", now=NOON, today=NOON.date())


def the_class(who: Account) -> str:
    who.refresh_from_db()
    return who.service_class.name if who.service_class else ""


def test_a_class_is_seen_before_it_is_applied_and_applied_as_it_was_seen(
    client: Client, teacher: Account
) -> None:
    page = as_typed(posted(client, NEW, teacher, quota_mb="5120"))
    assert "<b>1 personne</b> : de « aucune classe » à « Enseignement du second degré »" in page
    assert "Taille de la boîte : celle de chaque compte → <b>5 Go</b>" in page
    assert not ServiceClass.objects.exists()
    mark = re.search(r'name="apply" value="(\w+)"', page)
    assert mark is not None
    other = {**EVERYTHING, "academy": academy_of(teacher), "quota_mb": "9999", "apply": mark[1]}
    assert "Ce que cela changera" in client.post(NEW, other).content.decode()
    assert not ServiceClass.objects.exists()
    applied(client, NEW, teacher, quota_mb="5120")
    assert the_class(teacher) == "Enseignement du second degré"
    assert "5 Go" in client.get(LIST).content.decode()
    assert Entry.objects.get(action="service_classes.class-made").by.startswith("account:")


def test_what_a_class_takes_away_is_confirmed_apart(client: Client, teacher: Account) -> None:
    less: dict[str, Any] = {"quota_mb": "10", "trash_days": "1", "junk_days": "60", "protocols": ["imap"]}
    mark = re.search(r'name="apply" value="(\w+)"', posted(client, NEW, teacher, **less))
    assert mark is not None
    data = {**EVERYTHING, "academy": academy_of(teacher), **less, "apply": mark[1]}
    page = as_typed(client.post(NEW, data).content.decode())
    assert "Donner moins à 1 personne" in page
    assert "refuse tout courrier" in page
    assert "dans la corbeille depuis plus longtemps est effacé" in page
    assert "dans les indésirables" not in page, "they are kept longer than before"
    assert "Envoyer par un logiciel (SMTP) : fermé" in page
    assert not ServiceClass.objects.exists(), "not before it was confirmed"
    sent = dict.fromkeys(re.findall(r'<input type="hidden" name="(\w+)"', page))
    assert {"name", "quota_mb", "protocols", "features", "apply", "confirm"} <= sent.keys()
    assert confirmed(client, NEW, data).status_code == 302
    assert ServiceClass.objects.get().name == NAME


def test_a_class_that_takes_nothing_away_is_applied_as_it_was_seen(client: Client, teacher: Account) -> None:
    mark = re.search(r'name="apply" value="(\w+)"', posted(client, NEW, teacher, trash_days="60"))
    assert mark is not None
    data = {**EVERYTHING, "academy": academy_of(teacher), "trash_days": "60", "apply": mark[1]}
    assert client.post(NEW, data).status_code == 302


def test_a_change_names_those_who_keep_the_class_and_a_deletion_those_who_lose_it(
    client: Client, teacher: Account
) -> None:
    applied(client, NEW, teacher)
    address = f"{LIST}/{ServiceClass.objects.get().pk}"
    page = as_typed(posted(client, address, teacher, protocols=["imap"]))
    assert "la classe reste" in page
    assert "Envoyer par un logiciel (SMTP) : permis → <b>fermé</b>" in page
    removal = as_typed(client.get(f"{address}/supprimer").content.decode())
    assert "de « Enseignement du second degré » à « aucune classe »" in removal
    assert client.post(f"{address}/supprimer").status_code == 302
    assert (the_class(teacher), ServiceClass.objects.count()) == ("", 0)


def test_limits_beyond_the_installation_are_refused(client: Client, teacher: Account) -> None:
    data = {**EVERYTHING, "academy": academy_of(teacher), "message_mb": "999", "trash_days": "0"}
    answer = client.post(NEW, data)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"message_mb", "trash_days"}


def test_a_class_is_given_to_one_person_with_a_reason(client: Client, teacher: Account) -> None:
    applied(client, NEW, teacher, categories=[])
    assert the_class(teacher) == ""
    address = f"/administration/personnes/{teacher.person_id}/classe"
    chosen = {"service_class": ServiceClass.objects.get().pk}
    assert client.post(address, chosen).status_code == 409
    assert client.post(address, {**chosen, "note": "mission"}).status_code == 302
    assert (the_class(teacher), ClassException.objects.get().note) == (NAME, "mission")
    assert client.post(address, {"service_class": "", "note": "fin"}).status_code == 302
    assert the_class(teacher) == ""


def test_nobody_gives_themselves_a_class(client: Client, teacher: Account) -> None:
    applied(client, NEW, teacher, categories=[])
    other = account("second", role="administrator")
    browser = Client()
    browser.post("/alogin", {"username": "second", "secret": PASSWORD})
    chosen = {"service_class": ServiceClass.objects.get().pk, "note": "mission"}
    own = browser.post(f"/administration/personnes/{other.person_id}/classe", chosen)
    assert own.status_code == 409
    assert "change pas sa propre classe" in own.content.decode()
    assert the_class(other) == ""
    assert client.post(f"/administration/personnes/{other.person_id}/classe", chosen).status_code == 302


def test_each_limit_of_a_class_is_enforced(client: Client, teacher: Account) -> None:
    with transaction.atomic():
        secret = add_app_password(
            teacher.pk, "téléphone", by="test", now=NOON, scope=AppPasswordScope.CONTACTS
        )
    opened = (teacher.mailbox, sha256_of(secret), ("contacts",), NOON)
    assert account_of_app_password(*opened) == teacher.pk
    applied(client, NEW, teacher, quota_mb="5120", message_mb="1", protocols=["imap"], features=[])
    assert account_of_app_password(*opened) is None
    assert facts_for_acts([teacher.pk], 0)[teacher.pk].class_quota_mb == 5120
    request = SubmissionRequest(
        "q1", teacher.mailbox, teacher.mailbox, ("x@dehors.example",), "", authors=(teacher.mailbox,)
    )
    judged = [
        judge_submission(replace(request, size=size), {teacher.mailbox}, LIMITS, (), now=NOON)
        for size in (1_048_577, 1_048_576)
    ]
    assert [verdict.decision for verdict in judged] == [Decision.REFUSE, Decision.TAKE]
    assert smtp_reply(judged[0]) == "552 5.3.4 Message trop lourd : 1 Mo au plus dans votre classe de service"
    redirected = judge_automatic(
        replace(request, origin=Origin.REDIRECTED),
        {teacher.mailbox},
        LIMITS,
        leaves_academy=False,
        goes_outside=True,
        reaches_list=False,
        now=NOON,
    )
    assert redirected.code == "outbox.redirect-outside"
    assert not may_forward_outside(teacher.pk)
    with pytest.raises(Refusal, match="not-in-class"), transaction.atomic():
        begin_upload(teacher.pk, "a.pdf", "application/pdf", 9, None, None, now=NOON)


def test_people_and_the_desk_read_what_a_class_gives(client: Client, teacher: Account) -> None:
    applied(client, NEW, teacher, message_mb="1", protocols=["imap"])
    theirs = Client()
    assert theirs.post("/alogin", {"username": "nmorel", "secret": PASSWORD}).status_code == 302
    programs = as_typed(theirs.get("/parametres/appareils").content.decode())
    assert "ne permet pas aux logiciels : envoyer (SMTP), écrire des filtres" in programs
    for page in (theirs.get("/parametres/"), client.get(f"/assistance/compte/{teacher.pk}")):
        text = page.content.decode()
        assert NAME in text
        assert "<dt>Taille d’un courriel envoyé</dt><dd>1 Mo</dd>" in text


@pytest.fixture
def alone_at_most(settings: Any) -> Callable[[int], None]:
    """Sets how many people one person may give less to within an hour."""

    def limited(most: int) -> None:
        bulk = replace(settings.CONFIG.bulk, second_person_above=most)
        settings.CONFIG = replace(settings.CONFIG, bulk=bulk)

    return limited


def asked(client: Client, who: Account, **less: Any) -> PageAnswer:
    """What answers a change that gives less, once it was seen and confirmed."""
    mark = re.search(r'name="apply" value="(\w+)"', posted(client, NEW, who, **less))
    assert mark is not None
    return confirmed(client, NEW, {**EVERYTHING, "academy": academy_of(who), **less, "apply": mark[1]})


def second() -> Client:
    account("second", role="administrator", first_name="Basile", last_name="Second")
    browser = Client()
    browser.post("/alogin", {"username": "second", "secret": PASSWORD})
    return browser


def seen(page: str, act: str) -> dict[str, str]:
    match = re.search(r'name="seen" value="(\w+)"', page)
    assert match is not None
    return {"seen": match[1], "act": act}


def test_giving_less_to_many_waits_for_a_second_person(
    client: Client, teacher: Account, alone_at_most: Callable[[int], None]
) -> None:
    alone_at_most(0)
    answer = asked(client, teacher, quota_mb="10")
    assert not ServiceClass.objects.exists()
    waiting = answer["Location"]
    own = client.get(waiting).content.decode()
    assert "Accorder" not in own
    assert "doit l’accorder" in as_typed(client.post(waiting, seen(own, "accorder")).content.decode())
    other = second()
    assert "attend une deuxième personne" in as_typed(other.get(LIST).content.decode())
    assert waiting in other.get("/administration/").content.decode()
    page = other.get(waiting).content.decode()
    assert "Ada Admin" in page or "administratrice" in page
    assert "10 Mo" in as_typed(page)
    assert "relisez-le" in other.post(waiting, {"act": "accorder", "seen": "0" * 32}).content.decode()
    assert not ServiceClass.objects.exists()
    assert other.post(waiting, seen(page, "accorder")).status_code == 302
    assert ServiceClass.objects.get().quota_mb == 10
    assert Entry.objects.get(action="service_classes.change-approved").details["people"] == 1
    assert other.get(waiting).status_code == 404
    assert "attend une deuxième personne" not in as_typed(other.get(LIST).content.decode())


def test_a_deletion_that_gives_less_waits_too_and_may_be_declined(
    client: Client, teacher: Account, alone_at_most: Callable[[int], None]
) -> None:
    applied(client, NEW, teacher, trash_days="60")
    alone_at_most(0)
    address = f"{LIST}/{ServiceClass.objects.get().pk}/supprimer"
    assert "Demander l’accord" in client.get(address).content.decode()
    waiting = client.post(address)["Location"]
    other = second()
    assert other.post(waiting, seen(other.get(waiting).content.decode(), "refuser")).status_code == 302
    assert ServiceClass.objects.exists()
    told = as_typed(client.get(LIST).content.decode())
    assert f"« {NAME} » : refusé par Basile Second" in told
    assert client.get(waiting).status_code == 404


def test_several_changes_of_an_hour_count_together_and_giving_more_never(
    client: Client, teacher: Account, alone_at_most: Callable[[int], None]
) -> None:
    alone_at_most(1)
    applied(client, NEW, teacher, quota_mb="10")
    address = f"{LIST}/{ServiceClass.objects.get().pk}"
    applied(client, address, teacher, quota_mb="20")
    mark = re.search(r'name="apply" value="(\w+)"', posted(client, address, teacher, quota_mb="15"))
    assert mark is not None
    less = {**EVERYTHING, "academy": academy_of(teacher), "quota_mb": "15", "apply": mark[1]}
    page = as_typed(client.post(address, less).content.decode())
    assert "Demander l’accord d’une deuxième personne" in page
    assert confirmed(client, address, less)["Location"].startswith(f"{LIST}/attente/")
    assert ServiceClass.objects.get().quota_mb == 20
    AskedClassChange.objects.filter(state="alone").update(changed_at=timezone.now() - timedelta(hours=2))
    assert "Appliquer à" in as_typed(client.post(address, less).content.decode())
