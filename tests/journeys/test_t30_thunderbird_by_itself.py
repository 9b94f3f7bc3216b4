"""Thunderbird, told an address and an application password and nothing else, reads the inbox."""

import os
import shutil
import smtplib
import socket
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.apart import Alone, Thunderbird, alone
from tests.journeys.conftest import Instance, wait_until
from tests.journeys.test_t24_what_leaves import PICTURE
from tests.post.outbox.letters import BOUNDARY, letter

from vaguemestre.post.outbox.rules.message import build_message
from vaguemestre.post.outbox.values import Attachment, Recipient

LONG = bool(os.environ.get("VAGUEMESTRE_LONG"))
pytestmark = [
    pytest.mark.engines,
    pytest.mark.skipif(not LONG, reason="bin/test --long"),
    pytest.mark.timeout(400),
]

_ACCOUNT = """
const {MailServices} = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const held = MailServices.accounts.accounts.map(one => one.incomingServer).find(one => one.type == "imap");
if (!held) return null;
const out = MailServices.outgoingServer.defaultServer;
return {port: held.port, username: held.username, tls: held.socketType, out: out.serverURI.spec};
"""
_OPEN_INBOX = """
const {MailServices} = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const held = MailServices.accounts.accounts.map(one => one.incomingServer).find(one => one.type == "imap");
const inbox = held.rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags.Inbox);
const pane = document.getElementById("tabmail").currentAbout3Pane;
if (!inbox || inbox.getTotalMessages(false) < arguments[0]) return null;
pane.displayFolder(inbox.URI);
return inbox.getTotalMessages(false);
"""
_OPEN_FIRST = """
const pane = document.getElementById("tabmail").currentAbout3Pane;
if (!pane.gDBView || !pane.gDBView.rowCount) return null;
pane.threadTree.selectedIndex = 0;
return true;
"""
_READ = """
const open = document.getElementById("tabmail").currentAboutMessage;
const inside = open && open.getMessagePaneBrowser().contentDocument;
return inside && inside.body && inside.body.textContent;
"""
_PROVIDER = """
const {OAuth2Providers} = ChromeUtils.importESModule("resource:///modules/OAuth2Providers.sys.mjs");
const found = OAuth2Providers.getHostnameDetails("mail.ac-amiens.test", "imap");
if (!found) return null;
const issuer = OAuth2Providers.getIssuerDetails(found.issuer);
return [issuer.clientId, issuer.authorizationEndpoint, issuer.usePKCE, found.requiredScopes];
"""
_FOLDERS = """
const {MailServices} = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const held = MailServices.accounts.accounts.map(one => one.incomingServer).find(one => one.type == "imap");
const uses = {Sent: "SentMail", Drafts: "Drafts", Junk: "Junk", Trash: "Trash", Archive: "Archive"};
return Object.entries(uses).filter(([, use]) => held.rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags[use]))
  .map(([name]) => name);
"""


# It asks for a token again and again, as each hour it does; what it holds to ask with, each time.
_REFRESH = """
return (async () => {
  const {OAuth2Module} = ChromeUtils.importESModule("resource:///modules/OAuth2Module.sys.mjs");
  const module = new OAuth2Module();
  if (!module.initFromHostname("mail.ac-amiens.test", arguments[0], "imap")) return null;
  await module.setRefreshToken(arguments[1]);
  const held = [arguments[1]];
  for (let n = 0; n < 3; n++) {
    module.clearAccessToken();
    await new Promise((ok, no) => module.getAccessToken({onSuccess: ok, onFailure: no}));
    const kept = await Services.logins.searchLoginsAsync({origin: "oauth://ac-amiens.test"});
    held.push(kept.find(one => one.username == arguments[0]).password);
  }
  return held;
})();
"""
# Its owner signs in and agrees, as in the window it opens.
_CONSENT = """
import base64, hashlib, http.cookiejar, json, re, sys, urllib.parse, urllib.request
web, username, password, login = sys.argv[1:]
opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
def asked(path, **told):
    body = urllib.parse.urlencode(told).encode() if told else None
    request = urllib.request.Request(web + path, body, {"Origin": web, "Referer": web + path})
    with opener.open(request) as answer:
        return answer.read().decode()
def hidden(page, name):
    return re.search(r'name="%s" value="([^"]+)"' % name, page)[1]
page = asked("/alogin")
mark = hidden(page, "csrfmiddlewaretoken")
asked("/alogin", csrfmiddlewaretoken=mark, username=username, secret=password)
verifier = "v" * 60
proof = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
told = dict(response_type="code", client_id="thunderbird", redirect_uri="http://localhost", scope="mail",
            code_challenge=proof, code_challenge_method="S256", login_hint=login)
page = asked("/appareils/autoriser?" + urllib.parse.urlencode(told))
left = asked("/appareils/autoriser", csrfmiddlewaretoken=hidden(page, "csrfmiddlewaretoken"),
             request=hidden(page, "request"), decision="yes", device="Thunderbird")
code = re.search(r'[?&;]code=([^&"]+)', left)[1]
granted = asked("/appareils/jeton", grant_type="authorization_code", code=code, client_id="thunderbird",
                redirect_uri="http://localhost", code_verifier=verifier)
print(json.loads(granted)["refresh_token"])
"""
_OPEN_NAMED = """
const pane = document.getElementById("tabmail").currentAbout3Pane;
for (let row = 0; row < pane.gDBView.rowCount; row++) {
  if (pane.gDBView.getMsgHdrAt(row).mime2DecodedSubject != arguments[0]) continue;
  pane.threadTree.selectedIndex = row;
  return true;
}
return null;
"""
_LOOK = """
const open = document.getElementById("tabmail").currentAboutMessage;
const inside = open && open.getMessagePaneBrowser().contentDocument;
const picture = inside && inside.querySelector(".moz-text-html img");
if (!inside || !picture || !picture.complete) return null;
const file = open.document.getElementById("attachmentName");
const red = [...inside.querySelectorAll("span")].find(one => one.textContent == "rouge");
return {
  words: inside.body.innerText, wide: picture.naturalWidth,
  cells: inside.querySelectorAll(".moz-text-html td").length,
  colour: red && inside.defaultView.getComputedStyle(red).color,
  file: file.value || file.textContent,
};
"""
_HTML = (
    '<p>« Élève » : <span style="color: #b3261e">rouge</span></p><p><img src="cid:plan@x" alt="plan"></p>'
    "<table><tbody><tr><td>cellule</td><td>autre</td></tr></tbody></table>"
)


