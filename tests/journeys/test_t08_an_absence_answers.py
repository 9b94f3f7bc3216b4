"""Somebody leaves: says so on one page, is answered for, comes back, finds every message."""

import email
import email.policy
import secrets
from datetime import date, timedelta
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page
from tests.journeys.conftest import Instance, wait_until
from tests.journeys.seen import deliver, field, imap, sign_in, uids_of

pytestmark = [pytest.mark.engines, pytest.mark.browser]


def replies(instance: Instance, words: str) -> list[EmailMessage]:
    """What the outside world received about that."""
    with imap(instance, instance.account("outside")) as client:
        uids = uids_of(client, "INBOX", words)
        raws = [client.uid("FETCH", uid, "(BODY.PEEK[])")[1][0][1] for uid in uids]
    return [email.message_from_bytes(raw, policy=email.policy.default) for raw in raws]


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    return body.get_content() if body else ""


def test_an_absence_is_set_answers_and_ends(instance: Instance, page: Page) -> None:
    colleague = instance.account("colleague")
    sign_in(page, instance.web, colleague["username"], colleague["password"])
    page.goto(f"{instance.web}/parametres/")
    page.get_by_role("navigation", name="Paramètres").get_by_role(
        "link", name="Notifications d’absence"
    ).click()
    page.get_by_role("switch", name="Activer la notification d’absence").check()
    field(page, "Début").fill(f"{date.today():%d/%m/%Y}")
    field(page, "Fin").fill((date.today() + timedelta(days=9)).isoformat())
    field(page, "Message aux correspondants internes").fill("Karim prend le relais.")
    field(page, "Message aux correspondants externes").fill("À mon retour « bientôt ».")
    page.get_by_role("button", name="Appliquer les modifications").click()
    page.get_by_role("status").filter(has_text="Modifications appliquées").wait_for()

    token, other = secrets.token_hex(4), secrets.token_hex(4)
    her = colleague["address"]
    for number in range(2):
        deliver(instance, her, f"Question {token} {number}", sender=f"p{token}@dehors.example")
    wait_until(lambda: replies(instance, token))
    deliver(instance, her, f"Autre question {other}", sender=f"q{token}@dehors.example")
    wait_until(lambda: replies(instance, other))
    (reply,) = replies(instance, token)
    assert reply["Auto-Submitted"].startswith("auto-replied")
    assert text_of(reply).strip() == "À mon retour « bientôt »."

    page.goto(f"{instance.web}/messagerie/")
    page.get_by_text("Votre absence est annoncée jusqu’au").wait_for()
    page.get_by_role("button", name="Terminer maintenant").click()
    page.get_by_text("Votre absence est terminée").wait_for()
    deliver(instance, her, f"Après {token}", sender=f"r{token}@dehors.example")
    with imap(instance, colleague) as client:
        wait_until(lambda: len(uids_of(client, "INBOX", token)) == 3)
    assert len(replies(instance, token)) == 1
    page.goto(f"{instance.web}/parametres/absence")
    assert not page.get_by_role("switch").is_checked()
    assert field(page, "Message aux correspondants internes").input_value() == "Karim prend le relais."
