"""The pages of removals: a right of its own, a recent sign-in, two people above a number; all of it shown."""

import html
import re
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from tests.access.signin.people import account
from tests.desks.removals.samples import KEY, NOON, SENDER, Letter, MemoryCopies, arrival, told, work
from tests.mailbox.webmail.conftest import browser_of
from tests.post.quarantine.samples import MemoryQuarantine, mail

from vaguemestre.desks.removals import queries
from vaguemestre.desks.removals.handlers import end_right
from vaguemestre.desks.removals.models import Removal, RemovalBox, SecurityOfficer, TakenCopy
from vaguemestre.desks.removals.queries.stories import copies_removed
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.events import OfficeChanged
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import MailAddress
from vaguemestre.post.quarantine.models import QuarantinedMessage
from vaguemestre.post.quarantine.services import ask_release, store_found
from vaguemestre.post.redirects.services import record_click
from vaguemestre.post.redirects.values import CheckedLink
from vaguemestre.post.reports.models import Report
from vaguemestre.post.trace.rules.marks import subject_mark
from vaguemestre.post.trace.values import Engine, Step, StepKind

pytestmark = pytest.mark.django_db(transaction=True)
FORGED = "Votre compte sera fermé"


def administrator(username: str, *, officer: bool) -> Account:
    made = account(username, role="administrator")
    Account.objects.filter(pk=made.pk).update(spans_academies=True)
    if officer:
        SecurityOfficer.objects.create(account=made, given_by="cli", given_at=NOON)
    return Account.objects.get(pk=made.pk)


@pytest.fixture
def client() -> Client:
    return browser_of(administrator("rssi", officer=True))


@pytest.fixture
def second() -> Client:
    return browser_of(administrator("adjointe", officer=True))


@pytest.fixture
def copies() -> MemoryCopies:
    made, steps = MemoryCopies(), []
    for number in range(2):
        mailbox = account(f"u{number}").mailbox
        answered = frozenset({"\\Answered"})
        letter = Letter(
            "INBOX", f"g{number}", f"<f{number}@x>", FORGED, answered, queue_id=f"QQQQQF{number}"
        )  # fmt: skip
        made.put(mailbox, letter)
        steps += arrival(mailbox, f"<f{number}@x>", f"QQQQQF{number}", SENDER)
    told(steps)
    return made


def header_of(queue_id: str, sender: str) -> str:
    """The top of a header as Dovecot and our Postfix write it."""
    return (
        f"Return-Path: <{sender}>\r\nReceived: from mail.ac-amiens.test\r\n"
        "\tby mail.ac-amiens.test with LMTP\r\n\tid 7WCZM1grC2t3JQUAg+zDdQ\r\n"
        "\tfor <u0@ac-amiens.test>; Sat, 28 Nov 2026 19:28:24 +0000\r\n"
        "Received: from dehors.example (unknown [192.0.2.1])\r\n"
        f"\tby mail.ac-amiens.test (Postfix) with ESMTP id {queue_id}\r\n"
        "\tfor <u0@ac-amiens.test>; Sat, 28 Nov 2026 19:28:24 +0000 (UTC)\r\n"
    )


def address_of(holder: Account) -> str:
    return MailAddress.objects.get(person=holder.person).address


def text_of(content: bytes) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", content.decode())).split())


def opened(client: Client, copies: MemoryCopies) -> int:
    answer = client.post("/administration/retraits/nouveau", {"message_id": "f0@x", "subject": FORGED})
    assert answer.status_code == 302, text_of(answer.content)
    number = Removal.objects.latest("pk").pk
    work(number, 1, copies)
    return number


def decide(client: Client, number: int, act: str) -> Any:
    return client.post(f"/administration/retraits/{number}/decider", {"act": act})


def page(client: Client, number: int, query: str = "") -> str:
    return text_of(client.get(f"/administration/retraits/{number}{query}").content)


