"""A file of addresses becomes as many messages, each alone, each once."""

import secrets

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.conftest import Instance, wait_until
from tests.journeys.seen import imap, sign_in, uids_of

pytestmark = [pytest.mark.engines, pytest.mark.browser]


def test_a_school_writes_to_families(instance: Instance, page: Page) -> None:
    secretary, mark = instance.account("secretary"), secrets.token_hex(4)
    sign_in(page, instance.web, secretary["username"], secretary["password"])
    page.goto(f"{instance.web}/messagerie/ecrire/")
    page.get_by_label("Objet").fill(f"Réunion {mark} de {{Enfant}}")
    page.get_by_role("textbox", name="Message").click()
    page.keyboard.type("Bonjour {enfant}")
    page.get_by_role("button", name="Un exemplaire par destinataire").click()
    page.get_by_label("Aux adresses d’un tableau").check()
    lines = [
        "Enfant;Courriel",
        *(f"Élève {n};parent{n}.{mark}@dehors.example" for n in range(6)),
        "Sans;faux",
    ]
    table = {"name": "familles.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode("cp1252")}
    page.get_by_label("Tableau Excel").set_input_files(table)  # type: ignore[arg-type]
    page.get_by_role("button", name="Préparer et relire").click()
    expect(page.get_by_text("« faux » n’est pas une adresse")).to_be_visible()
    expect(page.locator(".previews > li")).to_have_count(3)
    expect(page.locator(".previews")).to_contain_text("Bonjour Élève 2")
    page.get_by_role("button", name="Envoyer 6 exemplaires").click()
    expect(page.get_by_role("heading", name="Envoi terminé")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("6 partis sur 6")).to_be_visible()
    with imap(instance, instance.account("outside")) as client:
        found = wait_until(
            lambda: len(uids_of(client, "INBOX", mark)) == 6 and uids_of(client, "INBOX", mark)
        )
        headers = [
            client.uid("FETCH", uid, "(BODY.PEEK[HEADER.FIELDS (TO)])")[1][0][1].decode() for uid in found
        ]
    assert [one.count("@") for one in headers] == [1] * 6
    assert len(set(headers)) == 6
