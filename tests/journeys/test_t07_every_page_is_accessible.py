"""axe finds nothing to say of any page, wide or narrow, light or dark; no page is wider than its screen."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from tests import drawn
from tests.browser import SIZES, page_faults, width_kept
from tests.journeys.conftest import Instance, wait_until
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
SCHEMES = ("light", "dark")
LOOKS = [(size, scheme) for size in SIZES for scheme in SCHEMES]
# of what is opened by hand: each size and each scheme is seen once in a run, each pair in a long one
SOME_LOOKS = LOOKS if drawn.LONG else list(zip(SIZES, SCHEMES, strict=True))
_FOLDED_WITHIN_SECONDS = 10  # on a busy machine
TABLETS = (720, 820, 1024, 1080)


def faults_of(page: Page, web: str, path: str, *, must_be_there: bool = False) -> dict[str, list[str]]:
    """What is wrong with a page, by how it was looked at.

    Each size is tried; axe reads it in each look, or in the one that a run draws for it (ADR 0058).
    """
    said = {}
    for size, scheme in drawn.some_of(LOOKS, 1, "accessible", path):
        take_look(page, size, scheme)
        answer = page.goto(web + path)
        assert answer is not None
        shown = [f"HTTP {answer.status}"] if must_be_there and answer.status != 200 else []
        said[f"{path} ({size}, {scheme})"] = shown + page_faults(page)
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        said[f"{path} ({size})"] = width_faults(page)
    return said


def width_faults(page: Page) -> list[str]:
    """What a page folds by a script, it folds a moment after its width has changed."""
    with suppress(AssertionError):
        wait_until(lambda: width_kept(page), _FOLDED_WITHIN_SECONDS)
        return []
    return ["wider than the screen"]


def take_look(page: Page, size: str, scheme: str) -> None:
    """To be taken before the page is painted: axe would read colours that are still changing."""
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]


@pytest.fixture
def still(chromium: Browser) -> Iterator[Page]:
    """Colours on their way would be waited for, page after page."""
    context = chromium.new_context(locale="fr-FR", reduced_motion="reduce")
    yield context.new_page()
    context.close()


def test_pages_anybody_may_read(instance: Instance, still: Page) -> None:
    said = {}
    for path in OPEN:
        said |= faults_of(still, instance.web, path)
    assert {look: found for look, found in said.items() if found} == {}


@pytest.mark.timeout(900)  # each page in turn, examined whole
def test_pages_of_a_signed_in_person(instance: Instance, still: Page) -> None:
    teacher = instance.account("teacher")
    sign_in(still, instance.web, teacher["username"], teacher["password"])
    said = {}
    for path in SIGNED_IN:
        said |= faults_of(still, instance.web, path)
    assert {look: found for look, found in said.items() if found} == {}


@pytest.mark.parametrize(("size", "scheme"), SOME_LOOKS)
def test_an_open_message_at_every_width(instance: Instance, still: Page, size: str, scheme: str) -> None:
    teacher = instance.account("teacher")
    sign_in(still, instance.web, teacher["username"], teacher["password"])
    take_look(still, size, scheme)
    still.goto(f"{instance.web}/messagerie/")
    still.get_by_role("region", name="Messages").locator("[data-uid]").nth(3).click()
    still.locator(".message iframe[sandbox]").wait_for()
    said = {"as it is": page_faults(still)}
    still.set_viewport_size({"width": SIZES["desk"][0] // 2, "height": SIZES["desk"][1] // 2})  # zoomed twice
    said["zoomed"] = width_faults(still)
    for width in TABLETS:
        still.set_viewport_size({"width": width, "height": 1000})
        said[f"at {width}"] = width_faults(still)
    assert {how: found for how, found in said.items() if found} == {}


@pytest.mark.timeout(900)  # each page in each look
@pytest.mark.parametrize("role", RESERVED)
def test_pages_of_those_who_run_it(instance: Instance, still: Page, role: str) -> None:
    sign_in_twice(still, instance.web, instance.account(role))
    said = {}
    for path in RESERVED[role]:
        said |= faults_of(still, instance.web, path, must_be_there=True)
    assert {look: found for look, found in said.items() if found} == {}


@pytest.mark.parametrize("act", CONFIRMATIONS)
def test_pages_that_say_what_will_happen_first(instance: Instance, still: Page, act: str) -> None:
    role, ask = CONFIRMATIONS[act]
    sign_in_twice(still, instance.web, instance.account(role))
    said = {}
    for size, scheme in SOME_LOOKS:
        take_look(still, size, scheme)
        ask(still, instance)
        expect(still.get_by_role("heading", name="Ce qui va se passer")).to_be_visible()
        said[f"{size}, {scheme}"] = page_faults(still)
    assert {look: found for look, found in said.items() if found} == {}
