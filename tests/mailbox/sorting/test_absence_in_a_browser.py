"""The page of absences is light, and nothing pressed early is lost."""

import re
from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect
from tests.browser import access_faults
from tests.mailbox.sorting.samples import memory_sieve
from tests.mailbox.webmail.conftest import boxes, page  # noqa: F401

from vaguemestre.engines.memory.scripts import MemorySieve
from vaguemestre.foundation.kernel.times import paris_day

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def sieve() -> Iterator[MemorySieve]:
    with memory_sieve() as fake:
        yield fake


def wait_until_held(window: Page, held: list[Route]) -> None:
    """A request is told of before it is given to what keeps it back."""
    while not held:
        window.wait_for_timeout(20)


def test_a_button_pressed_before_its_script_is_there_does_the_same(page: Page) -> None:  # noqa: F811
    held: list[Route] = []
    page.route("**/htmx.min.js", lambda route: held.append(route))
    page.goto("/parametres/absence", wait_until="domcontentloaded")  # a mouse over the page asks for it
    assert access_faults(page) == []
    page.evaluate("window.stays = true")
    page.get_by_role("button", name="Aperçu").press("Enter")
    wait_until_held(page, held)
    with page.expect_response("**/parametres/absence/**"):
        held[0].continue_()
    expect(page.locator("#preview")).not_to_be_empty()
    assert page.evaluate("window.stays") is True


def test_enter_in_a_field_waits_for_the_script_too(page: Page) -> None:  # noqa: F811
    held: list[Route] = []
    page.route("**/htmx.min.js", lambda route: held.append(route))
    page.goto("/parametres/absence", wait_until="domcontentloaded")
    page.evaluate("window.stays = true")
    page.locator("#absence [name=starts_on]").press("Enter")
    wait_until_held(page, held)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        held[0].continue_()
    assert page.evaluate("window.stays") is True


def test_without_the_script_the_forms_work_as_they_are(page: Page) -> None:  # noqa: F811
    page.route("**/htmx.min.js", lambda route: route.abort())
    page.goto("/parametres/absence")
    page.evaluate("window.stays = true")
    with page.expect_navigation():
        page.get_by_role("button", name="Aperçu").press("Enter")
    assert page.evaluate("window.stays") is None


def test_a_link_is_asked_for_in_a_dialog_of_the_page(page: Page) -> None:  # noqa: F811
    """The browser's own box was the last one of the whole product."""
    page.goto("/parametres/absence")
    page.get_by_role("button", name="Mettre en forme").click()
    text = page.locator("rich-text .rich").first
    text.click()
    page.keyboard.type("Voir le site")
    page.keyboard.press("Shift+Control+ArrowLeft")
    page.get_by_role("button", name="Lien").first.click()
    dialog = page.get_by_role("dialog", name="Lien")
    dialog.get_by_label("Adresse du lien").fill("www.ac-amiens.fr")
    dialog.get_by_role("button", name="Insérer le lien").click()
    expect(dialog).to_be_hidden()
    expect(text.locator("a[href='https://www.ac-amiens.fr']")).to_have_text("site")
    page.keyboard.press("End")
    page.keyboard.type(" ")
    page.get_by_role("button", name="Lien").first.click()
    dialog.get_by_label("Adresse du lien").fill("accueil@ac-amiens.fr")
    page.keyboard.press("Enter")
    expect(text.locator("a[href='mailto:accueil@ac-amiens.fr']")).to_have_text("accueil@ac-amiens.fr")


def test_texts_follow_a_day_as_it_is_typed(page: Page) -> None:  # noqa: F811
    page.goto("/parametres/absence")
    starts, ends = page.locator("[name=starts_on]"), page.locator("[name=ends_on]")
    starts.fill("19/12/2040")
    ends.fill("03/01/2041")
    page.get_by_role("button", name="Congés").click()
    text = page.get_by_label("Message aux correspondants internes")
    expect(text).to_have_value(re.compile("19/12/2040 au 03/01/2041 inclus.*04/01/2041", re.DOTALL))
    text.press_sequentially("!")
    ends.fill("06/01/2041")
    ends.press("Tab")
    expect(text).to_have_value(re.compile("!Bonjour.*19/12/2040 au 06/01/2041 inclus.*07/01/2041", re.DOTALL))
    expect(page.locator(".ends :focus")).to_have_count(1)  # only the texts were drawn again


def test_a_text_typed_while_days_are_looked_at_is_kept(page: Page) -> None:  # noqa: F811
    """The answer to a day typed just before came back with the texts as they had been then."""
    held: list[Route] = []
    page.route("**/parametres/absence/remplir", lambda route: held.append(route))
    page.goto("/parametres/absence")
    page.locator("[name=ends_on]").fill("03/01/2041")
    page.locator("[name=ends_at]").focus()
    wait_until_held(page, held)
    text = page.get_by_label("Message aux correspondants internes")
    text.fill("Karim prend le relais.")
    with page.expect_response("**/parametres/absence/remplir"):
        held[0].continue_()
    page.evaluate("() => new Promise(requestAnimationFrame)")
    expect(text).to_have_value("Karim prend le relais.")


def test_what_is_refused_stays_within_a_phone(page: Page) -> None:  # noqa: F811
    """The sentence under the buttons made the whole page wider than the screen."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/parametres/absence")
    page.locator("[name=is_on]").check(force=True)
    page.get_by_role("button", name="Appliquer").click()
    expect(page.get_by_text("corrigez ce qui est en rouge")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    day, hour = (
        page.locator("[name=starts_on]").bounding_box(),
        page.locator("[name=starts_at]").bounding_box(),
    )
    assert day
    assert hour
    assert day["y"] == hour["y"]


def test_a_date_that_is_corrected_keeps_no_error(page: Page) -> None:  # noqa: F811
    page.goto("/parametres/absence")
    form = page.locator("#absence")
    form.get_by_label("Activer la notification").check()
    form.get_by_label("Message aux correspondants internes").fill("Karim prend le relais.")
    form.get_by_label("Message aux correspondants externes").fill("À mon retour.")
    apply = page.get_by_role("button", name="Appliquer les modifications")
    today = paris_day(timezone.now())
    for typed in ("bientôt", f"{today:%d/%m/%y}"):
        form.locator("[name=starts_on]").fill(f"{today:%d/%m/%y}")
        form.locator("[name=ends_on]").fill(typed)
        with page.expect_response(lambda answer: answer.url.endswith("/absence")):
            apply.click()
        if typed == "bientôt":
            expect(form.locator(".error")).not_to_be_empty()
    expect(form.locator("#saved-state")).to_contain_text("Modifications appliquées")
    expect(form.locator(".error, [aria-invalid]")).to_have_count(0)
    expect(apply).to_be_focused()
    expect(form.get_by_label("Message aux correspondants internes")).to_have_value("Karim prend le relais.")


def test_a_refusal_is_where_one_looks(page: Page) -> None:  # noqa: F811
    """The date stands far above the button: somebody left on holiday, sure that all was set."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/parametres/absence")
    page.locator("#absence [name=starts_on]").fill(f"{paris_day(timezone.now()):%d/%m/%Y}")
    page.locator("#absence [name=ends_on]").fill("31/02/2027")
    page.get_by_role("button", name="Appliquer les modifications").click()
    refused = page.locator("#absence [name=ends_on]")
    expect(refused).to_be_focused()
    expect(refused).to_be_in_viewport()
    expect(page.locator("#saved-state")).to_contain_text("Rien n’est enregistré")
