"""What one button sends: answers to invitations, read receipts, departures, reports."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client
from tests.access.signin.people import account
from tests.answers import as_typed
from tests.corpus.files import calendar
from tests.mailbox.webmail.conftest import address, browser_of, put
from tests.mailbox.webmail.views.test_messages import PIECE

from vaguemestre.engines.memory.mailbox import MemoryMailbox
from vaguemestre.mailbox.calendar.queries import answer_to
from vaguemestre.mailbox.calendar.values import Event
from vaguemestre.mailbox.webmail.ports import unsubscribe
from vaguemestre.mailbox.webmail.rules.cards.unsubscribe import unsubscribe_options
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.outbox.models import OutboxMessage
from vaguemestre.post.reports.models import Vote
from vaguemestre.post.reports.queries import reports_page
from vaguemestre.site.config import AcademySection

pytestmark = pytest.mark.django_db


def letter(**fields: str) -> bytes:
    message = EmailMessage()
    message["From"] = "Un parent <parent@dehors.example>"
    message["To"] = "nicolas@ac-amiens.test"
    message["Subject"] = "Bonjour"
    message["Message-ID"] = "<original@dehors.example>"
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    message.set_content("texte\n")
    return message.as_bytes(policy=policy.SMTP)


def invitation(uid: str = "evenement-1@dehors.example", method: str = "REQUEST", **fields: Any) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "ines.roy@dehors.example", "Invitation"
    message.set_content("Venez\n")
    content = calendar(method, **fields).replace(b"evenement-1@dehors.example", uid.encode())
    message.add_alternative(content.decode(), subtype="calendar", params={"method": method})
    return message.as_bytes(policy=policy.SMTP)


def sent() -> EmailMessage:
    row = OutboxMessage.objects.latest("pk")
    return message_from_bytes(bytes(row.content), policy=policy.default)


def test_an_answer_goes_to_the_organiser_and_is_remembered(
    reader: Client, box: MemoryMailbox, nicolas: Account
) -> None:
    ref = put(box, invitation())
    card = reader.get(address(ref, "carte/invitation/2/"), headers=PIECE).content.decode()
    assert "Salle 12" in card
    assert "lundi 7 décembre 2026, de 14 h à 15 h 30" in card
    done = reader.post(address(ref, "reponse/2/"), {"answer": "ACCEPTED"}, headers=PIECE)
    assert done.status_code == 200
    message = sent()
    assert message["To"] == "ines.roy@dehors.example"
    part = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    assert part.get_content_type() == "text/calendar"
    assert part.get_param("method") == "REPLY"
    content = str(part.get_content()).replace("\r\n ", "")
    assert "UID:evenement-1@dehors.example" in content
    assert "PARTSTAT=ACCEPTED" in content
    given = answer_to(nicolas.pk, Event("evenement-1@dehors.example", "ines.roy@dehors.example"))
    assert given is not None
    assert given.answer == "ACCEPTED"
    again = reader.get(address(ref, "carte/invitation/2/"), headers=PIECE).content.decode()
    assert 'aria-pressed="true"' in again


def test_an_event_at_the_same_time_is_told(reader: Client, box: MemoryMailbox) -> None:
    first = put(box, invitation())
    reader.post(address(first, "reponse/2/"), {"answer": "ACCEPTED"}, headers=PIECE)
    second = put(
        box, invitation("autre@dehors.example", DTSTART="20261207T140000Z", DTEND="20261207T150000Z")
    )
    assert (
        "En même temps que"
        in reader.get(address(second, "carte/invitation/2/"), headers=PIECE).content.decode()
    )
    reader.post(address(first, "reponse/2/"), {"answer": "DECLINED"}, headers=PIECE)
    assert "En même temps que" not in reader.get(address(second, "carte/invitation/2/")).content.decode()


def card_of(reader: Client, box: MemoryMailbox, content: bytes) -> str:
    return reader.get(address(put(box, content), "carte/invitation/2/"), headers=PIECE).content.decode()


def test_the_card_says_who_is_asked_and_about_what(reader: Client, box: MemoryMailbox) -> None:
    assert "Précisions" not in card_of(reader, box, invitation())
    asked = {
        "ATTENDEE;CN=Zoé Lefèvre;PARTSTAT=ACCEPTED": "mailto:zoe@dehors.example",
        "ATTENDEE;PARTSTAT=DECLINED": "mailto:remi@dehors.example",
        "DESCRIPTION": r"1. Bilan <b>du</b> trimestre\n\n2. Questions",
    }
    card = card_of(reader, box, invitation(**asked))
    assert "<summary>3</summary>" in card
    for guest in ("Camille</bdi>", "Zoé Lefèvre</bdi> (accepte)", "remi@dehors.example</bdi> (décline)"):
        assert guest in card
    assert "<bdi>1. Bilan &lt;b&gt;du&lt;/b&gt; trimestre</bdi><br><bdi></bdi><br><bdi>2. Questions" in card
    assert "<details><summary>Les lire</summary>" in card_of(reader, box, invitation(DESCRIPTION="a" * 401))


OTHER = {"uid": "autre@dehors.example", "DTSTART": "20261207T140000Z", "DTEND": "20261207T150000Z"}


def test_the_time_of_a_cancelled_event_is_freed(reader: Client, box: MemoryMailbox) -> None:
    first = put(box, invitation())
    reader.post(address(first, "reponse/2/"), {"answer": "ACCEPTED"}, headers=PIECE)
    cancelled = put(box, invitation(method="CANCEL"))
    done = reader.post(address(cancelled, "liberer/2/"), headers=PIECE)
    assert done.json()["told"] == "Ce créneau est de nouveau libre."
    assert "En même temps que" not in card_of(reader, box, invitation(**OTHER))
    assert "liberer/2/" not in card_of(reader, box, invitation(method="CANCEL"))


@pytest.mark.parametrize(
    "letter_of", [{}, {"method": "CANCEL", "RECURRENCE-ID": "20261214T130000Z"}], ids=["kept", "one of many"]
)
def test_an_event_that_is_held_keeps_its_time(
    reader: Client, box: MemoryMailbox, letter_of: dict[str, str]
) -> None:
    first = put(box, invitation())
    reader.post(address(first, "reponse/2/"), {"answer": "ACCEPTED"}, headers=PIECE)
    ref = put(box, invitation(**letter_of))
    assert "liberer/2/" not in reader.get(address(ref, "carte/invitation/2/"), headers=PIECE).content.decode()
    assert reader.post(address(ref, "liberer/2/"), headers=PIECE).status_code == 422
    assert "En même temps que" in card_of(reader, box, invitation(**OTHER))


def test_what_asks_nothing_takes_no_answer(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, letter())
    assert reader.post(address(ref, "reponse/1/"), {"answer": "ACCEPTED"}, headers=PIECE).status_code == 422
    assert reader.post(address(ref, "reponse/1/"), {"answer": "OUI"}, headers=PIECE).status_code == 422
    assert not OutboxMessage.objects.exists()


def test_a_receipt_leaves_by_consent_only_and_once(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, letter(Disposition_Notification_To="parent@dehors.example"))
    assert "demande à savoir" in reader.get(address(ref), headers=PIECE).content.decode()
    assert not OutboxMessage.objects.exists()
    reader.post(address(ref, "accuse/"), {"answer": "yes"}, headers=PIECE)
    message = sent()
    assert message.get_content_type() == "multipart/report"
    assert message.get_param("report-type") == "disposition-notification"
    assert b"Original-Message-ID: <original@dehors.example>" in message.as_bytes()
    reader.post(address(ref, "accuse/"), {"answer": "yes"}, headers=PIECE)
    assert OutboxMessage.objects.count() == 1
    assert "demande à savoir" not in reader.get(address(ref), headers=PIECE).content.decode()


def test_a_receipt_refused_is_not_asked_again(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, letter(Disposition_Notification_To="parent@dehors.example"))
    reader.post(address(ref, "accuse/"), {"answer": "no"}, headers=PIECE)
    assert "demande à savoir" not in reader.get(address(ref), headers=PIECE).content.decode()
    assert not OutboxMessage.objects.exists()


def test_a_list_is_left_by_one_click_or_by_mail(reader: Client, box: MemoryMailbox) -> None:
    asked: list[str] = []
    before = unsubscribe.get()
    unsubscribe.replace(lambda address: asked.append(address))
    try:
        click = put(
            box,
            letter(
                List_Unsubscribe="<https://liste.example/x?y=1>, <mailto:l@dehors.example>",
                List_Unsubscribe_Post="List-Unsubscribe=One-Click",
            ),
        )
        assert "Se désabonner" in reader.get(address(click), headers=PIECE).content.decode()
        reader.post(address(click, "desabonner/"), headers=PIECE)
        assert asked == ["https://liste.example/x?y=1"]
        mail = put(box, letter(List_Unsubscribe="<mailto:l@dehors.example?subject=Stop%20ici>"))
        reader.post(address(mail, "desabonner/"), headers=PIECE)
    finally:
        unsubscribe.replace(before)
    assert sent()["To"] == "l@dehors.example"
    assert sent()["Subject"] == "Stop ici"


def test_a_stranger_has_nobody_write_to_a_colleague_by_leaving_a_list(
    reader: Client, box: MemoryMailbox
) -> None:
    """One click would send, as from a colleague, a sentence that the stranger chose."""
    ref = put(box, letter(List_Unsubscribe="<mailto:chef%40AC-amiens.test?subject=Je%20pars>"))
    assert "Se désabonner" not in reader.get(address(ref), headers=PIECE).content.decode()
    assert reader.post(address(ref, "desabonner/"), headers=PIECE).status_code == 422
    ref = put(
        box,
        letter(
            List_Unsubscribe="<mailto:chef@ac-amiens.test>, <mailto:l@dehors.example?subject=Je%20me%20rends>"
        ),
    )
    page = reader.get(address(ref), headers=PIECE).content.decode()
    assert (
        "<bdi>l@dehors.example</bdi></b> depuis votre adresse, avec l’objet « <bdi>unsubscribe"
        in as_typed(page)
    )
    reader.post(address(ref, "desabonner/"), headers=PIECE)
    assert (sent()["To"], sent()["Subject"]) == ("l@dehors.example", "unsubscribe")


def test_who_receives_a_receipt_or_an_answer_is_named(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, letter(Disposition_Notification_To="Un parent <chef@ac-amiens.test>"))
    page = reader.get(address(ref), headers=PIECE).content.decode()
    assert "l’accusé irait à <b><bdi>chef@ac-amiens.test</bdi></b>" in as_typed(page)
    card = card_of(reader, box, invitation())
    assert "ines.roy@dehors.example" in card


def test_looking_at_a_message_never_leaves_a_list(reader: Client, box: MemoryMailbox) -> None:
    ref = put(
        box,
        letter(
            List_Unsubscribe="<https://liste.example/x>", List_Unsubscribe_Post="List-Unsubscribe=One-Click"
        ),
    )
    reader.get(address(ref), headers=PIECE)
    assert reader.get(address(ref, "desabonner/"), headers=PIECE).status_code == 405


def test_a_report_is_filed_voted_and_seen_by_administrators_only(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, letter())
    reader.post(address(ref, "signaler/"), {"kind": "phishing"}, headers=PIECE)
    reader.post(address(ref, "signaler/"), {"kind": "phishing"}, headers=PIECE)
    assert [vote.is_junk for vote in Vote.objects.all()] == [True]
    ((filed,), _) = reports_page()
    assert filed.sender == "parent@dehors.example"
    assert "Message-ID: <original@dehors.example>" in filed.header
    assert "texte" not in filed.header
    assert reader.get("/messagerie/signalements/").status_code == 403
    boss = browser_of(account("chef", role="administrator"))
    assert "parent@dehors.example" in boss.get("/messagerie/signalements/").content.decode()
    boss.post("/messagerie/signalements/traiter/", {"sender": "parent@dehors.example"})
    assert reports_page() == ((), 0)
    assert reports_page(done=True)[1] == 1


def test_what_is_no_junk_after_all_replaces_the_vote_and_files_no_report(
    reader: Client, box: MemoryMailbox
) -> None:
    ref = put(box, letter())
    reader.post(address(ref, "signaler/"), {"kind": "junk"}, headers=PIECE)
    reader.post(address(ref, "signaler/"), {"kind": "bon"}, headers=PIECE)
    assert [vote.is_junk for vote in Vote.objects.all()] == [False]
    assert reports_page()[1] == 1


@pytest.mark.parametrize(
    "domain",
    [
        "\uff41\uff43-amiens.test",  # full-width, which sending folds
        "ac-amiens\u3002test",
        "ac-amien\u017f.test",
        "ac-ami\u00adens.test",
        "AC-amiens.test.",
        "%61c-amiens.test",
    ],
)
def test_no_spelling_of_our_domain_makes_a_reader_write_to_a_colleague(domain: str) -> None:
    field = f"<mailto:chef@{domain}?subject=Demission>"
    assert unsubscribe_options(field, "", {"ac-amiens.test"}) is None


def test_a_reader_leaves_no_list_by_an_address_of_the_other_academie(
    settings: Any, reader: Client, box: MemoryMailbox
) -> None:
    lille = AcademySection(code="09", name="Lille", domain="ac-lille.test", departments=("059",))
    settings.CONFIG = replace(settings.CONFIG, further_academies=(lille,))
    ref = put(box, letter(**{"List-Unsubscribe": "<mailto:chef@ac-lille.test>"}))
    assert "desabonner" not in reader.get(address(ref)).content.decode()


def test_the_address_that_is_left_is_the_one_that_is_shown() -> None:
    options = unsubscribe_options("<mailto:Liste+Token%3D1@d\uff4fhors.example>", "", {"ac-amiens.test"})
    assert options is not None
    assert options.mail == "Liste+Token=1@dohors.example"