def limited(monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    mail = settings.CONFIG.mail
    changed = replace(settings.CONFIG, mail=replace(mail, removal_second_person_above=limit))
    monkeypatch.setattr(settings, "CONFIG", changed)


def test_an_administrator_without_the_right_is_told_who_gives_it(
    copies: MemoryCopies, client: Client
) -> None:
    number = opened(client, copies)
    other = browser_of(administrator("autre", officer=False))
    answer = text_of(other.get("/administration/retraits").content)
    assert "Ce droit n’est pas compris dans l’administration" in answer
    assert "rssi" in answer
    assert FORGED not in answer
    for address in (f"/{number}", f"/{number}/avancement"):
        assert other.get(f"/administration/retraits{address}").status_code == 403
    sent = other.get("/administration/retraits/nouveau?signalement=1")  # from a reported letter
    assert (sent.status_code, sent.headers["Location"]) == (302, "/administration/retraits")
    assert other.post("/administration/retraits/nouveau").status_code == 403
    assert browser_of(account("lectrice")).get("/administration/retraits/nouveau").status_code == 403
    assert decide(other, number, "retirer").status_code == 403
    assert browser_of(account("agent")).get("/administration/retraits").status_code == 403


def test_it_is_counted_removed_and_undone_on_one_page(copies: MemoryCopies, client: Client) -> None:
    number = opened(client, copies)
    shown = page(client, number)
    assert "Boîtes où il est 1 (1 copie)" in shown
    assert "Y ont répondu 1" in shown
    assert "Mettre le compte à l’abri" in page(client, number, "?qui=reponses")
    assert decide(client, number, "retirer").status_code == 302
    assert "Retrait en cours : 0 sur 1 boîte" in page(client, number)
    work(number, Removal.objects.get(pk=number).number, copies)
    assert "Remettre dans les boîtes" in page(client, number)
    assert decide(client, number, "remettre").status_code == 302
    work(number, Removal.objects.get(pk=number).number, copies)
    assert "Remis." in page(client, number)


def test_the_mailboxes_shown_follow_the_counts_while_the_work_goes_on(
    copies: MemoryCopies, client: Client
) -> None:
    client.post("/administration/retraits/nouveau", {"message_id": "f0@x", "subject": FORGED})
    number = Removal.objects.latest("pk").pk
    address = address_of(Account.objects.get(username="u0"))
    shown = client.get(f"/administration/retraits/{number}?tri=-boite").content.decode()
    assert f'hx-get="/administration/retraits/{number}/avancement?tri=-boite' in shown
    assert "Aucune boîte ici pour l’instant" in text_of(shown.encode())
    work(number, 1, copies)
    progress = client.get(f"/administration/retraits/{number}/avancement?tri=-boite").content
    assert '<div id="boxes" hx-swap-oob="true">' in progress.decode()
    assert f"Nicolas Morel {address} 1 Non Oui Trouvé" in text_of(progress)
    decide(client, number, "retirer")
    work(number, Removal.objects.get(pk=number).number, copies)
    progress = client.get(f"/administration/retraits/{number}/avancement").content
    assert "Boîtes où il était 1 (1 copie) Boîtes d’où il est retiré 1" in text_of(progress)
    assert f"Nicolas Morel {address} 1 Non Oui Retiré" in text_of(progress)
    assert "hx-trigger" not in progress.decode()


def test_a_mailbox_is_named_as_people_know_it(copies: MemoryCopies, client: Client) -> None:
    number = opened(client, copies)
    teacher = account("cdelattre", first_name="Camille", last_name="Delattre")
    address = address_of(teacher)
    for mailbox, account_id in ((teacher.mailbox, teacher.pk), ("liste.conseil@ac-amiens.test", None)):
        RemovalBox.objects.create(
            removal_id=number, mailbox=mailbox, account_id=account_id, copies=1, phase="counted"
        )
    shown = page(client, number)
    assert f"Camille Delattre {address}" in shown
    assert "Liste de diffusion liste.conseil@ac-amiens.test" in shown
    assert teacher.mailbox not in shown


def test_who_followed_a_link_of_it_is_counted_and_named_where_links_are_checked(
    copies: MemoryCopies, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = opened(client, copies)
    mailbox = RemovalBox.objects.filter(removal_id=number, copies__gt=0).get()
    for message_id, was_listed, account_id in (
        ("<f0@x>", False, mailbox.account_id),
        ("<f0@x>", True, 999_001),  # stopped
        ("<autre@x>", False, 999_002),
    ):
        link = CheckedLink("https://piege.example/", account_id or 0, message_id)
        record_click(link, was_listed=was_listed, now=timezone.now())
    assert "Ont suivi un lien" not in page(client, number)
    mail = replace(settings.CONFIG.mail, checked_links=True)
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, mail=mail))
    assert "Ont suivi un lien 1" in page(client, number)
    assert address_of(Account.objects.get(pk=mailbox.account_id)) in page(client, number, "?qui=clics")


