"""axe finds nothing to say of any page, wide or narrow, light or dark; no page is wider than its screen."""

import os
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser import SIZES, page_faults, width_kept
from tests.journeys.conftest import Instance
from tests.journeys.pages import OPEN, RESERVED, SIGNED_IN
from tests.journeys.seen import field, sign_in, sign_in_twice

from vaguemestre.demo.cast import COLLEGE

pytestmark = [pytest.mark.engines, pytest.mark.browser]

NEWCOMER = {
    "civility": "M.",
    "birth_name": "Obry",
    "first_name": "Paul",
    "birth_date": "02/03/1990",
    "dossier": "PROV-7",
    "category": "2D_PUBLIC",
    "uai": COLLEGE.uai,
    "starts_on": f"{date.today():%d/%m/%Y}",
    "ends_on": f"{date.today() + timedelta(days=200):%d/%m/%Y}",
    "sponsor": "La principale",
}


def ask_to_shelter(page: Page, instance: Instance) -> None:
    teacher = instance.account("teacher")
    page.goto(f"{instance.web}/assistance/?q={teacher['username']}")
    page.locator("main a[href*='/assistance/compte/']").first.click()
    field(page, "Motif").fill("Messages frauduleux envoyés de ce compte")
    page.get_by_role("button", name="Mettre à l’abri…").click()


def ask_to_declare_a_retirement(page: Page, instance: Instance) -> None:
    page.goto(f"{instance.web}/gestion/personnes?q={instance.account('teacher')['address']}")
    page.locator("main a[href*='/gestion/personnes/']").first.click()
    page.locator("main a[href$='/vie']").click()
    page.get_by_role("combobox", name="Ce qui arrive").select_option("retirement")
    field(page, "Jour d’effet").fill(NEWCOMER["ends_on"])
    page.get_by_role("button", name="Voir ce qui va se passer").click()


def ask_to_create_a_numen(page: Page, instance: Instance) -> None:
    page.goto(f"{instance.web}/gestion/arrivee")
    page.locator("main form").first.evaluate(
        """(form, typed) => {
          for (const [name, value] of Object.entries(typed)) form.elements[name].value = value;
        }""",
        NEWCOMER,
    )
    page.locator("main form [type=submit]").first.click()


CONFIRMATIONS = {
    "shelter": ("administrator", ask_to_shelter),
    "life event": ("hr_dpe", ask_to_declare_a_retirement),
    "numen": ("hr_dpe", ask_to_create_a_numen),
}
# each size and each scheme is seen once in a run, each pair in a long one
LOOKS = [("desk", "light"), ("phone", "dark")]
if os.environ.get("VAGUEMESTRE_LONG"):
    LOOKS += [("desk", "dark"), ("phone", "light")]
TABLETS = (720, 820, 1024, 1080)


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_pages_anybody_may_read(instance: Instance, chromium: Browser, size: str, scheme: str) -> None:
    width, height = SIZES[size]
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        locale="fr-FR",
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",  # colours on their way would be waited for, page after page
    )
    page = context.new_page()
    said = {}
    for path in OPEN:
        page.goto(instance.web + path)
        said[path] = page_faults(page)
    context.close()
    assert {path: found for path, found in said.items() if found} == {}


@pytest.mark.timeout(900)  # each page in turn, examined whole
@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_pages_of_a_signed_in_person(instance: Instance, chromium: Browser, size: str, scheme: str) -> None:
    width, height = SIZES[size]
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        locale="fr-FR",
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",  # colours on their way would be waited for, page after page
    )
    page = context.new_page()
    teacher = instance.account("teacher")
    sign_in(page, instance.web, teacher["username"], teacher["password"])
    said = {}
    for path in SIGNED_IN:
        page.goto(instance.web + path)
        said[path] = page_faults(page)
    page.goto(f"{instance.web}/messagerie/")
    page.get_by_role("region", name="Messages").locator("[data-uid]").nth(3).click()
    page.locator(".message iframe[sandbox]").wait_for()
    said["an open message"] = page_faults(page)
    page.set_viewport_size({"width": SIZES["desk"][0] // 2, "height": SIZES["desk"][1] // 2})  # zoomed twice
    said["zoomed"] = [] if width_kept(page) else ["wider than the screen"]
    for width in TABLETS:
        page.set_viewport_size({"width": width, "height": 1000})
        said[f"an open message at {width}"] = [] if width_kept(page) else ["wider than the screen"]
    context.close()
    assert {path: found for path, found in said.items() if found} == {}


@pytest.mark.timeout(900)  # each page in each look
@pytest.mark.parametrize("role", RESERVED)
def test_pages_of_those_who_run_it(instance: Instance, chromium: Browser, role: str) -> None:
    context = chromium.new_context(locale="fr-FR", reduced_motion="reduce")
    page = context.new_page()
    sign_in_twice(page, instance.web, instance.account(role))
    said = {}
    for size, scheme in LOOKS:
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for path in RESERVED[role]:
            answer = page.goto(instance.web + path)
            assert answer is not None
            shown = [] if answer.status == 200 else [f"HTTP {answer.status}"]
            shown += page_faults(page)
            said[f"{path} ({size}, {scheme})"] = shown
    context.close()
    assert {path: found for path, found in said.items() if found} == {}


@pytest.mark.parametrize("act", CONFIRMATIONS)
def test_pages_that_say_what_will_happen_first(instance: Instance, chromium: Browser, act: str) -> None:
    role, ask = CONFIRMATIONS[act]
    context = chromium.new_context(locale="fr-FR", reduced_motion="reduce")
    page = context.new_page()
    sign_in_twice(page, instance.web, instance.account(role))
    said = {}
    for size, scheme in LOOKS:
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        # before the page is painted: axe would read colours that are still changing
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        ask(page, instance)
        expect(page.get_by_role("heading", name="Ce qui va se passer")).to_be_visible()
        said[f"{size}, {scheme}"] = page_faults(page)
    context.close()
    assert {look: found for look, found in said.items() if found} == {}
