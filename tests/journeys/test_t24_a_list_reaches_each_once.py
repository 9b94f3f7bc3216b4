"""A list: judged, moderated, delivered once to each whatever is killed, and each told why."""

import email.message
import email.policy
import email.utils
import random
import re
import secrets
import smtplib
import ssl
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser import PATIENCE_MS, SIZES, access_faults, width_kept
from tests.journeys.conftest import Instance, wait_until
from tests.journeys.seen import imap, sign_in, uids_of
from tests.journeys.test_t10_one_copy_whatever_is_killed import kill

pytestmark = [pytest.mark.engines, pytest.mark.browser]
SEED = 20261125
COUNCIL = "liste.0809001z.conseil-pedagogique@ac-amiens.test"


def send(instance: Instance, who: dict[str, Any], to: str, subject: str, html: str = "") -> None:
    """By an ordinary mail program."""
    one = email.message.EmailMessage()
    one["From"], one["To"], one["Subject"] = who["address"], to, subject
    one["Message-ID"] = email.utils.make_msgid(domain="programme.example")
    one.set_content("Bonjour à tous.\n")
    if html:
        one.add_alternative(html, subtype="html")
    with smtplib.SMTP("localhost", instance.port("submission"), timeout=60) as client:
        client.starttls(context=ssl.create_default_context(cafile=instance.ready["ca"]))
        client.login(who["address"], who["app_password"])
        client.send_message(one)


def copy_of(instance: Instance, role: str, subject: str) -> email.message.EmailMessage | None:
    """The one copy somebody received through a list; None before it comes."""
    with imap(instance, instance.account(role)) as client:
        fetched = [
            client.uid("FETCH", uid, "(BODY.PEEK[])")[1][0][1] for uid in uids_of(client, "INBOX", subject)
        ]
    read = [email.message_from_bytes(raw, policy=email.policy.default) for raw in fetched]
    copies = [one for one in read if one["List-Id"]]
    assert len(copies) < 2
    return copies[0] if copies else None


def delivered_to(instance: Instance, subject: str) -> list[str]:
    """Who outside received it, once for each copy."""
    with imap(instance, instance.account("outside")) as client:
        uids = uids_of(client, "INBOX", subject)
        if not uids:
            return []
        _, fetched = client.uid("FETCH", ",".join(uids), "(BODY.PEEK[HEADER.FIELDS (DELIVERED-TO)])")
    headers = [part[1].decode() for part in fetched if isinstance(part, tuple)]
    return [found for header in headers for found in re.findall(r"Delivered-To: <?([^\s>]+)", header)[:1]]


@pytest.mark.timeout(900)
def test_each_receives_one_copy_whatever_is_killed(
    instance: Instance, page: Page, chromium: Browser, how_many: Callable[[int, int], int]
) -> None:
    drawn, mark, count = random.Random(SEED), secrets.token_hex(4), how_many(40, 600)
    head, secretary, teacher = (instance.account(role) for role in ("head", "secretary", "teacher"))
    sign_in(page, instance.web, head["username"], head["password"])
    page.goto(f"{instance.web}/listes/nouvelle")
    page.get_by_label("Titre").fill("Parents délégués")
    page.get_by_label("Nom dans l’adresse").fill(f"parents-{mark}")
    page.get_by_label("Composée à la main").check()
    page.get_by_role("button", name="Créer la liste").click()
    families = [f"parent{n}.{mark}@famille.example" for n in range(count)]
    for start in range(0, count, 400):
        page.get_by_label("Adresses à inscrire").fill("\n".join(families[start : start + 400]))
        page.get_by_role("button", name="Inscrire").click()
        expect(page.get_by_text(f"{min(400, count - start)} inscriptions")).to_be_visible()
    list_page = page.url.partition("membres")[0]
    address = page.locator(".list-address code").inner_text()
    # the list is on its way; the worker dies under it
    send(instance, head, address, f"Kermesse {mark}")
    for _ in range(how_many(1, 3)):
        before = wait_until(lambda: len(delivered_to(instance, f"Kermesse {mark}")), 90)
        kill(instance, "worker-long")
        if before < count:
            page.wait_for_timeout(drawn.randrange(100, 1500))
    _is_moderated(instance, page, chromium, teacher, secretary, mark)
    for path in ("", "membres", "moderation", "archives", "reglages"):
        page.goto(list_page + path)
        for width, height in SIZES.values():
            page.set_viewport_size({"width": width, "height": height})
            assert access_faults(page) == []
            assert width_kept(page)
    wait_until(lambda: len(delivered_to(instance, f"Kermesse {mark}")) >= count, 300)

    def is_over() -> bool:
        page.goto(f"{list_page}archives")
        page.get_by_role("link", name=f"Kermesse {mark}").click()
        return page.get_by_text("Diffusé", exact=True).is_visible()

    wait_until(is_over, 120)
    assert sorted(delivered_to(instance, f"Kermesse {mark}")) == sorted(families)
    page.get_by_role("link", name="Destinataire par destinataire").click()
    expect(page.locator(".delivery-counts")).to_be_visible()  # a page that is on its way cannot be reloaded

    def is_told() -> bool:
        page.reload()
        return f"Remis {count}" in " ".join(page.locator(".delivery-counts").inner_text().split())

    wait_until(is_told, 120)
    _one_click_is_enough(instance, page, list_page, f"Kermesse {mark}")


