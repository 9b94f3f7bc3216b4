"""« Envois »: what became of each message, for its sender alone."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import account
from tests.answers import as_typed
from tests.foundation.ui.confirmation import confirmed
from tests.post.outbox.test_services import parcel

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.access.signin.ports import revocations
from vaguemestre.access.signin.services import notify_owner
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.services import hold_mailbox
from vaguemestre.post.outbox import ports, services
from vaguemestre.post.outbox.models import OutboxMessage, RecipientStatus, SenderState, Submission
from vaguemestre.post.outbox.values import DeliveryEvent, DeliveryState, ReportPosition

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def nicolas() -> Account:
    return account()


@pytest.fixture
def browser(client: Client, nicolas: Account) -> Client:
    return signed_in(nicolas, client)


@pytest.fixture(autouse=True)
def engines() -> list[tuple[str, bool]]:
    told: list[tuple[str, bool]] = []

    def end(queue_id: str, *, discard: bool) -> bool:
        told.append((queue_id, discard))
        return True

    def nothing(
        mailbox: str, session_key: str, position: ReportPosition
    ) -> tuple[list[bytes], ReportPosition]:
        return [], position

    ports.end_hold.replace(end)
    ports.find_reports.replace(nothing)
    return told


def passed(who: Account, number: int = 1, **changed: object) -> Submission:
    given: dict[str, object] = {
        "account": who,
        "queue_id": f"4dgX2Q0mzk{number:03}",
        "message_id": f"<m{number}@x>",
        "sender": who.mailbox,
        "subject": f"Sortie {number}",
        "recipients": ["a@dehors.example", "b@dehors.example"],
        "counted": 2,
        "at": timezone.now(),
    }
    return Submission.objects.create(**{**given, **changed})


def test_each_recipients_status_is_said_in_french_with_the_servers_own_words(
    browser: Client, nicolas: Account
) -> None:
    row = passed(nicolas)
    now = timezone.now()

    def events(number: int) -> tuple[list[DeliveryEvent], int]:
        if number:
            return [], number
        words = "host mx.dehors.example said: 550 5.1.1 no such user"
        return [
            DeliveryEvent(row.queue_id, "a@dehors.example", DeliveryState.DELIVERED, "2.0.0", "250 ok", now),
            DeliveryEvent(row.queue_id, "b@dehors.example", DeliveryState.DELAYED, "4.4.1", "timed out", now),
            DeliveryEvent(row.queue_id, "b@dehors.example", DeliveryState.REFUSED, "5.1.1", words, now),
            DeliveryEvent("INCONNU0000", "c@dehors.example", DeliveryState.DELIVERED, "2.0.0", "", now),
        ], 100

    assert services.read_deliveries(events) == 2
    assert services.read_deliveries(events) == 0, "read once"
    page = browser.get("/messagerie/envois/suivi/", {"id": "<m1@x>"}).content.decode()
    assert "Remis" in page
    assert "Cette adresse n’existe pas" in page
    assert "550 5.1.1 no such user" in page
    fragment = browser.get("/messagerie/envois/suivi/", {"id": "m1@x"}, headers={"HX-Request": "true"})
    assert "<html" not in fragment.content.decode()
    assert "Non remis" in browser.get("/messagerie/envois/").content.decode()


def test_a_report_and_a_receipt_in_the_inbox_are_attached_to_their_message(
    browser: Client, nicolas: Account
) -> None:
    passed(nicolas)
    reports = [(Path(__file__).parent / name).read_bytes() for name in ("report.eml", "receipt.eml")]
    asked: list[ReportPosition] = []

    def find(mailbox: str, session_key: str, position: ReportPosition) -> tuple[list[bytes], ReportPosition]:
        asked.append(position)
        return (reports, ReportPosition(9, 40)) if len(asked) == 1 else ([], position)

    ports.find_reports.replace(find)
    page = browser.get("/messagerie/envois/suivi/", {"id": "<m1@x>"}).content.decode()
    assert "Lu" in page
    assert "La boîte de ce destinataire est pleine" in page
    browser.get("/messagerie/envois/suivi/", {"id": "<m1@x>"})
    assert asked[1] == ReportPosition(9, 40), "only what came since is looked at"


def test_nobody_writes_on_somebody_elses_message_nor_reads_its_status(
    browser: Client, nicolas: Account
) -> None:
    other = account(username="autre")
    passed(other)
    ports.find_reports.replace(
        lambda mailbox, key, place: ([(Path(__file__).parent / "receipt.eml").read_bytes()], place)
    )
    page = browser.get("/messagerie/envois/suivi/", {"id": "<m1@x>"}).content.decode()
    assert "n’est pas connu ici" in page
    assert not RecipientStatus.objects.exists()


def test_an_absent_mailbox_makes_the_answer_older_not_wrong(browser: Client, nicolas: Account) -> None:
    passed(nicolas)

    def away(mailbox: str, session_key: str, position: ReportPosition) -> tuple[list[bytes], ReportPosition]:
        raise EngineDown("imap")

    ports.find_reports.replace(away)
    assert "En route" in browser.get("/messagerie/envois/suivi/", {"id": "<m1@x>"}).content.decode()


def test_held_mail_is_sent_by_whoever_just_proved_who_they_are(
    browser: Client, nicolas: Account, engines: list[tuple[str, bool]]
) -> None:
    first = passed(nicolas, 1, hold="held", hold_code="outbox.burst")
    second = passed(nicolas, 2, hold="held", hold_code="outbox.burst")
    others = passed(account(username="autre"), 3, hold="held", hold_code="outbox.burst")
    assert "confirmez qu’ils sont de vous" in browser.get("/messagerie/envois/").content.decode()
    page = browser.get("/messagerie/envois/retenus/").content.decode()
    assert "Sortie 1" in page
    assert "Sortie 3" not in page
    browser.post("/messagerie/envois/retenus/envoyer/", {"message": [first.pk, others.pk]})
    browser.post("/messagerie/envois/retenus/jeter/", {"message": [second.pk]})
    assert engines == [(first.queue_id, False), (second.queue_id, True)]
    others.refresh_from_db()
    assert others.hold == "held"


def test_an_old_sign_in_does_not_release_anything(
    browser: Client, nicolas: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = passed(nicolas, hold="held", hold_code="outbox.burst")
    monkeypatch.setattr("vaguemestre.access.signin.http.is_recent", lambda *times: False)
    answer = browser.post("/messagerie/envois/retenus/envoyer/", {"message": [row.pk]})
    assert answer.status_code == 302
    assert "confirmer=1" in answer.headers["Location"]
    row.refresh_from_db()
    assert row.hold == "held"


def test_the_desk_finds_what_was_stopped_when_an_account_was_made_safe(client: Client) -> None:
    safe = account(username="abrite")
    OutboxMessage.objects.create(
        account=safe, key="k1", message_id="<k1@x>", state="stopped", subject="Secret", recipients=[],
        content=b"c", due_at=timezone.now(), created_at=timezone.now(),
    )  # fmt: skip
    signed_in(account(username="lucie", role="helpdesk"), client)
    page = client.get("/assistance/retenus/").content.decode()
    assert re.search(rf'<a href="/assistance/compte/{safe.pk}">abrite</a>\s: 1\scourriel', page)
    assert "Aucun courriel n’est retenu" not in page
    assert "Secret" not in page
    assert "abrite" not in client.get("/assistance/retenus/?q=autre").content.decode()


def test_a_mailbox_on_hold_after_a_compromise_releases_nothing(browser: Client, nicolas: Account) -> None:
    row = passed(nicolas, hold="held", hold_code="outbox.burst")
    with transaction.atomic():
        hold_mailbox(nicolas.pk, by="test", now=timezone.now())
    revocations.get().bump()
    for act in ("envoyer", "jeter"):
        answer = browser.post(f"/messagerie/envois/retenus/{act}/", {"message": [row.pk]})
        assert answer.status_code == 403, act
    row.refresh_from_db()
    assert row.hold == "held"


def test_the_desk_sees_how_much_is_held_never_what_it_says(
    client: Client, engines: list[tuple[str, bool]]
) -> None:
    row = passed(account(username="autre"), hold="held", hold_code="outbox.burst")
    signed_in(account(username="aide", role="helpdesk"), client)
    page = client.get("/assistance/retenus/").content.decode()
    assert "autre" in page
    assert "Sortie 1" not in page
    assert "a@dehors.example" not in page
    assert "Nicolas Morel" in page
    assert "vous confirmiez" not in as_typed(page)  # said to its owner, not to the desk
    address = f"/assistance/retenus/{row.account_id}/"
    assert client.post(address, {"action": "release", "reason": ""}).status_code == 422
    asked = {"action": "release", "reason": "Vérifié par téléphone"}
    assert "Pendant 12 heures" in as_typed(client.post(address, asked).content.decode())
    assert engines == [], "not before it was confirmed"
    assert confirmed(client, address, asked).status_code == 302
    assert engines == [(row.queue_id, False)]
    assert Entry.objects.get(action="outbox.hold-released").details["reason"] == "Vérifié par téléphone"


def test_what_the_desk_throws_away_is_confirmed_first_and_told_to_its_sender(
    client: Client, engines: list[tuple[str, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, str, str]] = []

    def notify(account_id: int, act: str, *, now: datetime, reason: str) -> AccountTouched:
        told.append((account_id, act, reason))
        return notify_owner(account_id, act, now=now, reason=reason)

    monkeypatch.setattr("vaguemestre.post.tracking.views.desk.notify_owner", notify)
    row = passed(account(username="autre"), hold="held", hold_code="outbox.burst")
    signed_in(account(username="aide", role="helpdesk"), client)
    address, asked = f"/assistance/retenus/{row.account_id}/", {"action": "discard", "reason": "Envoi pirate"}
    page = as_typed(client.post(address, asked).content.decode())
    assert "personne ne le recevra, et rien ne se reprend" in page
    assert engines == [], "not before it was confirmed"
    assert confirmed(client, address, asked).status_code == 302
    assert engines == [(row.queue_id, True)]
    assert told == [(row.account_id, "desk-discarded", "Envoi pirate")]
    sheet = as_typed(client.get(f"/assistance/compte/{row.account_id}").content.decode())
    assert "Courriel retenu : jeté" in sheet


def test_what_an_account_made_safe_left_waiting_leaves_by_nobodys_hand(
    client: Client, engines: list[tuple[str, bool]]
) -> None:
    owner = account(username="autre")
    passed(owner, hold="held", hold_code="outbox.burst")
    signed_in(account(username="aide", role="helpdesk"), client)
    with transaction.atomic():
        hold_mailbox(owner.pk, by="test", now=timezone.now())
    page = as_typed(client.get("/assistance/retenus/").content.decode())
    assert "rien ne part" in page
    assert "Laisser partir" not in page
    asked = {"action": "release", "reason": "Vérifié par téléphone"}
    assert client.post(f"/assistance/retenus/{owner.pk}/", asked).status_code == 422
    assert engines == []


def test_mail_thrown_away_meanwhile_is_not_said_to_have_left_and_frees_nobody(
    client: Client, engines: list[tuple[str, bool]]
) -> None:
    row = passed(account(username="autre"), hold="held", hold_code="outbox.burst")
    signed_in(account(username="aide", role="helpdesk"), client)
    address = f"/assistance/retenus/{row.account_id}/"
    asked = {"action": "release", "reason": "Vérifié par téléphone"}
    page = client.post(address, asked).content.decode()
    services.discard_held(row.account_id, [row.pk], by="test", now=timezone.now())
    mark = re.search(r'name="confirm" value="(\w+)"', page)
    assert mark is not None
    answer = client.post(address, {**asked, "confirm": mark[1]}, follow=True)
    assert "étaient déjà décidés" in as_typed(answer.content.decode())
    assert services.release_held(row.account_id, [row.pk], by="test", now=timezone.now()) == []
    assert not SenderState.objects.filter(account_id=row.account_id, confirmed_until__isnull=False).exists()


def test_the_desk_does_not_decide_for_an_administrator(
    client: Client, engines: list[tuple[str, bool]]
) -> None:
    row = passed(account(username="chef", role="administrator"), hold="held", hold_code="outbox.burst")
    signed_in(account(username="aide", role="helpdesk"), client)
    for action in ("release", "discard"):
        form = {"action": action, "reason": "Vérifié par téléphone"}
        answer = client.post(f"/assistance/retenus/{row.account_id}/", form)
        assert answer.status_code == 422
        assert "elle seule en décide" in answer.content.decode()
    assert engines == []


def test_an_ordinary_person_does_not_come_to_the_desk(browser: Client) -> None:
    assert browser.get("/assistance/retenus/").status_code == 403


def test_a_message_that_waits_changes_its_hour(browser: Client, nicolas: Account) -> None:
    key = "0" * 32 + ".1"
    due = timezone.now() + timedelta(days=2)
    with transaction.atomic():
        services.queue_message(parcel(nicolas.pk, key=key, due_at=due), by="test", now=timezone.now())
    assert "Changer l’heure" in browser.get("/messagerie/envois/").content.decode()
    address = "/messagerie/envois/heure/"
    wrong = browser.post(address, {"key": key, "day": "demain", "hour": "8"})
    assert wrong.status_code == 422
    assert "demain" in wrong.content.decode(), "what was typed stays"
    passed(nicolas)
    past = browser.post(address, {"key": key, "day": "01/01/2020", "hour": "8h"})
    assert past.status_code == 422
    assert "Ce que vous envoyez" not in past.content.decode(), "what was sent stays in the list"
    later = timezone.localdate() + timedelta(days=9)
    assert browser.post(address, {"key": key, "day": f"{later:%d/%m/%Y}", "hour": "8h"}).status_code == 302
    changed = timezone.localtime(OutboxMessage.objects.get().due_at)
    assert (changed.date(), changed.hour) == (later, 8)


def test_the_time_to_take_back_is_chosen(browser: Client) -> None:
    assert browser.post("/parametres/envoi", {"undo_seconds": "15"}).status_code == 422
    assert browser.post("/parametres/envoi", {"undo_seconds": "30"}).status_code == 302
    page = browser.get("/parametres/envoi").content.decode()
    chosen = re.search(r'<input[^>]*value="30"[^>]*>', page)
    assert chosen is not None
    assert "checked" in chosen[0]
