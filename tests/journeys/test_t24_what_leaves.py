"""What is pasted stays clean; what leaves has on the wire the fields it should, whatever was typed."""

import base64
import email
import email.policy
import re
import secrets
from pathlib import Path

import pytest
from playwright.sync_api import APIResponse, Page, expect
from tests.journeys.conftest import Instance, wait_until
from tests.journeys.seen import imap, in_some_frame, sign_in, uids_of, wait_until_sent
from tests.post.outbox.test_message import check_strictly

pytestmark = [pytest.mark.engines, pytest.mark.browser]
ROLE = "secretary"
PASTED = Path(__file__).resolve().parents[1] / "corpus" / "pasted"
FIELDS = {
    "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
}  # fmt: skip
EXPECTED = {
    "cc": FIELDS - {"To"} | {"Cc"},
    "text": FIELDS | {"Content-Transfer-Encoding"},
    "identity": FIELDS | {"Reply-To"},
}
OF_THE_WAY = {
    "Return-Path", "Delivered-To", "Received", "DKIM-Signature", "X-Original-To", "ARC-Seal",
    "Authentication-Results",
}  # fmt: skip
PICTURE = base64.b64decode(  # two points wide
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAADUlEQVR4nGP4zwAE/wEHAAH/4iOeWQAAAABJRU5ErkJggg=="
)
INJECTIONS = (
    "x\r\nBcc: vole@dehors.example", "x\nBcc: vole@dehors.example", "x\rX-Vole: 1", "x\r\n\r\nAutre corps",
    "x\x00y", "x\u2028Bcc: vole@dehors.example", "x\x0bX-Vole: 1", "x%0d%0aBcc: vole@dehors.example",
    "=?utf-8?q?x=0D=0ABcc:_vole=40dehors.example?=",
    "x\u0085Bcc: vole@dehors.example", '"><script>', "{{7*7}}",
)  # fmt: skip


def begin(page: Page, instance: Instance) -> None:
    someone = instance.account(ROLE)
    sign_in(page, instance.web, someone["username"], someone["password"])
    page.goto(f"{instance.web}/messagerie/ecrire/")


def paste(page: Page, program: str) -> None:
    """What that program puts on the clipboard."""
    page.get_by_role("textbox", name="Message").evaluate(
        """(editor, html) => {
            const held = new DataTransfer();
            held.setData("text/html", html);
            held.setData("text/plain", "rien");
            const way = { clipboardData: held, bubbles: true, cancelable: true };
            editor.dispatchEvent(new ClipboardEvent("paste", way));
        }""",
        (PASTED / f"{program}.html").read_text(encoding="utf-8"),
    )


def raw(instance: Instance, subject: str, count: int = 1) -> list[bytes]:
    with imap(instance, instance.account("outside")) as client:
        wait_until(lambda: len(uids_of(client, "INBOX", subject)) >= count, 60)
        uids = uids_of(client, "INBOX", subject)
        return [client.uid("FETCH", uid, "(BODY.PEEK[])")[1][0][1] for uid in uids]


def test_word_and_excel_are_pasted_clean_and_travel_in_both_texts(instance: Instance, page: Page) -> None:
    subject = f"Collage {secrets.token_hex(4)}"
    begin(page, instance)
    page.get_by_label("À", exact=True).fill("parent@dehors.example")
    page.get_by_label("Objet").fill(subject)
    editor = page.get_by_role("textbox", name="Message")
    editor.click()
    paste(page, "word")
    expect(editor.get_by_role("listitem")).to_have_text(["Premier point", "Second point"])
    page.keyboard.press("Control+End")
    paste(page, "excel")
    expect(editor.get_by_role("cell")).to_have_count(4)
    html = editor.inner_html()
    assert not re.search(r"mso|<o:|class=|xl65|file:|StartFragment|x:num", html, re.IGNORECASE)
    expect(editor.locator("b")).to_contain_text("Ordre du jour\u00a0: «\u00a0vie scolaire\u00a0»")
    assert page.title() != "script"
    page.get_by_role("button", name="Envoyer", exact=True).click()
    wait_until_sent(page)
    (content,) = raw(instance, subject)
    message = check_strictly(content)
    plain = message.get_body(("plain",)).get_content()
    for words in ("Ordre du jour\u00a0: «\u00a0vie scolaire\u00a0»", "Premier point", "Léa", "15,5"):
        assert words in plain
    rich = message.get_body(("html",)).get_content()
    assert rich.count("<li>") == 2
    assert rich.count("<td") == 4
    assert not re.search(r"<style|class=|mso-", rich)


