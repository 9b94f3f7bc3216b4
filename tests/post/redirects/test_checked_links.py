"""Where links are checked, an outside link of an outside sender forwards at once, unless it is listed."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from django.conf import settings
from django.test import Client
from tests.access.signin.people import NOON, account
from tests.mailbox.webmail.conftest import address, box, boxes, browser_of, nicolas, put, reader
from tests.mailbox.webmail.views.test_messages import html_letter

from vaguemestre.engines.memory.mailbox import MemoryMailbox
from vaguemestre.foundation.kernel.seals import with_voucher
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.redirects.models import LinkClick
from vaguemestre.post.redirects.ports import is_listed
from vaguemestre.post.redirects.services import (
    RETENTION,
    LinkSigner,
    delete_old_clicks,
    forget_person,
    record_click,
)
from vaguemestre.post.redirects.values import CheckedLink

__all__ = ["box", "boxes", "nicolas", "reader"]  # fixtures
pytestmark = pytest.mark.django_db

SHOP = "https://boutique.example/panier?a=1&b=2#bas"
HREF = re.compile(r'href="([^"]*)"')


@pytest.fixture(autouse=True)
def listed() -> Iterator[set[str]]:
    """The links that the security desk lists."""
    before, links = is_listed.get(), set[str]()
    is_listed.replace(lambda address: address in links)
    yield links
    is_listed.replace(before)


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> None:
    mail = replace(settings.CONFIG.mail, checked_links=True)
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, mail=mail))


def text_of(client: Client, box: MemoryMailbox, html: str, **headers: str) -> str:
    return client.get(address(put(box, html_letter(html, **headers)), "corps/")).content.decode()


def links_of(text: str) -> list[str]:
    return [unescape(link) for link in HREF.findall(text)]


def a_link(to: str = SHOP) -> str:
    return f'<p><a href="{to.replace("&", "&amp;")}">La boutique</a></p>'


def test_links_are_left_alone_unless_an_instance_wants_them_checked(
    reader: Client, box: MemoryMailbox
) -> None:
    assert links_of(text_of(reader, box, a_link())) == [SHOP]


@pytest.mark.usefixtures("checked")
def test_an_outside_link_forwards_at_once_and_the_click_is_remembered(
    reader: Client, box: MemoryMailbox, nicolas: Account
) -> None:
    text = text_of(reader, box, a_link())
    (link,) = links_of(text)
    assert link.startswith("http://testserver/lien/")
    assert f'title="{SHOP.replace("&", "&amp;")}"' in text
    assert "La boutique</a>" in text
    answer = reader.get(link.removeprefix("http://testserver"))
    assert (answer.status_code, answer.headers["Location"]) == (302, SHOP)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    click = LinkClick.objects.get()
    assert (click.account_id, click.host, click.was_listed) == (nicolas.pk, "boutique.example", False)


@pytest.mark.usefixtures("checked")
def test_the_printed_page_has_its_links_checked_too(reader: Client, box: MemoryMailbox) -> None:
    paper = reader.get(address(put(box, html_letter(a_link())), "imprimer/")).content.decode()
    (link,) = links_of(paper)
    assert link.startswith("http://testserver/lien/")
    assert reader.get(link.removeprefix("http://testserver")).headers["Location"] == SHOP


@pytest.mark.usefixtures("checked")
def test_a_listed_link_shows_a_page_and_forwards_nobody(
    reader: Client, box: MemoryMailbox, listed: set[str]
) -> None:
    (link,) = links_of(text_of(reader, box, a_link()))
    listed.add(SHOP)  # after the text was shown
    for client in (reader, browser_of(account("collegue")), Client()):
        answer = client.get(link.removeprefix("http://testserver"))
        assert answer.status_code == 403
        assert "Ce lien est dangereux" in answer.content.decode()
        assert SHOP not in answer.content.decode()
    assert LinkClick.objects.get().was_listed


@pytest.mark.usefixtures("checked")
def test_whoever_the_text_was_not_shown_to_sees_first_where_the_link_leads(
    reader: Client, box: MemoryMailbox
) -> None:
    (link,) = links_of(text_of(reader, box, a_link()))
    for client in (browser_of(account("collegue")), Client()):
        answer = client.get(link.removeprefix("http://testserver"))
        assert answer.status_code == 200
        assert SHOP in links_of(answer.content.decode())
    assert not LinkClick.objects.exists()


@pytest.mark.usefixtures("checked")
@pytest.mark.parametrize(
    "kept",
    [
        "https://ac-amiens.test/aide",
        "https://www.ac-amiens.test/aide",
        "http://testserver/aide",
        "mailto:a@b.fr",
    ],
)
def test_our_own_places_and_addresses_are_left_alone(reader: Client, box: MemoryMailbox, kept: str) -> None:
    assert links_of(text_of(reader, box, a_link(kept))) == [kept]


@pytest.mark.usefixtures("checked")
def test_links_of_a_verified_colleague_are_left_alone_and_of_a_forged_one_checked(
    reader: Client, box: MemoryMailbox
) -> None:
    colleague = account("helene.dupont").mailbox
    written = html_letter(a_link(), From=f"Hélène Dupont <{colleague}>")
    submitted = with_voucher(written, settings.SEAL_KEY, "mail.ac-amiens.test", colleague)
    own = reader.get(address(put(box, submitted), "corps/")).content.decode()
    assert links_of(own) == [SHOP]
    forged = reader.get(
        address(put(box, b"Vaguemestre-Arrival: mx\r\n" + written), "corps/")
    ).content.decode()
    assert "/lien/" in links_of(forged)[0]


@pytest.mark.usefixtures("checked")
@pytest.mark.parametrize("away", ["https://pas-ac-amiens.test/", r"https://piege.example\@ac-amiens.test/"])
def test_a_host_that_only_looks_like_ours_is_outside(reader: Client, box: MemoryMailbox, away: str) -> None:
    (link,) = links_of(text_of(reader, box, a_link(away)))
    assert "/lien/" in link


@pytest.mark.usefixtures("checked")
def test_a_link_of_plain_text_is_checked_too(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, html_letter(a_link()))
    text = reader.get(address(ref, "corps/?texte=1")).content.decode()
    assert "boutique.example" not in text  # that text has no link
    ref = put(box, b"From: x@dehors.example\r\nSubject: a\r\n\r\nVoyez " + SHOP.encode() + b"\r\n")
    (link,) = links_of(reader.get(address(ref, "corps/")).content.decode())
    assert "/lien/" in link


@pytest.mark.parametrize("signed", ["x", "eyJhIjoxfQ:1abcde:AAAA", "." * 400])
def test_an_address_that_we_did_not_sign_leads_nowhere(reader: Client, signed: str) -> None:
    assert reader.get(f"/lien/{signed}").status_code == 404


def test_a_click_is_a_reading_and_nothing_else(reader: Client) -> None:
    assert reader.post(LinkSigner(1, "", "/lien/")(SHOP)).status_code == 405


@pytest.mark.usefixtures("checked")
def test_a_text_of_a_thousand_links_grows_by_half_a_megabyte_at_the_most(
    reader: Client, box: MemoryMailbox
) -> None:
    html = "".join(a_link(f"https://boutique.example/produit/{n}?source=lettre") for n in range(1000))
    text = text_of(reader, box, html)
    assert len(links_of(text)) == 1000
    assert len(text) < len(html) + 500_000


def test_a_link_forwards_to_the_very_host_that_was_judged(nicolas: Account, listed: set[str]) -> None:
    listed.add("https://mauvais.example/")
    sign = LinkSigner(nicolas.pk, "<m@exterieur.example>", "/lien/")
    answer = browser_of(nicolas).get(sign("https://bon.example\\@mauvais.example/?a=\\"))
    assert answer.headers["Location"] == "https://bon.example/@mauvais.example/?a=%5C"
    assert LinkClick.objects.get().host == "bon.example"


def test_clicks_are_kept_for_their_time_and_forgotten_with_the_account_they_are_of(nicolas: Account) -> None:
    other = account("collegue").pk
    for owner, days in ((nicolas.pk, 31), (nicolas.pk, 29), (other, 29)):
        clicked_at = NOON - timedelta(days=days)
        record_click(CheckedLink(SHOP, owner, "<m@x>"), was_listed=False, now=clicked_at)
    delete_old_clicks(NOON)
    assert LinkClick.objects.filter(clicked_at__gte=NOON - RETENTION).count() == 2
    assert LinkClick.objects.count() == 2
    forget_person(nicolas.pk)
    assert LinkClick.objects.get().account_id == other
