"""Of a mailbox of which the inbox alone is lent, no page shows what its person has not sent."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from tests.schools.sharing.conftest import address_of, now
from tests.schools.sharing.test_delegation import JSON, Of, claire, fenced, paul

from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.foundation.kernel import tickets
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.services import save_preference
from vaguemestre.post.mailstore.values import Flag, MessageRef
from vaguemestre.schools.sharing.models import Box
from vaguemestre.schools.sharing.services import delegate_mailbox
from vaguemestre.schools.sharing.values import MembershipTerms, Right
from vaguemestre.site.adapters.webmail import live_ticket

__all__ = ["claire", "fenced", "paul"]
SECRET = "Licenciement"
PLACES = ("INBOX", "Drafts", "Sent", "Archive", "Trash")


def lend_inbox(claire: Account, paul: Account, right: Right) -> str:
    today = paris_day(now())
    terms = MembershipTerms(right, today, today + timedelta(days=9))
    delegate_mailbox(claire.pk, address_of(paul), terms, inbox_only=True, by="test", now=now())
    return f"/boites/{Box.objects.get().pk}/"


def mail_of(mails: MemoryMailboxes) -> dict[str, MessageRef]:
    """A letter of the inbox, and answers to it elsewhere that nobody else may see."""
    box, refs = mails.box("claire@ac-amiens.test"), {}
    for folder in PLACES:
        words = "Rentrée" if folder == "INBOX" else SECRET
        text = (
            f"From: x@exemple.fr\r\nTo: secret-{folder}@exemple.fr\r\nSubject: {words}\r\n"
            f"Message-ID: <{folder}@x>\r\nReferences: <INBOX@x>\r\n\r\n{words} {folder}"
        )
        flags = (Flag.DRAFT, Flag.SEEN) if folder == "Drafts" else ()
        refs[folder] = box.append(folder, text.encode(), flags, datetime(2026, 11, 24, tzinfo=UTC))
    return refs


def of_message(ref: MessageRef) -> str:
    return f"{ref.folder}/{ref.uid_validity}/{ref.uid}/"


def pages(refs: dict[str, MessageRef]) -> list[str]:
    """Every page that shows mail, about the letter of the inbox and about each that is not lent."""
    asked = ["", "dossiers/", "toutes/", "toutes/lignes/", "pieces/", "supprimes/", "suivi/", "envois/"]
    asked += ["ecrire/courriels/", f"ecrire/courriels/?q={SECRET}", "ecrire/programmes/", "signalements/"]
    message = ("", "corps/", "source/", "entetes/", "imprimer/", "message.eml", "pieces.zip", "pieces/1/",
               "apercu/1/", "conversation/")  # fmt: skip
    for folder, ref in refs.items():
        asked += [f"{folder}/", f"{folder}/lignes/", f"{folder}/lignes/?q={SECRET}", f"{folder}/?q={SECRET}"]
        asked += [f"{folder}/lignes/?groupe=1", f"{folder}/?q={SECRET}&partout=1", f"{folder}/?fil=1"]
        asked += [f"INBOX/?q={SECRET} dans:{folder}", f"INBOX/lignes/?q={SECRET} dans:{folder}"]
        asked += [f"{folder}/jour/?day=24/11/2026", *(of_message(ref) + page for page in message)]
        where = f"folder={ref.folder}&uid_validity={ref.uid_validity}&uid={ref.uid}"
        asked.append(f"ecrire/courriels/pieces/?{where}")
    return [f"messagerie/{page}" for page in asked] + [
        "parametres/export", "contacts/", "accueil/bandeaux", "messagerie/etiquettes/",
    ]  # fmt: skip


@pytest.mark.heavy
@pytest.mark.parametrize("right", [Right.READ, Right.SORT, Right.SEND])
def test_no_page_shows_more_than_the_inbox(
    of: Of, claire: Account, paul: Account, fenced: MemoryMailboxes, right: Right
) -> None:
    there, refs, browser = lend_inbox(claire, paul, right), mail_of(fenced), of(paul)
    assert "Rentrée" in browser.get(f"{there}messagerie/INBOX/lignes/").content.decode()
    for page in pages(refs):
        answer = browser.get(there + page)
        shown = b"".join(answer) if answer.streaming else answer.content
        text = shown.decode(errors="replace").replace(f"q={SECRET}", "").replace(f'value="{SECRET}', "")
        for folder in PLACES[1:]:
            assert f"secret-{folder}" not in text, page
            assert f"{SECRET} {folder}" not in text, page
    menu = browser.get(f"{there}messagerie/dossiers/", headers={"HX-Request": "true"}).content.decode()
    assert "Réception" in menu or "réception" in menu
    assert ("Brouillons" in menu) is (right is Right.SEND)


def test_no_act_takes_a_draft_into_the_inbox_or_into_a_letter(
    of: Of, claire: Account, paul: Account, fenced: MemoryMailboxes
) -> None:
    there, refs, browser = lend_inbox(claire, paul, Right.SEND), mail_of(fenced), of(paul)
    ref = refs["Drafts"]
    for act in ("move", "trash", "archive", "delete", "flag", "read"):
        browser.post(f"{there}messagerie/actes/{act}/", {"ref": of_message(ref)[:-1], "to": "INBOX"})
    for mode in ("draft", "forward", "reply", "enclose"):
        opening = {"mode": mode, "folder": "Drafts", "uid_validity": ref.uid_validity, "uid": ref.uid}
        assert browser.post(f"{there}messagerie/ecrire/", opening, headers=JSON).status_code == 422, mode
    box = fenced.box("claire@ac-amiens.test")
    assert [row.ref for row in box.page("Drafts", 0, 9).rows] == [ref]
    assert box.page("INBOX", 0, 9).total == 1


def test_who_may_write_finds_their_own_draft_again_and_no_other(
    of: Of, claire: Account, paul: Account, fenced: MemoryMailboxes
) -> None:
    there, browser = lend_inbox(claire, paul, Right.SEND), of(paul)
    mail_of(fenced)
    key = browser.post(f"{there}messagerie/ecrire/", {"mode": "new"}, headers=JSON).json()["key"]
    for revision, words in enumerate(("Ma réponse", "Ma réponse corrigée")):
        fields = {"subject": words, "html": "<p>Oui</p>", "revision": str(revision)}
        saved = browser.post(f"{there}messagerie/ecrire/{key}/brouillon/", fields, headers=JSON)
        assert saved.status_code == 200, saved.content.decode()
    listed = browser.get(f"{there}messagerie/Drafts/lignes/")
    assert (listed["X-Total"], "Ma réponse corrigée" in listed.content.decode()) == ("1", True)
    box = fenced.box("claire@ac-amiens.test")
    assert box.page("Drafts", 0, 9).total == 2  # the former save is gone, the other draft untouched
    [row] = [row for row in box.page("Drafts", 0, 9).rows if row.summary.subject == "Ma réponse corrigée"]
    opening = {"mode": "draft", "folder": "Drafts", "uid_validity": row.ref.uid_validity, "uid": row.ref.uid}
    assert browser.post(f"{there}messagerie/ecrire/", opening, headers=JSON).json()["key"] == key


def test_what_the_owner_searched_and_waits_for_is_not_shown(
    of: Of, claire: Account, paul: Account, fenced: MemoryMailboxes
) -> None:
    there = lend_inbox(claire, paul, Right.SEND)
    mail_of(fenced)
    searches = {"recent": [SECRET], "kept": [{"name": "Sur X", "asked": SECRET}]}
    with transaction.atomic():
        save_preference(claire.pk, "searches", searches)
    own = of(claire).get("/messagerie/").content.decode()
    assert (SECRET in own, "Sur X" in own) == (True, True)
    lent = of(paul).get(f"{there}messagerie/").content.decode()
    assert (SECRET in lent, "Sur X" in lent) == (False, False)


def test_live_news_are_of_the_inbox_alone(claire: Account, paul: Account, fenced: MemoryMailboxes) -> None:
    box_id = lend_inbox(claire, paul, Right.SEND).split("/")[2]
    for session, only in ((f"s+{box_id}+{paul.pk}", "INBOX"), ("s", "")):
        ticket = live_ticket("k", "claire@ac-amiens.test", session, 1000.0)
        known = tickets.read("k", ticket, now=1001.0, life=60)
        assert known == tickets.Ticket("claire@ac-amiens.test", session, only=only)