def drop(page: Page, name: str, content: bytes) -> None:
    """A picture of this computer, let go over the text."""
    page.get_by_role("textbox", name="Message").evaluate(
        """(editor, [name, content]) => {
            const held = new DataTransfer();
            const octets = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
            held.items.add(new File([octets], name, { type: "image/png" }));
            const way = { dataTransfer: held, bubbles: true, cancelable: true };
            editor.dispatchEvent(new DragEvent("drop", way));
        }""",
        [name, base64.b64encode(content).decode()],
    )


def choose(page: Page, tool: str, choice: str) -> None:
    page.get_by_role("button", name=tool, exact=True).click()
    page.get_by_role("button", name=choice, exact=True).click()


def test_what_each_tool_makes_leaves_strict_and_opens_the_same_in_our_reader(
    instance: Instance, page: Page
) -> None:
    subject = f"Outils {secrets.token_hex(4)}"
    begin(page, instance)
    page.get_by_label("À", exact=True).fill("parent@dehors.example")
    page.get_by_label("Objet").fill(subject)
    editor, keys = page.get_by_role("textbox", name="Message"), page.keyboard
    editor.click()
    for tool, choice, words in (
        ("Couleur", "Rouge", "rouge"), ("Couleur", "Couleur d’origine", " "),
        ("Taille", "Grande", "grand"), ("Taille", "Normale", " "),
        ("Couleur", "Surligner", "surligné"), ("Couleur", "Ne plus surligner", " "),
    ):  # fmt: skip
        choose(page, tool, choice)
        keys.type(words)
    keys.press("Enter")
    choose(page, "Alignement", "Centre")
    keys.type("au milieu")
    keys.press("Enter")
    choose(page, "Alignement", "Gauche")
    page.get_by_role("button", name="Tableau", exact=True).click()
    page.get_by_label("Lignes").fill("2")
    page.get_by_label("Colonnes").fill("2")
    page.get_by_role("button", name="Insérer le tableau").click()
    editor.get_by_role("cell").first.click()
    keys.type("cellule")
    keys.press("Control+End")
    page.get_by_role("button", name="Lien", exact=True).click()
    page.get_by_label("Adresse du lien").fill("www.education.gouv.fr/ecole")
    page.get_by_role("button", name="Insérer le lien").click()
    keys.press("Control+End")
    keys.press("Enter")
    drop(page, "plan.png", PICTURE)
    expect(editor.locator("img")).to_have_count(1)
    page.get_by_role("button", name="Envoyer", exact=True).click()
    wait_until_sent(page)
    (content,) = raw(instance, subject)
    message = check_strictly(content)
    plain = message.get_body(("plain",)).get_content().replace("\u00a0", " ")
    for words in ("rouge grand surligné", "au milieu", "cellule", "https://www.education.gouv.fr/ecole"):
        assert words in plain
    page.goto(f"{instance.web}/messagerie/Sent/")
    page.get_by_role("region", name="Messages").get_by_text(subject).first.click()
    body, _ = in_some_frame(page, lambda frame: frame.get_by_role("cell", name="cellule"))
    assert body.get_by_role("cell").count() == 4
    look = "(one, name) => getComputedStyle(one)[name]"
    assert body.get_by_text("rouge").last.evaluate(look, "color") == "rgb(179, 38, 30)"
    assert body.get_by_text("grand", exact=True).last.evaluate(look, "fontSize") == "20px"
    assert body.get_by_text("surligné").last.evaluate(look, "backgroundColor") == "rgb(255, 243, 163)"
    assert body.get_by_text("au milieu").evaluate(look, "textAlign") == "center"
    assert wait_until(lambda: body.locator("img").evaluate("one => one.complete && one.naturalWidth") == 2)


