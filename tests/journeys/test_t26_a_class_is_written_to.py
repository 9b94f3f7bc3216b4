"""Families of « 4e B » are written to, no address given away; an answer comes back where it should."""

import email
import email.policy
import re
import secrets
import smtplib

import pytest
from playwright.sync_api import Page, expect
from tests.browser import access_faults, width_kept
from tests.journeys.conftest import Instance, wait_until
from tests.journeys.seen import imap, sign_in, uids_of

pytestmark = [pytest.mark.engines, pytest.mark.browser]


def test_families_are_written_to_and_answer(instance: Instance, page: Page) -> None:
    teacher, mark = instance.account("teacher"), secrets.token_hex(4)
    sign_in(page, instance.web, teacher["username"], teacher["password"])
    page.goto(f"{instance.web}/messagerie/ecrire/")
    page.get_by_role("combobox", name="À", exact=True).press_sequentially("4b fam")
    page.get_by_role("option", name="4e B — familles").click()
    page.get_by_label("Objet").fill(f"Sortie {mark}")
    page.get_by_role("textbox", name="Message").click()
    page.keyboard.type("{eleve} vient-il ? INE 1234567890A")
    page.get_by_role("button", name="Envoyer", exact=True).click()
    expect(page.get_by_text("un numéro national d’élève")).to_be_visible()
    assert access_faults(page) == []
    ready = page.get_by_role("button", name=re.compile(r"Envoyer \d+ exemplaires"))
    count = int(re.findall(r"\d+", ready.inner_text())[0])
    ready.click()
    expect(page.get_by_text("Relisez ce qui est signalé")).to_be_visible()
    page.get_by_label("J’ai relu").check()
    ready.click()
    expect(page.get_by_role("heading", name="Envoi terminé")).to_be_visible(timeout=60_000)
    with imap(instance, instance.account("outside")) as client:
        found = wait_until(
            lambda: len(uids_of(client, "INBOX", mark)) == count and uids_of(client, "INBOX", mark)
        )
        whole = [client.uid("FETCH", uid, "(BODY.PEEK[])")[1][0][1] for uid in found]
    read = [email.message_from_bytes(one, policy=email.policy.default) for one in whole]
    families = {one["To"].addresses[0].addr_spec for one in read}
    assert len(families) == count
    for content, one in zip(whole, read, strict=True):
        text = content.decode()
        own = one["To"].addresses[0].addr_spec
        assert not [other for other in families - {own} if other in text]
        assert teacher["address"] not in text
        assert teacher["username"] not in text
        assert one["From"].addresses[0].addr_spec.startswith("ent.")
    first = read[0]
    answer = (
        f"From: {first['To']}\r\nTo: {first['From']}\r\nSubject: Re: Sortie {mark}\r\n"
        f"Message-ID: <{secrets.token_hex(8)}@ent-amiens.test>\r\nIn-Reply-To: {first['Message-ID']}\r\n"
        f"References: {first['Message-ID']}\r\n\r\nOui, il vient.\r\n"
    )
    parent, gateway = (first[name].addresses[0].addr_spec for name in ("To", "From"))
    with smtplib.SMTP("localhost", instance.port("mx"), local_hostname="mail.ent-amiens.test") as smtp:
        smtp.sendmail(parent, [gateway], answer.encode())
    with imap(instance, teacher) as client:
        wait_until(lambda: uids_of(client, "INBOX", mark))
        sent = {name: uids_of(client, name, mark) for name in ("Sent", "INBOX")}
        assert len(sent["INBOX"]) == 1
        assert len(sent["Sent"]) == count  # the answer stands beside the copy it answers
    page.goto(f"{instance.web}/messagerie/")
    page.get_by_role("region", name="Messages").get_by_text(f"Re: Sortie {mark}").first.click()
    thread = page.get_by_role("list", name="Courriels précédents de la conversation")
    expect(thread.get_by_role("listitem")).to_have_count(1)  # that family's copy, and nobody else's
    for log in (instance.home / "logs").glob("*.log"):
        said = log.read_text(errors="replace")
        if log.name in ("postfix.log", "dovecot.log"):
            continue  # what became of each copy, as of any message: addresses, never a name
        assert not [one for one in families if one in said], log.name


def test_a_head_writes_to_pupils_from_the_schools_box(instance: Instance, page: Page) -> None:
    head, mark = instance.account("head"), secrets.token_hex(4)
    sign_in(page, instance.web, head["username"], head["password"])
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/classes/", f"/classes/{_school(page, instance)}/reglages/"):
        page.goto(f"{instance.web}{path}")
        assert access_faults(page) == [], path
        assert width_kept(page), path
    page.set_viewport_size({"width": 1280, "height": 860})
    page.goto(f"{instance.web}/boites/")
    box = page.get_by_role("list", name="Boîtes partagées").get_by_role("link").first.get_attribute("href")
    page.goto(f"{instance.web}{box}ecrire/")
    page.get_by_role("combobox", name="À", exact=True).press_sequentially("6a")
    page.get_by_role("option", name="6e A — élèves").click()
    page.get_by_label("Objet").fill(f"Rentrée {mark}")
    page.get_by_role("textbox", name="Message").click()
    page.keyboard.type("Bonjour {eleve}")
    page.get_by_role("button", name="Envoyer", exact=True).click()
    page.get_by_role("button", name=re.compile(r"Envoyer \d+ exemplaires")).click()
    expect(page.get_by_role("heading", name="Envoi terminé")).to_be_visible(timeout=60_000)
    with imap(instance, instance.account("outside")) as client:
        found = wait_until(
            lambda: len(uids_of(client, "INBOX", mark)) == 24 and uids_of(client, "INBOX", mark)
        )
        header = client.uid("FETCH", found[0], "(BODY.PEEK[HEADER.FIELDS (FROM)])")[1][0][1].decode()
    assert re.search(r"<ce\.08\w+@ac-amiens\.test>", header.lower())


def _school(page: Page, instance: Instance) -> str:
    page.goto(f"{instance.web}/classes/")
    address = page.get_by_role("link", name="Réglages").first.get_attribute("href") or ""
    return re.findall(r"/classes/(\w+)/", address)[0]
