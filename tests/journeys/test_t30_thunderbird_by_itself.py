"""Thunderbird, told an address and an application password and nothing else, reads the inbox."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.apart import Thunderbird, alone
from tests.journeys.conftest import wait_until

LONG = bool(os.environ.get("VAGUEMESTRE_LONG"))
pytestmark = [
    pytest.mark.engines,
    pytest.mark.skipif(not LONG or not shutil.which("thunderbird"), reason="bin/test --long"),
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
        known = wait_until(lambda: program.run(_PROVIDER), 30)
        assert known == ["thunderbird", f"{instance.web}/appareils/autoriser", True, "mail"]
        assert set(program.run(_FOLDERS)) == {"Sent", "Drafts", "Junk", "Trash", "Archive"}
