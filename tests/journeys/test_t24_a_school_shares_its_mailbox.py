"""The mailbox of a school: opened by its members, answered once in its name, handed over by the feed."""

import email
import imaplib
import re
import secrets
import smtplib
import ssl
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.answers import as_typed
from tests.browser import PATIENCE_MS, access_faults, width_kept
from tests.journeys.conftest import Instance, wait_until
from tests.journeys.seen import deliver, field, imap, sign_in, uids_of, wait_until_sent
from tests.journeys.test_t08_an_absence_answers import replies, text_of
from tests.people.intake.lines import line

from vaguemestre.people.intake.feed_parsers.hr import COLUMNS

pytestmark = [pytest.mark.engines, pytest.mark.browser]

HEAD = {
    "dossier": "DEMO-head", "numen": "", "civilite": "M.", "nom_naissance": "Vasseur", "prenom": "Philippe",
    "date_naissance": "30/05/1968", "categorie": "DIRECTION", "corps": "004", "discipline": "",
    "uai": "0809001Z", "fonction": "DIR", "debut": "01/09/2020",
}  # fmt: skip
DEPUTY = {
    "dossier": "DEMO-colleague", "numen": "", "civilite": "M.", "nom_naissance": "Lefebvre",
    "prenom": "Thomas", "date_naissance": "02/11/1979", "categorie": "2D_PUBLIC", "corps": "551",
    "discipline": "L1000", "uai": "0809001Z", "fonction": "DIR", "principal": "N",
}  # fmt: skip
TEACHES = {**DEPUTY, "fonction": "ENS", "principal": "O", "debut": "01/09/2011"}


# What somebody may send who does not use our composer.
KEEP = """async ([address, subject]) => {
  const csrf = document.querySelector('[name=csrfmiddlewaretoken]').value;
  const html = '<img src=x onerror="parent.stolen=1"><svg onload="parent.stolen=1"></svg>'
    + '<p onclick="top.stolen=1">x</p>';
  const body = new URLSearchParams({
    subject: subject + " <img src=x onerror=top.stolen=1>", html, to: "a@b.example", revision: "0",
  });
  const headers = { "X-CSRFToken": csrf, Accept: "application/json" };
  const answer = await fetch(address, { method: "POST", body, headers });
  if (!answer.ok) throw new Error(String(answer.status));
}"""


def window(chromium: Browser, instance: Instance, role: str) -> Page:
    context = chromium.new_context(viewport={"width": 1280, "height": 860}, locale="fr-FR")
    context.set_default_timeout(PATIENCE_MS)
    page, who = context.new_page(), instance.account(role)
    sign_in(page, instance.web, who["username"], who["password"])
    return page


def apply(instance: Instance, folder: Path, *lines: dict[str, str]) -> None:
    file = folder / f"{secrets.token_hex(4)}.csv"
    file.write_text("\n".join([";".join(COLUMNS), *(line(**cells) for cells in lines)]) + "\n")
    said = instance.cli("feed", "apply", str(file), check=False)
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.fixture
def head(chromium: Browser, instance: Instance) -> Iterator[Page]:
    page = window(chromium, instance, "head")
    yield page
    page.context.close()


@pytest.fixture
def secretary(chromium: Browser, instance: Instance) -> Iterator[Page]:
    page = window(chromium, instance, "secretary")
    yield page
    page.context.close()


def box_of(page: Page, instance: Instance) -> str:
    """The address of the mailbox's own page."""
    page.goto(f"{instance.web}/messagerie/")
    page.get_by_role("navigation", name="Dossiers").get_by_role("link", name="Collège Jules Verne").click()
    page.wait_for_url(re.compile(r"/boites/\d+/messagerie/"))
    return page.url.partition("messagerie/")[0]


def key_for(page: Page, box: str) -> str:
    """A password for a mail program of that member."""
    page.goto(box)
    page.get_by_label("Nom de l’appareil ou du logiciel").fill("Programme")
    page.get_by_role("button", name="Créer un mot de passe").click()
    return page.locator("code.secret").inner_text()


def open_message(page: Page, box: str, subject: str) -> None:
    page.goto(f"{box}messagerie/")
    page.get_by_role("region", name="Messages").get_by_text(subject).first.click()
    page.locator("box-care .care").wait_for()


def send(page: Page) -> None:
    page.frame_locator(".composer-box iframe").get_by_role("button", name="Envoyer", exact=True).click()


def answer(page: Page) -> None:
    page.get_by_role("button", name="Répondre", exact=True).click()
    frame = page.frame_locator(".composer-box iframe")
    frame.get_by_role("button", name="Envoyer", exact=True).wait_for()