def _one_click_is_enough(instance: Instance, page: Page, list_page: str, subject: str) -> None:
    """RFC 2369, 2919 and 8058, as they are on the wire: one request without a cookie ends a subscription."""
    with imap(instance, instance.account("outside")) as client:
        raw = client.uid("FETCH", uids_of(client, "INBOX", subject)[0], "(BODY.PEEK[])")[1][0][1]
    copy = email.message_from_bytes(raw, policy=email.policy.default)
    reader = str(copy["Delivered-To"]).strip("<>")
    for name in ("List-Id", "List-Post", "List-Help", "List-Owner", "List-Archive"):
        assert len(copy.get_all(name, [])) == 1, name
    assert copy["Precedence"] == "list"
    assert copy["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    page.goto(f"{list_page}membres?q={reader}")
    expect(page.get_by_role("heading", name="1 membre", exact=True)).to_be_visible()
    leave = copy["List-Unsubscribe"].strip("<>")
    with urllib.request.urlopen(leave, data=b"List-Unsubscribe=One-Click", timeout=60) as answer:
        assert answer.status == 200
    page.reload()
    expect(page.get_by_text("Aucun membre ne correspond")).to_be_visible()


def _is_moderated(
    instance: Instance,
    page: Page,
    chromium: Browser,
    teacher: dict[str, Any],
    secretary: dict[str, Any],
    mark: str,
) -> None:
    hostile = f"<p>Texte {mark}</p><script>parent.document.title='pris'</script><img src=x onerror=alert(1)>"
    send(instance, teacher, COUNCIL, f"Proposition {mark}", hostile)
    context = chromium.new_context(locale="fr-FR")
    other = context.new_page()
    other.set_default_timeout(PATIENCE_MS)
    sign_in(other, instance.web, secretary["username"], secretary["password"])
    other.goto(f"{instance.web}/listes/")
    other.get_by_role("link", name="Conseil pédagogique").first.click()
    other.get_by_role("link", name="Modération").click()
    expect(other).to_have_title(re.compile("Modération"))

    def is_held() -> bool:
        other.reload()
        return other.get_by_role("link", name=f"Proposition {mark}").is_visible()

    wait_until(is_held, 60)
    other.get_by_role("link", name=f"Proposition {mark}").click()
    frame = other.frame_locator('iframe[title="Texte du message"]')
    expect(frame.get_by_text(f"Texte {mark}")).to_be_visible()
    assert "pris" not in other.title()
    assert access_faults(other) == []
    other.get_by_role("button", name="Diffuser").click()
    expect(other.get_by_role("status").first).to_contain_text("diffusé")
    copy = wait_until(lambda: copy_of(instance, "teacher", f"Proposition {mark}"), 120)
    assert copy["From"].addresses[0].addr_spec == teacher["address"]
    assert copy["List-Post"] == f"<mailto:{COUNCIL}>"
    for name in ("List-Id", "List-Help", "List-Owner", "List-Archive", "List-Unsubscribe"):
        assert copy[name], name
    assert wait_until(lambda: copy_of(instance, "colleague", f"Proposition {mark}"), 60)
    log = (instance.home / "logs" / "postfix.log").read_text(errors="replace")
    assert re.search(r"postfix/lists/lmtp\[\d+\]: \w+: to=<[^>]+>.*status=sent", log), "by a lane of its own"
    footer = [part.get_content() for part in copy.walk() if part.get_content_type() == "text/plain"][-1]
    why = re.search(r"http://\S+/listes/recu/\S+", footer)
    assert why
    context.close()
    context = chromium.new_context(locale="fr-FR")
    reader = context.new_page()
    reader.set_default_timeout(PATIENCE_MS)
    sign_in(reader, instance.web, teacher["username"], teacher["password"])
    reader.goto(why[0])
    expect(reader.get_by_role("heading", name="Pourquoi ai-je reçu ce message ?")).to_be_visible()
    expect(reader.get_by_text("inscription par un propriétaire")).to_be_visible()
    assert access_faults(reader) == []
    context.close()