def test_above_the_number_somebody_else_agrees(
    copies: MemoryCopies, client: Client, second: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited(monkeypatch, 0)
    number = opened(client, copies)
    decide(client, number, "retirer")
    assert "Accorder ce retrait" not in page(client, number)
    refused = decide(client, number, "accorder")
    assert refused.status_code == 422
    assert "Une deuxième personne doit accorder ce retrait" in text_of(refused.content)
    assert "Accorder ce retrait" in page(second, number)
    assert decide(second, number, "accorder").status_code == 302
    assert Removal.objects.get(pk=number).state == "removing"


def opened_with_link(client: Client, copies: MemoryCopies) -> int:
    client.post("/administration/retraits/nouveau", {"sender": SENDER, "link": "https://p.example/x"})
    number = Removal.objects.latest("pk").pk
    work(number, 1, copies)
    return number


def test_the_mail_leaves_while_its_link_waits_for_somebody_else(
    copies: MemoryCopies, client: Client, second: Client
) -> None:
    number = opened_with_link(client, copies)
    assert (
        "Le lien, lui, ne sera refusé qu’avec l’accord d’une deuxième personne. Peut l’accorder : adjointe."
        in page(client, number)
    )
    decide(client, number, "retirer")
    assert Removal.objects.get(pk=number).state == "removing"
    shown = page(client, number)
    assert "Le lien n’est pas encore refusé" in shown
    assert "Refuser le lien à tout le monde" not in shown
    assert "Refuser le lien à tout le monde" in page(second, number)
    assert decide(second, number, "accorder").status_code == 302
    assert "Le lien est refusé à tout le monde" in page(second, number)


def test_that_nobody_else_may_agree_is_said_before(copies: MemoryCopies, client: Client) -> None:
    number = opened_with_link(client, copies)
    assert "Personne d’autre n’a ce droit aujourd’hui" in page(client, number)


def test_a_search_that_found_nothing_says_so_and_a_link_is_still_refused_in_advance(
    client: Client, second: Client
) -> None:
    client.post("/administration/retraits/nouveau", {"message_id": "inconnu@x"})
    number = Removal.objects.latest("pk").pk
    work(number, 1, MemoryCopies())
    assert "Dans aucune boîte : rien à retirer" in page(client, number)
    link = opened_with_link(client, MemoryCopies())
    assert "Demander que le lien soit refusé" in page(client, link)
    assert decide(client, link, "retirer").status_code == 302
    work(link, Removal.objects.get(pk=link).number, MemoryCopies())
    assert "Aucun courriel n’était à retirer" in page(client, link)


@pytest.mark.heavy
def test_what_two_people_removed_nobody_gives_back_alone(
    copies: MemoryCopies, client: Client, second: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited(monkeypatch, 0)
    number = opened(client, copies)
    decide(client, number, "retirer")
    decide(second, number, "accorder")
    work(number, Removal.objects.get(pk=number).number, copies)
    assert decide(client, number, "remettre").status_code == 302
    assert Removal.objects.get(pk=number).state == "undo-wait"
    assert len(queries.refused_marks()) == 1, "what was removed stays refused meanwhile"
    shown = page(client, number)
    assert "Une deuxième personne qui a ce droit doit accorder la remise" in shown
    assert "Accorder la remise" not in shown
    refused = decide(client, number, "accorder")
    assert refused.status_code == 422
    assert "ce n’est pas à qui" in text_of(refused.content)
    assert decide(client, number, "reessayer").status_code == 422
    assert "Accorder la remise" in page(second, number)
    assert decide(second, number, "accorder").status_code == 302
    work(number, Removal.objects.get(pk=number).number, copies)
    assert "Remis." in page(client, number)
    assert not any(copies.hidden.values())


def test_a_giving_back_that_is_declined_leaves_all_out_of_sight(
    copies: MemoryCopies, client: Client, second: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited(monkeypatch, 0)
    number = opened(client, copies)
    decide(client, number, "retirer")
    decide(second, number, "accorder")
    work(number, Removal.objects.get(pk=number).number, copies)
    decide(client, number, "remettre")
    assert "Ne pas remettre" in page(second, number)
    decide(second, number, "interrompre")
    assert Removal.objects.get(pk=number).state == "removed"
    assert sum(map(len, copies.hidden.values())) == 1
    decide(second, number, "remettre")
    assert decide(second, number, "accorder").status_code == 422
    assert decide(client, number, "accorder").status_code == 302


def test_a_decision_needs_a_recent_sign_in(
    copies: MemoryCopies, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = opened(client, copies)
    monkeypatch.setattr("vaguemestre.access.signin.http.is_recent", lambda *times: False)
    answer = decide(client, number, "retirer")
    assert answer.status_code == 302
    assert "confirmer=1" in answer["Location"]
    assert Removal.objects.get(pk=number).state == "counted"


def test_a_report_fills_the_search(copies: MemoryCopies, client: Client) -> None:
    report = Report.objects.create(
        account=account("lectrice"), kind="phishing", message_id="<f0@x>", sender="vitrine@banque.example",
        subject=FORGED, at=NOON, header=header_of("QQQQQF0", SENDER),
    )  # fmt: skip
    answer = client.get(f"/administration/retraits/nouveau?signalement={report.pk}").content.decode()
    for value in ("&lt;f0@x&gt;", SENDER, FORGED):
        assert f'value="{value}"' in answer
    listed = client.get("/messagerie/signalements/").content.decode()
    assert f"/administration/retraits/nouveau?signalement={report.pk}" in listed


def test_the_story_of_a_message_fills_the_search(client: Client) -> None:
    page = client.get("/administration/retraits/nouveau?courriel=%3Cf0%40x%3E").content.decode()
    assert 'value="&lt;f0@x&gt;"' in page


def prefilled(client: Client, message_id: str, header: str) -> dict[str, str]:
    """Message-ID and sender that the form of a report has."""
    report = Report.objects.create(
        account=account("lectrice"), kind="phishing", message_id=message_id, sender="x@banque.example",
        subject=FORGED, at=NOON, header=header,
    )  # fmt: skip
    page = client.get(f"/administration/retraits/nouveau?signalement={report.pk}").content.decode()
    fields = [tag for tag in re.findall(r"<input[^>]*>", page) if " value=" in tag]
    values = {}
    for tag in fields:
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value:
            values[name[1]] = html.unescape(value[1])
    return {name: values.get(name, "") for name in ("message_id", "sender")}


def test_a_report_names_who_sent_its_copy_not_whoever_had_the_message_id_first(client: Client) -> None:
    told(arrival("u0@ac-amiens.test", "<m@x>", "4jcL145XDTz1dbQY", "chef@dehors.example"))
    told(arrival("u1@ac-amiens.test", "<m@x>", "4jcL2F1h85z1dZxX", SENDER), "other")
    header = header_of("4jcL2F1h85z1dZxX", SENDER)
    assert prefilled(client, "<m@x>", header) == {"message_id": "<m@x>", "sender": SENDER}


@pytest.mark.parametrize(
    ("message_id", "header", "expected"),
    [
        ("INBOX/1/2", header_of("4jcL3P2xybz1db9n", SENDER), {"message_id": "", "sender": SENDER}),
        ("INBOX/1/2", header_of("4jcL3P2xybz1db9n", ""), {"message_id": "4jcL3P2xybz1db9n", "sender": ""}),
        ("<m@x>", header_of("4jcL3P2xybz1db9n", ""), {"message_id": "4jcL3P2xybz1db9n", "sender": ""}),
        ("<m@x>", "Subject: x\r\n", {"message_id": "<m@x>", "sender": ""}),
    ],
    ids=["no message-id", "nor sender", "no sender and another's message-id", "never received"],
)
def test_a_report_fills_what_is_known_of_its_copy(
    client: Client, message_id: str, header: str, expected: dict[str, str]
) -> None:
    told(arrival("u0@ac-amiens.test", "<m@x>", "4jcL145XDTz1dbQY", "chef@dehors.example"))
    assert prefilled(client, message_id, header) == expected


def test_the_page_says_that_two_senders_used_a_message_id(copies: MemoryCopies, client: Client) -> None:
    number = opened(client, copies)
    address = f"/administration/retraits/{number}"
    assert "Plusieurs expéditeurs" not in text_of(client.get(address).content)
    told(arrival("u1@ac-amiens.test", "<f0@x>", "4jcL145XDTz1dbQY", "chef@dehors.example"), "other")
    told(arrival("u1@ac-amiens.test", "<f0@x>", "4jcL3P2xybz1db9n", "liste.x+l1.2d@ac-amiens.test"), "list")
    shown = text_of(client.get(address).content)
    assert (
        f"Plusieurs expéditeurs d’enveloppe ont employé ce Message-ID : chef@dehors.example , {SENDER}."
        in (shown.replace(" .", "."))
    )
    assert "liste.x" not in shown


def test_the_right_is_given_on_the_page_and_never_to_oneself(client: Client) -> None:
    other = administrator("collegue", officer=False)
    assert client.post("/administration/retraits/droit", {"username": "collegue"}).status_code == 302
    assert SecurityOfficer.objects.filter(account=other).exists()
    mine = client.post("/administration/retraits/droit", {"username": "rssi"})
    assert mine.status_code == 422
    assert "Qui peut retirer" in text_of(mine.content)  # the page itself, not a dead end
    assert client.post(f"/administration/retraits/droit/{other.pk}/retirer").status_code == 302
    assert not SecurityOfficer.objects.filter(account=other).exists()


def test_the_right_ends_with_the_office_that_it_goes_with(client: Client) -> None:
    other = administrator("collegue", officer=True)
    Account.objects.filter(pk=other.pk).update(role="auditor")
    end_right(OfficeChanged(other.pk))
    assert not SecurityOfficer.objects.filter(account=other).exists()
    assert "collegue" not in text_of(client.get("/administration/retraits").content)


@pytest.mark.heavy
def test_of_two_removals_of_one_mail_the_page_says_which_holds_it(
    copies: MemoryCopies, client: Client
) -> None:
    """« Remis » was said of the one that held nothing, and the mail stayed out of sight."""
    first, second = opened(client, copies), opened(client, copies)
    other = browser_of(administrator("autre", officer=True))
    decide(other, second, "retirer")
    assert f"par autre ( retrait n° {second} )" in page(client, first)
    work(second, Removal.objects.get(pk=second).number, copies)
    assert f"retrait n° {second}" in page(client, first)
    decide(client, first, "retirer")
    work(first, Removal.objects.get(pk=first).number, copies)
    shown = page(client, first)
    assert "Rien n’est retiré" in shown
    assert f"par autre ( retrait n° {second} )" in shown
    assert "Boîtes d’où il est retiré" not in shown
    assert "Remettre dans les boîtes" not in shown
    assert "1 Non Oui Plus rien à retirer" in shown
    decide(client, first, "remettre")
    work(first, Removal.objects.get(pk=first).number, copies)
    shown = page(client, first)
    assert "Remis." not in shown
    assert "Refermé : rien n’était à remettre" in shown
    assert f"retrait n° {second}" in shown
    decide(other, second, "remettre")
    work(second, Removal.objects.get(pk=second).number, copies)
    assert "Remis." in page(client, second)
    assert "retrait n°" not in page(client, first).partition("Courriel cherché")[2]


def searched_in_quarantine(client: Client, verdict: str) -> tuple[int, Account]:
    """The removal of a message that lea has in quarantine, beside another one of the same sender."""
    lea = account("lea")
    told(arrival(lea.mailbox, "<g1@x>", "QQQQQG1", "a@dehors.example"))
    quarantine = MemoryQuarantine()
    quarantine.boxes[lea.mailbox] += [mail("g1", verdict), mail("g2", verdict)]
    store_found(lea.mailbox, quarantine)
    client.post("/administration/retraits/nouveau", {"message_id": "<g1@x>"})
    number = Removal.objects.latest("pk").pk
    work(number, 1, MemoryCopies())
    return number, lea


def test_what_is_only_in_quarantine_is_counted_and_handed_over_to_nobody_once_decided(client: Client) -> None:
    number, lea = searched_in_quarantine(client, "macro docm")
    shown = page(client, number)
    assert "Dans aucune boîte, 1 copie en quarantaine" in shown
    assert "Interdire qu’il soit remis" in shown
    assert decide(client, number, "retirer").status_code == 302
    work(number, Removal.objects.get(pk=number).number, MemoryCopies())
    assert "En quarantaine : il n’est plus remis à personne" in page(client, number)
    numbers = dict(QuarantinedMessage.objects.values_list("guid", "pk"))
    with pytest.raises(Refusal, match="quarantine.removed"):
        ask_release(numbers["g1"], lea.pk, queries.is_refused, by="account:1", now=NOON)
    ask_release(numbers["g2"], lea.pk, queries.is_refused, by="account:1", now=NOON)


def test_a_virus_in_quarantine_is_not_counted_for_it_is_never_handed_over(client: Client) -> None:
    number, _ = searched_in_quarantine(client, "virus Eicar")
    assert "Dans aucune boîte : rien à retirer" in page(client, number)


def test_the_story_of_another_letter_of_that_sender_says_nothing_of_the_removal(copies: MemoryCopies) -> None:
    """Looked for by sender and subject: whatever that sender wrote in a month is a candidate."""
    holder = Account.objects.get(username="u0")
    told(arrival(holder.mailbox, "<forged@x>", "QQQQQG1"), "postfix-1")
    told(arrival(holder.mailbox, "<honest@x>", "QQQQQG2"), "postfix-2")
    told([
        Step(NOON, Engine.POSTFIX, StepKind.JUDGED, "QQQQQG1", marks=(subject_mark(KEY, "Quota"),)),
        Step(NOON, Engine.POSTFIX, StepKind.JUDGED, "QQQQQG2", marks=(subject_mark(KEY, "Conseil"),)),
    ], "postfix-3")  # fmt: skip
    removal = Removal.objects.create(
        state="removed", sender=SENDER, subject="Quota", asked_at=NOON, changed_at=NOON, asked_by="account:1"
    )
    box = RemovalBox.objects.create(
        removal=removal, mailbox=holder.mailbox, account_id=holder.pk, phase="removed", copies=1,
        arrivals={"QQQQQG1": 1, "QQQQQG2": 2},
    )  # fmt: skip
    TakenCopy.objects.create(box=box, folder="INBOX", guid="g1")
    assert [one.number for one in copies_removed({"QQQQQG1"}, [holder.pk], marks_key=KEY)] == [removal.pk]
    assert copies_removed({"QQQQQG2"}, [holder.pk], marks_key=KEY) == []


def test_the_story_of_a_message_says_that_it_left_the_box_and_came_back(
    copies: MemoryCopies, client: Client
) -> None:
    """The desk read « Remis à la boîte » of a mail that had been taken out of it."""
    holder = Account.objects.get(username="u0")
    told([
        Step(NOON, Engine.POSTFIX, StepKind.DELIVERED, "QQQQQF0", recipient=holder.mailbox, relay="x[/lmtp]"),
    ], "postfix")  # fmt: skip
    desk = browser_of(account("assistance", role="helpdesk"))
    address = f"/assistance/compte/{holder.pk}/courriels?message=QQQQQF0"
    assert "Histoire du message Remis" in text_of(desk.get(address).content)
    number = opened(client, copies)
    decide(client, number, "retirer")
    work(number, Removal.objects.get(pk=number).number, copies)
    shown = text_of(desk.get(address).content)
    assert "Histoire du message Retiré de la boîte" in shown
    assert "Retiré de la boîte : courriel dangereux" in shown
    whole = text_of(client.get("/administration/messages?q=u0&message=QQQQQF0").content)
    assert f"retrait n° {number}" in whole
    own = browser_of(holder).get("/messagerie/envois/ou/?message=QQQQQF0").content
    assert "Retiré de la boîte : courriel dangereux" in text_of(own)
    decide(client, number, "remettre")
    work(number, Removal.objects.get(pk=number).number, copies)
    assert "Retiré de la boîte, puis remis" in text_of(desk.get(address).content)