def test_two_members_answer_the_second_is_warned_and_nobody_outside_knows_who(
    instance: Instance, head: Page, secretary: Page
) -> None:
    box = box_of(secretary, instance)
    subject = f"Cantine {secrets.token_hex(4)}"
    deliver(instance, "ce.0809001Z@ac-amiens.test", subject)
    wait_until(lambda: _listed(secretary, box, subject))
    secretary.goto(f"{instance.web}/messagerie/")
    pane = secretary.get_by_role("navigation", name="Dossiers")
    expect(pane.get_by_role("link", name=re.compile(r"Collège Jules Verne.*\d non lus"))).to_be_visible()
    open_message(secretary, box, subject)
    expect(secretary.locator("mail-app")).to_have_attribute("data-live", "on")
    open_message(head, box, subject)
    secretary.get_by_text("Philippe Vasseur lit ce courriel").wait_for()
    head.goto(f"{box}messagerie/")
    expect(secretary.get_by_text("Philippe Vasseur lit ce courriel")).to_have_count(0)
    open_message(head, box, subject)
    secretary.get_by_text("Philippe Vasseur lit ce courriel").wait_for()
    answer(head)
    secretary.get_by_text("Philippe Vasseur répond en ce moment").wait_for()
    secretary.get_by_label("Note interne").evaluate("note => note.closest('details').open = true")
    secretary.get_by_label("Note interne").fill("Ne part jamais")
    secretary.get_by_role("button", name="Ajouter la note").click()
    secretary.locator(".care-notes").get_by_text("Ne part jamais").wait_for()
    answer(secretary)
    send(secretary)
    dock = secretary.frame_locator(".composer-box iframe")
    dock.get_by_text("Philippe Vasseur répond en ce moment à ce courriel").wait_for()
    send(secretary)
    wait_until_sent(dock)
    send(head)
    head.frame_locator(".composer-box iframe").get_by_text("Sylvie Lecointe a déjà répondu").wait_for()
    with imap(instance, instance.account("outside")) as client:
        (uid,) = wait_until(lambda: uids_of(client, "INBOX", f"Re: {subject}"))
        _, data = client.uid("FETCH", uid, "(BODY.PEEK[])")
    content = data[0][1]
    message = email.message_from_bytes(content)
    assert "ce.0809001z@ac-amiens.test" in str(message["From"]).lower()
    for word in (b"Lecointe", b"slecointe", b"sylvie", b"Ne part jamais"):
        assert word not in content
    key = key_for(secretary, box)
    with program(instance, key) as client:
        wait_until(lambda: uids_of(client, "Sent", f"Re: {subject}"))
    with smtplib.SMTP_SSL(
        "localhost", instance.port("submissions"), context=tls(instance), timeout=20
    ) as smtp:
        smtp.login("ce.0809001z@ac-amiens.test", key)
        answered = _message_id(instance, key, subject)
        text = (
            f"From: ce.0809001Z@ac-amiens.test\r\nSubject: D'un programme\r\nIn-Reply-To: {answered}\r\n"
            f"Message-ID: <{secrets.token_hex(8)}@programme.example>\r\n\r\nBonjour"
        )
        assert smtp.sendmail("ce.0809001z@ac-amiens.test", ["x@dehors.example"], text) == {}
        with pytest.raises(smtplib.SMTPException):
            smtp.sendmail(instance.account("secretary")["address"], ["x@dehors.example"], text)
    head.goto(f"{box}suivi/?vue=derniers")
    row = head.get_by_role("listitem").filter(has_text=subject)
    assert "Sylvie Lecointe" in row.inner_text()
    wait_until(
        lambda: _answers(head, box, subject, "Répondu par Sylvie Lecointe") == 2
    )  # a page's, a program's
    head.goto(f"{box}actes/")
    expect(head.get_by_text("a ouvert la boîte dans un logiciel de messagerie").first).to_be_visible()


def _message_id(instance: Instance, key: str, subject: str) -> str:
    with program(instance, key) as client:
        (uid,) = uids_of(client, "INBOX", subject)
        _, data = client.uid("FETCH", uid, "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")
    return data[0][1].decode().partition(":")[2].strip()


def _answers(page: Page, box: str, subject: str, words: str) -> int:
    open_message(page, box, subject)
    return page.locator("box-care .care").inner_text().count(words)


def _listed(page: Page, box: str, subject: str) -> bool:
    page.goto(f"{box}messagerie/")
    return subject in page.get_by_role("region", name="Messages").inner_text()


def tls(instance: Instance) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=instance.ready["ca"])


def program(instance: Instance, key: str) -> Any:
    return imap(instance, {"address": "ce.0809001Z@ac-amiens.test", "app_password": key})


def test_a_hostile_draft_is_inert_for_the_other_member(
    instance: Instance, head: Page, secretary: Page
) -> None:
    box = box_of(secretary, instance)
    secretary.goto(f"{box}messagerie/ecrire/")
    subject = f"Brouillon {secrets.token_hex(4)}"
    secretary.evaluate(KEEP, [f"{box}messagerie/ecrire/{secrets.token_hex(16)}/brouillon/", subject])
    dialogs: list[str] = []
    head.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))  # type: ignore[call-overload]
    head.goto(f"{box}messagerie/Drafts/")
    head.get_by_role("region", name="Messages").get_by_text(subject).first.click()
    frame = head.frame_locator(".composer-box iframe")
    frame.get_by_label("Objet").wait_for()
    for one in [frame for frame in head.frames if frame.url.startswith(instance.web)]:
        assert one.evaluate("window.stolen ?? parent.stolen ?? null") is None
        assert one.locator("[onerror], [onload], [onclick]").count() == 0
    assert dialogs == []


