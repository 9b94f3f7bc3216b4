"""« Collègue » is said of what colleagues sent, and of nothing that only looks like it."""

import secrets
import smtplib
import ssl
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.conftest import Instance, running_instance, wait_until
from tests.journeys.seen import imap, sign_in, uids_of

TODAY = time.strftime("%d-%b-%Y")

pytestmark = [pytest.mark.engines, pytest.mark.browser]


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    """One of its own: what is ended, or counted against a sender, must not meet other journeys."""
    with running_instance() as own:
        yield own


def letter(author: str, to: str, subject: str) -> bytes:
    return f"From: {author}\r\nTo: {to}\r\nSubject: {subject}\r\n\r\nBonjour\r\n".encode()


def submit(instance: Instance, account: dict[str, Any], content: bytes, to: str) -> None:
    tls = ssl.create_default_context(cafile=instance.ready["ca"])
    with smtplib.SMTP_SSL("localhost", instance.port("submissions"), timeout=60, context=tls) as client:
        client.login(account["address"], account["app_password"])
        client.sendmail(account["address"], [to], content)


def arrive(instance: Instance, content: bytes, to: str) -> None:
    with smtplib.SMTP("localhost", instance.port("mx"), timeout=60, local_hostname="x.example") as client:
        client.sendmail("evil@dehors.example", [to], content)


def opened(page: Page, instance: Instance, folder: str, subject: str) -> Any:
    page.goto(f"{instance.web}/messagerie/{folder}/")
    page.get_by_role("region", name="Messages").get_by_text(subject).first.click(timeout=30_000)
    pane = page.locator("article", has_text=subject)
    pane.locator(".who").wait_for()
    return pane.locator(".who"), pane


def test_who_wrote_is_told_as_it_is(instance: Instance, page: Page) -> None:
    teacher, colleague, head = (instance.account(role) for role in ("teacher", "colleague", "head"))
    true, renamed, forged, grouped = (
        f"{word} {secrets.token_hex(4)}" for word in ("vrai", "corrige", "faux", "groupe")
    )
    to = teacher["address"]
    submit(instance, colleague, letter(f"Thomas Lefebvre <{colleague['address']}>", to, true), to)
    borrowed = ("Rectorat", "Philippe Vasseur", "Philippe Vasseur Lefebvre", '"Mme B., prof de maths"')
    for name in borrowed:
        submit(instance, colleague, letter(f"{name} <{colleague['address']}>", to, renamed), to)
    with pytest.raises(smtplib.SMTPDataError, match="une autre adresse que la votre"):
        submit(instance, colleague, letter(f'"{head["address"]}" <{colleague["address"]}>', to, "refus"), to)
    arrive(instance, letter(f"Philippe Vasseur <{head['address']}>", to, forged), to)
    arrive(instance, letter(f"A: {head['address']}; <evil@dehors.example>", to, grouped), to)
    sign_in(page, instance.web, teacher["username"], teacher["password"])

    who, _ = opened(page, instance, "INBOX", true)
    expect(who).to_contain_text("Thomas Lefebvre")
    expect(who).to_contain_text("Collègue")
    with imap(instance, teacher) as client:
        all_of_them = wait_until(
            lambda: len(uids := uids_of(client, "INBOX", renamed)) == len(borrowed) and uids
        )
        for uid in all_of_them:
            field = client.uid("FETCH", uid, "(BODY.PEEK[HEADER.FIELDS (FROM)])")[1][0][1]
            assert field.strip() == f"From: Thomas Lefebvre <{colleague['address']}>".encode()
    who, _ = opened(page, instance, "INBOX", renamed)
    expect(who).to_contain_text("Thomas Lefebvre")
    expect(who).to_contain_text("Collègue")
    expect(who).not_to_contain_text("Signe")
    who, _ = opened(page, instance, "Junk", forged)
    expect(who).to_contain_text("Adresse usurpée")
    expect(who).not_to_contain_text("Vasseur")
    who, pane = opened(page, instance, "Junk", grouped)
    expect(who.locator(".from")).to_contain_text("Expéditeur ambigu")
    expect(who).not_to_contain_text("Direction")
    expect(pane).to_contain_text("On ne sait pas qui a écrit ce courriel.")


def test_colleagues_letters_of_the_demonstration_are_theirs(instance: Instance, page: Page) -> None:
    teacher, colleague = instance.account("teacher"), instance.account("colleague")

    def loaded() -> list[str]:
        with imap(instance, teacher) as client:
            client.select("INBOX", readonly=True)
            found = client.uid("SEARCH", "FROM", colleague["address"], "BEFORE", TODAY)[1]
        return found[0].decode().split() if found and found[0] else []

    wait_until(loaded, 240)
    with imap(instance, teacher) as client:
        client.select("INBOX", readonly=True)
        validity = client.response("UIDVALIDITY")[1][0].decode()
    sign_in(page, instance.web, teacher["username"], teacher["password"])
    page.goto(f"{instance.web}/messagerie/INBOX/{validity}/{loaded()[0]}/")
    expect(page.locator("article .who")).to_contain_text("Collègue")
