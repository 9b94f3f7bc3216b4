"""Accolad and Salles, other applications: entered without a second sign-in, left with the first."""

import pytest
from playwright.sync_api import Page
from tests.browser import access_faults
from tests.journeys.conftest import Instance, wait_until
from tests.journeys.seen import field, sign_in

pytestmark = [pytest.mark.engines, pytest.mark.browser]


@pytest.fixture
def accolad(instance: Instance) -> str:
    return f"http://localhost:{instance.base + 2}"


def enter(page: Page, accolad: str) -> None:
    page.get_by_role("list", name="Mes applications").get_by_role("link", name="Accolad").click()
    page.wait_for_url(f"{accolad}/")


def test_the_portal_leads_in_and_accolad_leads_out_of_everything(
    instance: Instance, page: Page, accolad: str
) -> None:
    teacher = instance.account("teacher")
    sign_in(page, instance.web, teacher["username"], teacher["password"])
    page.goto(instance.web)
    enter(page, accolad)
    page.get_by_role("heading", name="Bonjour").wait_for()
    assert page.get_by_text(teacher["address"]).is_visible()
    assert access_faults(page) == []

    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url(f"{accolad}/au-revoir")
    page.goto(instance.web)
    assert "/alogin" in page.url


def test_signing_out_of_the_portal_closes_accolad_too(instance: Instance, page: Page, accolad: str) -> None:
    colleague = instance.account("colleague")
    sign_in(page, instance.web, colleague["username"], colleague["password"])
    page.goto(instance.web)
    enter(page, accolad)
    page.goto(instance.web)
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/au-revoir?de=*")

    def is_out() -> bool:
        """The worker tells Accolad; its own cookie then opens nothing."""
        answer = page.request.get(f"{accolad}/", max_redirects=0)
        return answer.status == 303 and answer.headers["location"].endswith("/entrer")

    wait_until(is_out)
    page.goto(f"{accolad}/")
    assert "/alogin" in page.url


def test_one_sign_in_opens_both_and_one_sign_out_closes_both(
    instance: Instance, page: Page, accolad: str
) -> None:
    """Accolad by OpenID Connect, Salles by CAS; the page of the sign-out says what it closed."""
    salles = f"http://localhost:{instance.base + 4}"
    colleague = instance.account("colleague")
    sign_in(page, instance.web, colleague["username"], colleague["password"])
    page.goto(instance.web)
    enter(page, accolad)
    page.goto(instance.web)
    page.get_by_role("list", name="Mes applications").get_by_role("link", name="Salles").click()
    page.wait_for_url(f"{salles}/")
    assert page.get_by_text(colleague["username"]).is_visible()
    assert access_faults(page) == []
    page.goto(instance.web)
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/au-revoir?de=*")
    for name in ("Accolad", "Salles"):
        page.get_by_text(f"{name} : fermée").wait_for()
    assert access_faults(page) == []
    for address in (accolad, salles):
        assert page.request.get(f"{address}/", max_redirects=0).status == 303


def test_salles_leads_out_of_everything_too(instance: Instance, page: Page, accolad: str) -> None:
    """By a form of its own page: a link from elsewhere signs nobody out."""
    salles = f"http://localhost:{instance.base + 4}"
    colleague = instance.account("colleague")
    sign_in(page, instance.web, colleague["username"], colleague["password"])
    page.goto(f"{salles}/")
    page.get_by_role("heading", name="Bonjour").wait_for()
    assert page.request.get(f"{salles}/sortir", max_redirects=0).status == 404
    assert page.request.post(f"{salles}/sortir", max_redirects=0).status == 403
    assert page.request.get(f"{salles}/", max_redirects=0).status == 200
    page.get_by_role("button", name="Se déconnecter").click()
    page.get_by_role("button", name="Oui, me déconnecter partout").click()
    page.wait_for_url(f"{salles}/au-revoir")
    page.goto(instance.web)
    assert "/alogin" in page.url


def test_accolad_sends_a_stranger_to_sign_in_and_takes_them_back(
    instance: Instance, page: Page, accolad: str
) -> None:
    teacher = instance.account("teacher")
    page.goto(f"{accolad}/")
    field(page, "Identifiant").fill(teacher["username"])
    field(page, "Mot de passe ou passcode OTP").fill(teacher["password"])
    page.get_by_role("button", name="Valider").click()
    page.wait_for_url(f"{accolad}/")
    page.get_by_role("heading", name="Bonjour").wait_for()
    page.goto(f"{instance.web}/messagerie/")
    page.get_by_role("region", name="Messages").wait_for()


def test_what_accolad_did_not_ask_for_opens_nothing(instance: Instance, page: Page, accolad: str) -> None:
    """An answer forged, replayed, or meant for another browser; a sign-out not signed by the provider."""
    teacher = instance.account("teacher")
    sign_in(page, instance.web, teacher["username"], teacher["password"])
    page.goto(instance.web)
    enter(page, accolad)
    sent = page.request.post(f"{accolad}/dehors", form={"logout_token": "x.y.z"})
    assert sent.status == 400
    assert page.request.get(f"{accolad}/", max_redirects=0).status == 200

    page.request.get(f"{accolad}/entrer", max_redirects=0)  # on the way: a state waits
    for query in ("code=x&state=y", f"code=x&state=y&iss={instance.web}", ""):
        answer = page.request.get(f"{accolad}/retour?{query}", max_redirects=0)
        assert answer.status in {303, 403}
        assert "accolad_" not in answer.headers.get("set-cookie", "").replace("accolad_chemin", "")