def letter_of_ours(to: str, subject: str) -> bytes:
    """As the composer makes them: both texts, a picture among the words, a file with an accented name."""
    enclosed = (
        Attachment("plan.png", "image/png", PICTURE, content_id="plan@x"),
        Attachment("Présences été.pdf", "application/pdf", b"%PDF-1.4 x"),
    )
    people = {"sender": Recipient("Jeanne Été", "jeanne@dehors.example"), "to": (Recipient("", to),)}
    made = letter(
        **people, subject=subject, html=_HTML, text="", attachments=enclosed, date=datetime.now(UTC)
    )
    return build_message(made, boundary=BOUNDARY)


class Inside(smtplib.SMTP):
    """A server that speaks from that network only."""

    def __init__(self, network: Alone, port: int) -> None:
        self._network = network
        super().__init__("localhost", port, local_hostname="mail.dehors.example", timeout=30)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return wait_until(lambda: self._network.connected(port))


@pytest.fixture
def place() -> Any:
    """Open to the engines' own users, unlike pytest's folders."""
    folder = Path(tempfile.mkdtemp(prefix="vm-alone-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


_STEP = """
function steps(root) {
  const found = [...root.querySelectorAll("account-hub-step, .account-hub-step")];
  for (const one of root.querySelectorAll("*")) if (one.shadowRoot) found.push(...steps(one.shadowRoot));
  return found;
}
const shown = steps(document).find(one => one.getBoundingClientRect().width > 0);
return shown ? shown.id : null;
"""


def set_up(program: Thunderbird, address: str, password: str) -> list[str]:
    """The steps of its assistant, as they came; nothing of what it found by itself is changed."""
    steps = []

    def go_on() -> None:
        steps.append(wait_until(lambda: program.run(_STEP), 60))
        program.click("button#forward")
        wait_until(lambda: program.run(_STEP) not in (None, steps[-1]), 60)

    program.type("input#email", address)
    go_on()
    go_on()
    program.type("input#password", password)
    go_on()
    return steps


def test_an_address_and_an_application_password_are_all_it_is_told(place: Path) -> None:
    with alone(place) as (network, instance):
        teacher = instance.account("teacher")
        program = network.thunderbird()
        steps = set_up(program, teacher["address"], teacher["app_password"])
        assert not any("manual" in step.lower() or "incoming" in step.lower() for step in steps), steps
        held = wait_until(lambda: program.run(_ACCOUNT), 60)
        assert held["port"] == instance.port("imaps")
        assert held["username"] == teacher["address"]
        assert held["tls"] == 3  # TLS from the first byte
        assert str(instance.port("submissions")) in held["out"]
        program.click("button#forward")  # « Finish »
        assert wait_until(lambda: program.run(_OPEN_INBOX, 300), 90) >= 300
        wait_until(lambda: program.run(_OPEN_FIRST), 60)
        assert wait_until(lambda: program.run(_READ), 60)
        # the module tells it where consent is asked, for those who want no application password
        program.install(network.fetched("/appareils/messagerie.xpi"))
        known = wait_until(lambda: program.run(_PROVIDER), 60)
        assert known == ["thunderbird", f"{instance.web}/appareils/autoriser", True, "mail"]
        assert set(program.run(_FOLDERS)) == {"Sent", "Drafts", "Junk", "Trash", "Archive"}
        what_we_send_opens_the_same(network, instance, program)
        keeps_the_key_it_is_given(network, instance, program)


def what_we_send_opens_the_same(network: Alone, instance: Instance, program: Thunderbird) -> None:
    to, subject = instance.account("teacher")["address"], "Présences de l’été"
    with Inside(network, instance.port("mx")) as server:
        server.sendmail("jeanne@dehors.example", [to], letter_of_ours(to, subject))
    wait_until(lambda: program.run(_OPEN_NAMED, subject), 60)
    shown = wait_until(lambda: program.run(_LOOK), 60)
    for words in ("« Élève » : rouge", "cellule", "autre"):
        assert words in shown["words"]
    assert (shown["cells"], shown["wide"], shown["colour"]) == (2, 2, "rgb(179, 38, 30)")
    assert shown["file"] == "Présences été.pdf"


def keeps_the_key_it_is_given(network: Alone, instance: Instance, program: Thunderbird) -> None:
    """Let in by consent, at each exchange."""
    teacher = instance.account("teacher")
    told = (instance.web, teacher["username"], teacher["password"], teacher["address"])
    key = network.said_by("python3", "-c", _CONSENT, *told).strip()
    held = program.run(_REFRESH, teacher["address"], key)
    assert len(set(held)) == 4