class Typist:
    """Somebody who fills the composer's fields by hand, without its script."""

    def __init__(self, instance: Instance, page: Page) -> None:
        begin(page, instance)
        self.web, self.page, self.mark = instance.web, page, secrets.token_hex(4)
        token = page.locator('meta[name="csrf"]').get_attribute("content") or ""
        self.headers = {"Accept": "application/json", "X-CSRFToken": token, "Referer": instance.web}
        self.sent: dict[str, int] = {}
        self.identities: list[str] = []

    def post(self, address: str, /, **fields: str | float | bool) -> APIResponse:
        return self.page.request.post(f"{self.web}{address}", form=fields, headers=self.headers)

    def send(self, hurt: str, payload: str) -> None:
        """One message whose field `hurt` holds the payload; it leaves, or says why not."""
        home = f"/messagerie/ecrire/{secrets.token_hex(16)}/"
        fields = {"to": "parent@dehors.example", "subject": f"{self.mark} {hurt}", "html": "<p>x</p>"}
        if hurt in {"to", "cc", "bcc"}:
            del fields["to"]
            fields[hurt] = f'"{payload}" <parent@dehors.example>'
        elif hurt == "text":
            fields |= {"text": payload, "plain": "1"}
        elif hurt == "file":
            self.attach(home, payload)
        elif hurt == "identity":
            self.be(payload, fields)
        else:
            fields[hurt] = f"{fields[hurt]} {payload}"
        answer = self.post(f"{home}envoyer/", **fields, attempt="1", now="1")
        assert answer.status in (200, 422), (hurt, payload)
        self.sent[hurt] = self.sent.get(hurt, 0) + answer.ok

    def remove_identities(self) -> None:
        """The first of them would be offered to whoever writes next."""
        for number in self.identities:
            removal = f"/parametres/identites/{number}/retirer"
            mark = re.search(r'name="confirm" value="(\w+)"', self.post(removal).text())
            assert mark
            assert self.post(removal, confirm=mark[1]).ok

    def attach(self, home: str, name: str) -> None:
        piece = self.post(f"{home}pieces/", name=name, kind=name, size="1")
        if piece.ok:
            address = f"{self.web}{home}pieces/{piece.json()['id']}/suite/?offset=0"
            self.page.request.post(address, data=b"x", headers=self.headers)

    def be(self, name: str, fields: dict[str, str]) -> None:
        """An identity of that name, with that name where answers go, if they are taken."""
        option = self.page.locator("#identity option").first.inner_text()
        own, _, address = option.strip(" >").partition(" <")
        given = {"address": address, "name": f"{own} {name}", "reply_to": address}
        if self.post("/parametres/identites/nouvelle", **given).ok:
            offered = self.page.request.get(f"{self.web}/messagerie/ecrire/").text()
            numbers = re.findall(r'<option value="(\d+)"', offered.partition('id="identity"')[2])
            fields["identity"] = max(numbers, key=int)
            self.identities.append(fields["identity"])
        else:
            fields["subject"] = f"{self.mark} refused"


def test_no_text_field_adds_anything_to_what_is_on_the_wire(instance: Instance, page: Page) -> None:
    typist = Typist(instance, page)
    places = ("subject", "to", "cc", "bcc", "html", "text", "file", "identity")
    for payload in INJECTIONS:
        for hurt in places:
            typist.send(hurt, payload)
    typist.remove_identities()
    left = sum(typist.sent.values())
    contents = raw(instance, typist.mark, left)
    assert len(contents) == left
    assert all(typist.sent[hurt] for hurt in places), typist.sent
    for content in contents:
        message = email.message_from_bytes(content, policy=email.policy.default)
        hurt = str(message["Subject"]).removeprefix(f"{typist.mark} ").split()[0]
        assert {*message.keys()} - OF_THE_WAY == EXPECTED.get(hurt, FIELDS), hurt
        told = () if hurt == "bcc" else message["Cc" if hurt == "cc" else "To"].addresses
        assert [one.addr_spec for one in told] == ["parent@dehors.example"] * (hurt != "bcc")
        assert message["Delivered-To"] == "parent@dehors.example"
        check_strictly(content)