def test_the_mailbox_has_its_own_absence_and_filters(instance: Instance, head: Page) -> None:
    box, token = box_of(head, instance), secrets.token_hex(4)
    head.goto(f"{box}parametres/filtres/nouveau")
    field(head, "Nom du filtre").fill(f"Rangé {token}")
    head.get_by_label("Condition 1", exact=True).select_option("subject-contains")
    head.get_by_label("Mots de la condition 1").fill(token)
    head.get_by_label("Ranger dans").select_option("Archive")
    head.get_by_role("button", name="Enregistrer le filtre").click()
    head.get_by_text(f"Rangé {token}").first.wait_for()
    head.goto(f"{box}parametres/absence")
    head.get_by_role("switch", name="Activer la notification d’absence").check()
    field(head, "Début").fill(f"{date.today():%d/%m/%Y}")
    field(head, "Fin").fill((date.today() + timedelta(days=9)).isoformat())
    field(head, "Message aux correspondants internes").fill("Le collège est fermé.")
    field(head, "Message aux correspondants externes").fill("Le secrétariat rouvre lundi.")
    head.get_by_role("button", name="Appliquer les modifications").click()
    head.get_by_role("status").filter(has_text="Modifications appliquées").wait_for()
    deliver(instance, "ce.0809001Z@ac-amiens.test", f"Question {token}", sender=f"p{token}@dehors.example")
    (reply,) = wait_until(lambda: replies(instance, token))
    assert reply["Auto-Submitted"].startswith("auto-replied")
    assert "ce.0809001z@ac-amiens.test" in str(reply["From"]).lower()
    assert text_of(reply).strip() == "Le secrétariat rouvre lundi."
    assert "vasseur" not in reply.as_string().lower()
    head.goto(f"{box}messagerie/Archive/")
    expect(head.get_by_role("region", name="Messages").get_by_text(f"Question {token}").first).to_be_visible()
    head.goto(f"{instance.web}/parametres/absence")  # the head's own is not touched
    assert not head.get_by_role("switch").is_checked()
    head.goto(f"{box}parametres/absence")
    head.get_by_role("switch").uncheck()
    head.get_by_role("button", name="Appliquer les modifications").click()
    head.get_by_role("status").filter(has_text="Modifications appliquées").wait_for()


def test_a_head_leaves_another_comes_by_feed_and_only_the_second_opens_it(
    instance: Instance, chromium: Browser, head: Page, tmp_path: Path
) -> None:
    box, today = box_of(head, instance), date.today()
    key = key_for(head, box)
    yesterday, lately = (today - timedelta(days=1)).isoformat(), (today - timedelta(days=10)).isoformat()
    held = imaplib.IMAP4_SSL("localhost", instance.port("imaps"), ssl_context=tls(instance), timeout=60)
    held.login("ce.0809001Z@ac-amiens.test", key)
    apply(instance, tmp_path, {**HEAD, "fin": yesterday}, TEACHES, {**DEPUTY, "debut": lately})
    try:
        wait_until(lambda: head.goto(f"{box}messagerie/").status == 404, 60)
        assert head.goto(f"{instance.web}/messagerie/").status == 200
        wait_until(lambda: _is_cut(held), 60)
        with pytest.raises(imaplib.IMAP4.error), program(instance, key):
            pass
        after = window(chromium, instance, "colleague")
        after.goto(box)
        members = after.get_by_role("list", name="Membres")
        assert "Thomas Lefebvre" in members.inner_text()
        assert "Philippe Vasseur" not in members.inner_text()
        story = as_typed(after.get_by_role("list", name="Ce qui s’est passé").inner_text())
        assert "Devient responsable : Thomas Lefebvre" in story
        assert "N’est plus responsable : Philippe Vasseur" in story
        assert "Boîte ouverte" in story
        for path in ("", "messagerie/", "suivi/", "actes/", "parametres/absence"):
            after.goto(box + path)
            assert access_faults(after) == [], path
            assert width_kept(after), path
        after.set_viewport_size({"width": 390, "height": 844})
        after.goto(box)
        assert access_faults(after) == []
        assert width_kept(after)
        after.context.close()
    finally:
        held.shutdown()
        apply(instance, tmp_path, {**HEAD, "fin": ""}, TEACHES, {**DEPUTY, "debut": lately, "fin": yesterday})


def _is_cut(client: imaplib.IMAP4_SSL) -> bool:
    try:
        client.noop()
    except (imaplib.IMAP4.error, OSError):
        return True
    return False
