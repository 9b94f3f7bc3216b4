"""An answer leaves once, with the right headers, and is found where it should be."""

import email
import email.policy
import re
import secrets

import pytest
from playwright.sync_api import Page
from tests.journeys.conftest import Instance, wait_until
from tests.journeys.seen import deliver, imap, in_some_frame, label, sign_in, uids_of

pytestmark = [pytest.mark.engines, pytest.mark.browser]


def test_an_answer_arrives_outside_and_is_filed(instance: Instance, page: Page) -> None:
    teacher, outside = instance.account("teacher"), instance.account("outside")
    subject = f"Question {secrets.token_hex(4)}"
    sent = deliver(instance, teacher["address"], subject, text="Peut-on venir à 17 h ?")
    sign_in(page, instance.web, teacher["username"], teacher["password"])
    page.goto(f"{instance.web}/messagerie/")
    page.get_by_role("region", name="Messages").get_by_text(subject).first.click()
    page.get_by_role("button", name="Répondre", exact=True).first.click()
    frame, editor = in_some_frame(page, lambda f: f.get_by_role("textbox", name="Message").last)
    editor.click()
    page.keyboard.type("Oui, c'est noté — à tout à l'heure.")
    frame.get_by_role("button", name="Envoyer", exact=True).first.click()
    in_some_frame(page, lambda f: f.get_by_text(re.compile(r"Envoi dans \d+ s")).first)
    in_some_frame(page, lambda f: f.get_by_role("button", name=label("Annuler l'envoi")).first)
    in_some_frame(page, lambda f: f.get_by_text(label("Courriel envoyé")).first, 60)

    with imap(instance, outside) as client:
        found = wait_until(lambda: uids_of(client, "INBOX", subject), 60)
        assert len(found) == 1
        raw = client.uid("FETCH", found[0], "(BODY.PEEK[])")[1][0][1]
    got = email.message_from_bytes(raw, policy=email.policy.default)
    assert teacher["address"] in got["From"]
    assert "parent@dehors.example" in got["To"]
    assert got["In-Reply-To"] == sent["Message-ID"]
    assert sent["Message-ID"] in got["References"]
    assert got["Date"]
    assert got["Message-ID"].endswith(f"@{instance.ready['domain']}>")
    assert got["Bcc"] is None
    body = got.get_body(("plain",))
    assert body is not None
    assert "c'est noté" in body.get_content().replace("’", "'")

    with imap(instance, teacher) as client:
        (original,) = uids_of(client, "INBOX", subject)
        wait_until(lambda: b"\\Answered" in client.uid("FETCH", original, "(FLAGS)")[1][0])
        assert len(wait_until(lambda: uids_of(client, "Sent", subject))) == 1
        assert uids_of(client, "Drafts", subject) == []
