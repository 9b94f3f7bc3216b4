"""Two windows, ten minutes without network, a session that ends, a browser that dies: no text is lost."""

import secrets

import pytest
from playwright.sync_api import Error, Page, expect
from tests.journeys.conftest import Instance, wait_until
from tests.journeys.seen import field, imap, sign_in, uids_of, wait_until_sent

pytestmark = [pytest.mark.engines, pytest.mark.browser]
ROLE = "head"


@pytest.fixture
def mark() -> str:
    return secrets.token_hex(4)


def begin(page: Page, instance: Instance, mark: str, text: str) -> None:
    """A composer with something in it, saved once."""
    someone = instance.account(ROLE)
    sign_in(page, instance.web, someone["username"], someone["password"])
    page.goto(f"{instance.web}/messagerie/ecrire/")
    page.get_by_label("Objet").fill(f"Brouillon {mark}")
    write(page, text)
    expect(page.get_by_text("Enregistré à")).to_be_visible()


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Message").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def drafts(instance: Instance, mark: str) -> list[str]:
    with imap(instance, instance.account(ROLE)) as client:
        found = uids_of(client, "Drafts", mark)
        answers = [client.uid("FETCH", uid, "(BODY.PEEK[TEXT])")[1] for uid in found]
    # What the server tells of other messages at the same time is no pair.
    texts = [part[1] for answer in answers for part in answer if isinstance(part, tuple)]
    return [text.decode("latin-1") for text in texts]


def kept(instance: Instance, mark: str, *texts: str) -> bool:
    found = drafts(instance, mark)
    return len(found) == len(texts) and all(any(text in one for one in found) for text in texts)


def test_two_windows_keep_both_texts_and_say_so(instance: Instance, page: Page, mark: str) -> None:
    begin(page, instance, mark, "commun ")
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_role("textbox", name="Message")).to_contain_text("commun")
    write(page, f"un{mark}")
    expect(page.locator("#saved")).to_contain_text("Enregistré à")
    wait_until(lambda: kept(instance, mark, f"un{mark}"))
    write(other, f"deux{mark}")
    expect(other.get_by_role("alert").filter(has_text="les deux versions sont gardées")).to_be_visible()
    wait_until(lambda: kept(instance, mark, f"un{mark}", f"deux{mark}"))


def test_ten_minutes_without_network(instance: Instance, page: Page, mark: str) -> None:
    page.clock.install()
    begin(page, instance, mark, "avant ")
    page.context.set_offline(True)
    write(page, f"pendant{mark}")
    page.clock.fast_forward("10:00")
    expect(page.locator("#saved")).to_contain_text("Hors connexion")
    write(page, f"encore{mark}")
    page.context.set_offline(False)
    page.clock.fast_forward("00:20")
    expect(page.locator("#saved")).to_contain_text("Enregistré à")
    wait_until(lambda: kept(instance, mark, f"pendant{mark}encore{mark}"))


def test_a_session_that_ends_is_opened_again_beside(instance: Instance, page: Page, mark: str) -> None:
    begin(page, instance, mark, "avant ")
    address = page.url
    page.context.clear_cookies()
    write(page, f"apres{mark}")
    notice = page.get_by_role("alert").filter(has_text="Votre session est terminée")
    expect(notice).to_be_visible()
    with page.context.expect_page() as opened:
        notice.get_by_role("link", name="Se reconnecter").click()
    someone, window = instance.account(ROLE), opened.value
    field(window, "Identifiant").fill(someone["username"])
    field(window, "Mot de passe ou passcode OTP").fill(someone["password"])
    window.get_by_role("button", name="Valider").click()
    window.wait_for_url(lambda url: "/alogin" not in url)
    page.bring_to_front()
    expect(page.locator("#saved")).to_contain_text("Enregistré à")
    expect(notice).to_be_hidden()
    assert page.url == address
    wait_until(lambda: kept(instance, mark, f"apres{mark}"))


def test_a_page_that_dies_gives_its_text_back(instance: Instance, page: Page, mark: str) -> None:
    begin(page, instance, mark, "avant ")
    page.route("**/brouillon/", lambda route: route.abort())  # nothing more reaches the server
    write(page, f"dernier{mark}")
    with pytest.raises(Error, match="crash"):
        page.goto("chrome://crash")
    after = page.context.new_page()
    after.goto(f"{instance.web}/messagerie/")
    after.get_by_text("Un courriel non enregistré a été retrouvé").wait_for()
    after.get_by_role("button", name="Le reprendre").click()
    frame = after.frame_locator("iframe[title=Rédaction]")
    expect(frame.get_by_role("textbox", name="Message")).to_contain_text(f"dernier{mark}")
    wait_until(lambda: kept(instance, mark, f"dernier{mark}"))


def test_after_many_saves_one_draft_and_after_sending_none(instance: Instance, page: Page, mark: str) -> None:
    begin(page, instance, mark, "a")
    for number in range(3):
        write(page, f" {number}")
        wait_until(lambda number=number: kept(instance, mark, str(number)))
    page.get_by_label("À", exact=True).fill("parent@dehors.example")
    page.get_by_role("button", name="Envoyer", exact=True).click()
    wait_until_sent(page)
    with imap(instance, instance.account(ROLE)) as client:
        wait_until(lambda: len(uids_of(client, "Sent", mark)) == 1, 60)
    wait_until(lambda: drafts(instance, mark) == [])
