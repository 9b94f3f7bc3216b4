"""An ordinary mail program sees the same messages; flags travel both ways."""

import secrets
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.journeys.conftest import Instance, wait_until
from tests.journeys.seen import deliver, imap, sign_in, uids_of

pytestmark = [pytest.mark.engines, pytest.mark.browser]


def mbsync(instance: Instance, folder: Path) -> None:
    """Both directions, everything of INBOX, with Debian's mbsync."""
    account = instance.account("colleague")
    (folder / "mail").mkdir(exist_ok=True)
    rc = folder / "mbsyncrc"
    rc.write_text(
        f"""IMAPAccount box
Host localhost
Port {instance.port("imaps")}
TLSType IMAPS
CertificateFile {instance.ready["ca"]}
User {account["address"]}
Pass {account["app_password"]}

IMAPStore far
Account box

MaildirStore near
Inbox {folder}/mail/INBOX

Channel all
Far :far:
Near :near:
Patterns INBOX
Create Near
SyncState *
"""
    )
    subprocess.run(["mbsync", "-c", str(rc), "all"], check=True, capture_output=True, timeout=60)


def test_flags_set_on_one_side_show_on_the_other(instance: Instance, page: Page, tmp_path: Path) -> None:
    colleague = instance.account("colleague")
    subject = f"Partage {secrets.token_hex(4)}"
    deliver(instance, colleague["address"], subject)
    with imap(instance, colleague) as client:
        (uid,) = wait_until(lambda: uids_of(client, "INBOX", subject))
        count = int(client.select("INBOX")[1][0])
    mbsync(instance, tmp_path)
    copies = [
        p for p in (tmp_path / "mail" / "INBOX").rglob("*") if p.is_file() and p.parent.name in {"cur", "new"}
    ]
    assert len(copies) == count
    (mine,) = [p for p in copies if subject.encode() in p.read_bytes()]

    # read in the browser, seen by the program
    sign_in(page, instance.web, colleague["username"], colleague["password"])
    page.goto(f"{instance.web}/messagerie/")
    page.get_by_role("region", name="Messages").get_by_text(subject).first.click()
    with imap(instance, colleague) as client:
        client.select("INBOX")
        wait_until(lambda: b"\\Seen" in client.uid("FETCH", uid, "(FLAGS)")[1][0])
    mbsync(instance, tmp_path)
    (mine,) = [
        p for p in (tmp_path / "mail" / "INBOX" / "cur").iterdir() if subject.encode() in p.read_bytes()
    ]
    assert "S" in mine.name.rpartition(",")[2]

    # starred by the program, shown in the browser
    mine.rename(mine.with_name(mine.name + "F" if ":2," in mine.name else mine.name + ":2,FS"))
    mbsync(instance, tmp_path)
    page.goto(f"{instance.web}/messagerie/")
    row = page.get_by_role("region", name="Messages").locator("[data-uid]", has_text=subject).first
    row.wait_for()
    assert "flagged" in (row.get_attribute("class") or "").split()

    # a label put here is a keyword there, and the other way round
    row.click(button="right")
    page.get_by_role("menuitem", name="Étiquettes…").click()
    page.get_by_role("dialog").get_by_label("Travail", exact=True).check()
    row.locator(".lab-orange").wait_for()
    page.keyboard.press("Escape")
    with imap(instance, colleague) as client:
        client.select("INBOX")
        assert b"$label2" in client.uid("FETCH", uid, "(FLAGS)")[1][0]
        client.uid("STORE", uid, "-FLAGS", "($label2)")
        client.uid("STORE", uid, "+FLAGS", "($label1)")
    row.locator(".lab-red").wait_for()
    row.locator(".lab-orange").wait_for(state="detached")
