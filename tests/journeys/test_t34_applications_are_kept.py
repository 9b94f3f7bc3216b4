"""The registry in a browser: a client read from metadata, tried, restricted; who may not enter reads why."""

import json
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page
from tests.browser import SIZES, access_faults, width_kept
from tests.journeys.conftest import Instance
from tests.journeys.seen import field, sign_in, sign_in_twice

pytestmark = [pytest.mark.engines, pytest.mark.browser]

CLIENT = {
    "client_name": "Agenda des conseils",
    "redirect_uris": ["http://localhost:1/retour"],
    "client_uri": "http://localhost:1/",
    "backchannel_logout_uri": "http://localhost:1/dehors",
}
ASKED = {
    "client_id": "agenda", "redirect_uri": "http://localhost:1/retour", "response_type": "code",
    "scope": "openid profile", "code_challenge": "c" * 43, "code_challenge_method": "S256",
}  # fmt: skip


def look(page: Page) -> None:
    for size in ("phone", "desk"):
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        assert access_faults(page) == [], page.url
        assert width_kept(page), f"{page.url} is wider than its screen ({size})"


def click(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name=name, exact=True).click()
    look(page)


@pytest.fixture
def teacher(instance: Instance, page: Page) -> Page:
    """Somebody else, elsewhere."""
    context = page.context.browser.new_context(locale="fr-FR")
    other = context.new_page()
    who = instance.account("teacher")
    sign_in(other, instance.web, who["username"], who["password"])
    return other


def test_an_application_is_read_tried_and_restricted(instance: Instance, page: Page, teacher: Page) -> None:
    who = instance.account("teacher")
    asked = f"{instance.web}/oidc/authorize?{urlencode(ASKED)}"
    registry = f"{instance.web}/administration/applications"
    sign_in_twice(page, instance.web, instance.account("administrator"))
    page.goto(f"{registry}/importer/oidc")
    look(page)
    field(page, "Ou le texte des métadonnées").fill(json.dumps(CLIENT))
    field(page, "Identifiant ici").fill("agenda")
    click(page, "Lire et inscrire")
    page.get_by_role("heading", name="Agenda des conseils").wait_for()

    field(page, "Identifiant ou adresse d'un agent").fill(who["username"])
    click(page, "Voir")
    page.get_by_text("seulement un identifiant opaque").wait_for()
    click(page, "Tester ses adresses")
    assert page.get_by_text("ne répond pas").count() == 3

    click(page, "Nouveau secret")
    secret = page.locator("#secret").inner_text()
    assert len(secret) >= 32
    assert page.get_by_role("button", name="Copier").is_visible()
    page.goto(f"{registry}/agenda")
    assert secret not in page.content()

    page.get_by_label("Demander l’accord de la personne").check()
    click(page, "Appliquer les modifications")
    teacher.goto(asked)
    teacher.get_by_text("Agenda des conseils demande votre accord").wait_for()
    look(teacher)

    page.get_by_label("Exiger un second facteur").check()
    click(page, "Appliquer les modifications")
    teacher.goto(asked)
    teacher.get_by_text("un second facteur").first.wait_for()
    look(teacher)

    page.get_by_label("Établissements admis").fill("0809002A")
    page.get_by_label("Qui contacter").fill("conseils@ac-amiens.test")
    click(page, "Appliquer les modifications")
    teacher.goto(asked)
    teacher.get_by_text("Agenda des conseils ne vous est pas ouverte").wait_for()
    teacher.get_by_role("link", name="conseils@ac-amiens.test").wait_for()
    look(teacher)

    page.goto(f"{registry}/agenda")
    page.get_by_text("Refus (30 jours)").wait_for()
    look(page)
    click(page, "Retirer Agenda des conseils…")
    click(page, "Retirer Agenda des conseils")
    page.get_by_text("Agenda des conseils est retirée").wait_for()
    teacher.goto(asked)
    teacher.get_by_text("n’a pas pu être ouverte").wait_for()
    look(teacher)
