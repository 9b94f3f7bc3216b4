"""Somebody lends their own mailbox for a leave: by dates, for a part, never what is private."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django_tasks_db.models import DBTaskResult
from tests.access.signin.people import account
from tests.answers import as_typed
from tests.schools.sharing.conftest import Engines, address_of, now

from vaguemestre.access.signin.queries import activity_of
from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.compose.models import Composition, Mailing
from vaguemestre.mailbox.compose.queries import proof_of
from vaguemestre.mailbox.compose.services import built_message, restore_refused_draft, run_mailing
from vaguemestre.mailbox.compose.services.rows import new_key
from vaguemestre.mailbox.webmail.services.private_mail import DelegatedMailboxes
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.events import PeopleChanged
from vaguemestre.people.directory.models import Assignment, Structure
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.post.mailstore.values import DELETED_MESSAGES
from vaguemestre.post.outbox.models import OutboxMessage
from vaguemestre.post.outbox.rules.message import build_message
from vaguemestre.schools.sharing import queries
from vaguemestre.schools.sharing import services as sharing
from vaguemestre.schools.sharing.handlers import tell_delegations_apart
from vaguemestre.schools.sharing.models import Box, Member
from vaguemestre.schools.sharing.services import delegate_mailbox, end_delegations, end_sending_everywhere
from vaguemestre.schools.sharing.values import MembershipTerms, Right
from vaguemestre.site.adapters.webmail import delegated_scope_of

Of = Callable[[Account], Client]
JSON = {"Accept": "application/json"}


@pytest.fixture
def claire(outside_transactions: None) -> Account:
    return account("claire", first_name="Claire", last_name="Magnier")


@pytest.fixture
def paul(outside_transactions: None) -> Account:
    return account("paul", first_name="Paul", last_name="Obry")


@pytest.fixture
def fenced(mails: MemoryMailboxes) -> MemoryMailboxes:
    """As the wiring plugs it."""
    open_mailbox.replace(DelegatedMailboxes(mails, delegated_scope_of))
    return mails


def lend(of: Of, claire: Account, paul: Account, right: str = "send", scope: str = "all", **days: str) -> str:
    """Claire lends hers; where Paul finds it."""
    today = paris_day(now())
    given = {
        "address": address_of(paul), "right": right, "scope": scope,
        "starts_on": today.isoformat(), "ends_on": (today + timedelta(days=20)).isoformat(), **days,
    }  # fmt: skip
    answer = of(claire).post("/boites/delegation/confier/", given)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return f"/boites/{Box.objects.get().pk}/"


def test_a_letter_on_its_way_when_the_delegation_ends_does_not_leave(
    of: Of, claire: Account, paul: Account, fenced: MemoryMailboxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = lend(of, claire, paul)
    letter = {"to": "a@b.fr", "subject": "S", "html": "<div>Oui</div>", "attempt": "1"}
    sent = of(paul).post(f"{there}messagerie/ecrire/{new_key()}/envoyer/", letter, headers=JSON)
    assert sent.status_code == 200

    def ended_meanwhile(*given: Any, **more: Any) -> bytes:
        end_delegations(claire.pk, by="test", now=now())
        return build_message(*given, **more)

    monkeypatch.setattr(built_message, "build_message", ended_meanwhile)
    late = of(paul).post(f"{there}messagerie/ecrire/{new_key()}/envoyer/", letter, headers=JSON)
    assert late.status_code == 422
    assert "Vous ne pouvez plus écrire depuis cette boîte" in str(late.json())
    assert OutboxMessage.objects.count() == 1


@pytest.mark.parametrize(
    ("scope", "words"), [("all", "dans tous les dossiers"), ("inbox", "dans la boîte de réception")]
)
def test_how_far_a_mailbox_is_lent_is_said(
    of: Of, claire: Account, paul: Account, fenced: MemoryMailboxes, scope: str, words: str
) -> None:
    lend(of, claire, paul, scope=scope)
    assert f", {words} · " in as_typed(of(claire).get("/boites/delegation/").content.decode())


def test_every_delegation_of_a_mailbox_ends_and_no_other(
    of: Of, claire: Account, paul: Account, fenced: MemoryMailboxes
) -> None:
    there = lend(of, claire, paul)
    other = account("nadia", first_name="Nadia", last_name="Sellier")
    wanted = MembershipTerms(Right.READ, paris_day(now()), paris_day(now()) + timedelta(days=20))
    delegate_mailbox(other.pk, address_of(paul), wanted, inbox_only=False, by="test", now=now())
    assert of(paul).get(f"{there}messagerie/").status_code == 200
    with transaction.atomic():
        (event,) = end_delegations(claire.pk, by="test", now=now())
    assert event.box_id == Box.objects.get(account=claire).pk
    assert of(paul).get(f"{there}messagerie/").status_code == 404
    assert Member.objects.get(ended_at=None).box.account_id == other.pk


def letters(mails: MemoryMailboxes) -> dict[str, str]:
    box = mails.box("claire@ac-amiens.test")
    box.create_folder("Privé")
    found = {}
    for folder, subject in (("INBOX", "Réunion"), ("Privé", "Analyses")):
        text = f"From: x@exemple.fr\r\nSubject: {subject}\r\nMessage-ID: <{folder[:2]}@x>\r\n\r\nBonjour"
        ref = box.append(folder, text.encode(), (), datetime(2026, 11, 24, tzinfo=UTC))
        found[folder] = f"{ref.uid_validity}/{ref.uid}/"
    return found


def test_a_colleague_opens_it_without_the_private_folders(
    fenced: MemoryMailboxes, claire: Account, paul: Account, of: Of
) -> None:
    where, known = lend(of, claire, paul), letters(fenced)
    browser = of(paul)
    page = browser.get(f"{where}messagerie/").content.decode()
    assert "Réunion" in page
    assert "Privé" not in page
    assert browser.get(f"{where}messagerie/INBOX/{known['INBOX']}").status_code == 200
    for path in (
        "messagerie/Privé/",
        f"messagerie/Privé/{known['Privé']}",
        f"messagerie/Privé/{known['Privé']}source/",
    ):
        answer = browser.get(where + path)
        assert answer.status_code == 404, path
        assert "Page introuvable" in answer.content.decode(), path
        assert "Analyses" not in answer.content.decode()
    moved = browser.post(
        f"{where}messagerie/actes/move/", {"ref": f"Privé/{known['Privé'][:-1]}", "to": "INBOX"}
    )
    assert moved.status_code in (404, 422)
    assert of(claire).get(f"/messagerie/Privé/{known['Privé']}").status_code == 200


def test_a_colleague_does_not_reach_what_was_deleted(
    fenced: MemoryMailboxes, claire: Account, paul: Account, of: Of
) -> None:
    """By address: no list of folders shows it, and the mail of private folders is there too."""
    where = lend(of, claire, paul)
    letters(fenced)
    box = fenced.box("claire@ac-amiens.test")
    box.expunge([row.ref for row in box.page("Privé", 0, 9).rows])
    [row] = box.page(DELETED_MESSAGES, 0, 9).rows
    name = DELETED_MESSAGES.replace("/", "~2F")
    message = f"{name}/{row.ref.uid_validity}/{row.ref.uid}/"
    browser = of(paul)
    assert of(claire).get(f"/messagerie/{message}").status_code == 200
    for path in (f"messagerie/{name}/", f"messagerie/{message}", f"messagerie/{message}source/"):
        answer = browser.get(where + path)
        assert answer.status_code in (404, 422), path
        assert "Analyses" not in answer.content.decode()
    moved = browser.post(f"{where}messagerie/actes/move/", {"ref": message[:-1], "to": "INBOX"})
    assert moved.status_code in (404, 422)


def test_what_is_the_owners_own_stays_so(
    fenced: MemoryMailboxes, claire: Account, paul: Account, of: Of
) -> None:
    where, browser = lend(of, claire, paul), of(paul)
    for path in (
        "parametres/absence", "parametres/filtres", "parametres/identites", "contacts/", "messagerie/pieces/",
        "messagerie/envois/", "messagerie/ecrire/programmes/", "parametres/securite", "messagerie/suivi/",
    ):  # fmt: skip
        assert browser.get(where + path).status_code in (404, 422), path
    menu = browser.get(f"{where}messagerie/").content.decode()
    for path in ("messagerie/envois/", "messagerie/fichiers/", "messagerie/supprimes/", "contacts/"):
        assert f'href="{where}{path}"' not in menu
    assert browser.post(f"{where}messagerie/lots/").status_code == 404
    assert browser.post(f"{where}programmes/", {"name": "x"}).status_code == 422


@pytest.mark.heavy
def test_what_a_colleague_does_is_told_to_the_owner(
    fenced: MemoryMailboxes, claire: Account, paul: Account, of: Of
) -> None:
    where, known, browser = lend(of, claire, paul), letters(fenced), of(paul)
    browser.get(f"{where}messagerie/")
    browser.get(f"{where}messagerie/INBOX/{known['INBOX']}")
    validity, uid, _ = known["INBOX"].split("/")
    opening = {"mode": "reply", "folder": "INBOX", "uid_validity": validity, "uid": uid}
    key = browser.post(f"{where}messagerie/ecrire/", opening, headers=JSON).json()["key"]
    fields = {"to": "x@exemple.fr", "subject": "Re", "html": "<p>Oui</p>", "attempt": "1", "now": "1"}
    sent = browser.post(f"{where}messagerie/ecrire/{key}/envoyer/", fields, headers=JSON)
    assert sent.status_code == 200, sent.content.decode()
    row = OutboxMessage.objects.get()
    assert (row.account_id, row.sender) == (claire.pk, address_of(claire))
    told = of(claire).get("/boites/delegation/").content.decode()
    for words in ("a ouvert la boîte", "a ouvert un courriel", "a répondu à un courriel"):
        assert words in told
    activity = of(claire).get("/parametres/activite").content.decode()
    for words in (
        "Boîte confiée à un collègue",
        "Boîte ouverte par délégation",
        "en votre nom par délégation",
    ):
        assert words in activity


def test_it_ends_at_once_by_hand_and_by_itself_by_date(
    fenced: MemoryMailboxes, engines: Engines, claire: Account, paul: Account, of: Of
) -> None:
    where = lend(of, claire, paul)
    row = Member.objects.get()
    assert queries.access_to(row.box_id, paul.pk, now() + timedelta(days=22)) is None
    assert of(paul).post(f"/boites/delegation/{row.pk}/terminer/").status_code == 422
    assert of(claire).post(f"/boites/delegation/{row.pk}/terminer/").status_code == 302
    assert of(paul).get(f"{where}messagerie/").status_code == 404
    assert engines.cut == ["claire@ac-amiens.test"]


def waiting_until_tomorrow(browser: Client, where: str) -> str:
    """A message written in that mailbox, to leave tomorrow; its key."""
    key = str(browser.post(f"{where}messagerie/ecrire/", {"mode": "new"}, headers=JSON).json()["key"])
    later = f"{paris_day(now()) + timedelta(days=1):%d/%m/%Y} 8 h"
    fields = {"to": "x@exemple.fr", "subject": "Demain", "html": "<p>Oui</p>", "attempt": "1", "later": later}
    sent = browser.post(f"{where}messagerie/ecrire/{key}/envoyer/", fields, headers=JSON)
    assert sent.status_code == 200, sent.content.decode()
    return key


def test_what_a_colleague_left_to_leave_later_does_not_leave_once_it_ended(
    fenced: MemoryMailboxes, claire: Account, paul: Account, of: Of
) -> None:
    where = lend(of, claire, paul)
    waiting_until_tomorrow(of(paul), where)
    own = waiting_until_tomorrow(of(claire), "/")
    of(claire).post(f"/boites/delegation/{Member.objects.get().pk}/terminer/")
    states = {row.key.partition(".")[0] == own: row.state for row in OutboxMessage.objects.all()}
    assert states == {False: "refused", True: "held"}
    assert OutboxMessage.objects.get(state="refused").reason == "outbox.author-left"


def test_what_a_colleague_left_to_leave_later_is_a_draft_again_once_their_account_is_secured(
    fenced: MemoryMailboxes, claire: Account, paul: Account, of: Of
) -> None:
    where = lend(of, claire, paul)
    waiting_until_tomorrow(of(paul), where)
    waiting_until_tomorrow(of(claire), "/")
    with transaction.atomic():
        end_sending_everywhere(paul.pk, by="test", now=now())
    refused = OutboxMessage.objects.get(state="refused")
    restore_refused_draft(claire.pk, refused.key, fenced, now=now())
    drafts = Composition.objects.values_list("key", "is_sending")
    assert dict(drafts)[refused.key.partition(".")[0]] is False
    assert sorted(is_sending for _, is_sending in drafts) == [False, True]
    assert of(paul).get(f"{where}messagerie/").status_code == 200


def test_a_mail_merge_of_a_colleague_stops_once_it_ended(
    fenced: MemoryMailboxes, claire: Account, paul: Account, of: Of
) -> None:
    where, browser = lend(of, claire, paul), of(paul)
    key = str(browser.post(f"{where}messagerie/ecrire/", {"mode": "new"}, headers=JSON).json()["key"])
    place = f"{where}messagerie/ecrire/{key}/"
    fields = {"subject": "Sortie", "html": "<p>Oui</p>", "revision": "0"}
    assert browser.post(f"{place}brouillon/", fields, headers=JSON).status_code == 200
    table = SimpleUploadedFile("noms.csv", b"courriel\nlea@dehors.example\nnoe@dehors.example\n")
    browser.post(f"{place}exemplaires/", {"source": "file", "table": table})
    tomorrow = {"when": "later", "day": f"{paris_day(now()) + timedelta(days=1):%d/%m/%Y}", "hour": "8 h"}
    seen = {"proof": proof_of(Mailing.objects.get())}
    browser.post(f"{place}exemplaires/partir/", {**tomorrow, **seen})
    mailing = Mailing.objects.get()
    assert (mailing.state, mailing.account_id) == ("running", claire.pk)
    of(claire).post(f"/boites/delegation/{Member.objects.get().pk}/terminer/")
    run_mailing(mailing.pk, fenced, limit=10_000_000, now=now() + timedelta(days=2))
    mailing.refresh_from_db()
    assert mailing.state == "stopped"
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"ends_on": ""}, "Ce champ est obligatoire"),
        ({"ends_on": "01/01/2040"}, "Une délégation a une fin"),
        ({"address": "nulle.part@ac-amiens.test"}, "aucun agent"),
        ({"right": "manage"}, "Sélectionnez un choix valide"),
    ],
)
def test_what_cannot_be_lent_is_refused(
    claire: Account, paul: Account, of: Of, changed: dict[str, str], words: str
) -> None:
    today = paris_day(now())
    given = {
        "address": address_of(paul), "right": "send", "scope": "all",
        "starts_on": today.isoformat(), "ends_on": (today + timedelta(days=2)).isoformat(), **changed,
    }  # fmt: skip
    answer = of(claire).post("/boites/delegation/confier/", given)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Member.objects.count() == 0


def test_a_name_typed_for_an_address_proposes_the_agents_of_that_name(
    claire: Account, paul: Account, of: Of
) -> None:
    today = paris_day(now())
    given = {
        "address": "paul", "right": "read", "scope": "inbox",
        "starts_on": today.isoformat(), "ends_on": (today + timedelta(days=2)).isoformat(),
    }  # fmt: skip
    answer = of(claire).post("/boites/delegation/confier/", given)
    assert answer.status_code == 422
    assert f'name="address" value="{address_of(paul)}"' in answer.content.decode()
    assert "n’est l’adresse d’aucun agent" not in answer.content.decode()
    assert Member.objects.count() == 0


def test_two_agents_of_one_name_are_told_apart_before_either_is_chosen(
    claire: Account, paul: Account, of: Of
) -> None:
    """A press lends the mailbox to that one: two buttons of the same words would leave it to chance."""
    other, today = account("paul2", state="pending", first_name="Paul", last_name="Obry"), paris_day(now())
    given = {
        "address": "paul", "right": "read", "scope": "inbox",
        "starts_on": today.isoformat(), "ends_on": (today + timedelta(days=2)).isoformat(),
    }  # fmt: skip
    page = of(claire).post("/boites/delegation/confier/", given).content.decode()
    for one in (paul, other):
        assert f'<span class="address">{address_of(one)}</span>' in page
    given["address"] = address_of(other)
    refused = of(claire).post("/boites/delegation/confier/", given).content.decode()
    assert "n’a pas encore activé son compte" in refused


def test_nobody_lends_or_ends_with_a_get(claire: Account, of: Of) -> None:
    assert of(claire).get("/boites/delegation/confier/").status_code == 405
    assert of(claire).get("/boites/delegation/1/terminer/").status_code == 405


def test_a_suspended_owner_lends_nothing(
    fenced: MemoryMailboxes, claire: Account, paul: Account, of: Of
) -> None:
    where = lend(of, claire, paul)
    Account.objects.filter(pk=claire.pk).update(state="suspended")
    assert of(paul).get(f"{where}messagerie/").status_code == 404


def test_a_lent_mailbox_is_proposed_to_nobody_who_writes(claire: Account, paul: Account, of: Of) -> None:
    lend(of, claire, paul)
    assert queries.search_boxes("boite de claire", limit=2) == ()
    assert queries.search_boxes("claire@ac-amiens.test", limit=2) == ()


def test_the_journal_names_the_colleague_by_their_account_and_the_owner_reads_the_name(
    claire: Account, paul: Account
) -> None:
    """Whoever leaves for good is not named for ever in somebody else's story."""
    today = paris_day(now())
    days = MembershipTerms(Right.READ, today, today + timedelta(days=9))
    delegate_mailbox(claire.pk, address_of(paul), days, inbox_only=False, by="test", now=now())
    line = Entry.objects.get(action="sharing.delegation-given")
    assert line.details["colleague"] == f"account:{paul.pk}"
    assert "Obry" not in str(line.details)
    assert "« Paul Obry »" in [one.more for one in activity_of(claire.pk)]


def told_apart() -> list[tuple[int, str]]:
    jobs = [row.args_kwargs["args"] for row in DBTaskResult.objects.all()]
    return [
        (event["account_id"], event["detail"])
        for handler, _, event, _ in jobs
        if handler.endswith("notify_owner") and event.get("act") == "delegation-apart"
    ]


def test_an_owner_who_leaves_the_school_is_told_once_of_the_delegation_that_goes_on(
    of: Of, claire: Account, paul: Account
) -> None:
    """The secretary of the school she had left read her mail for days, and nobody was told."""
    lend(of, claire, paul)
    changed = PeopleChanged([claire.person_id or 0])
    tell_delegations_apart(changed)
    assert told_apart() == [], "still together"
    here = Assignment.objects.get(person_id=claire.person_id)
    Assignment.objects.filter(pk=here.pk).update(ends_on=paris_day(now()))
    Member.objects.update(starts_at=now() - timedelta(days=3))
    later = now() + timedelta(days=1)
    sharing.tell_delegations_apart([claire.person_id or 0, paul.person_id or 0], now=later)
    sharing.tell_delegations_apart([paul.person_id or 0], now=later)
    end = paris_day(now()) + timedelta(days=20)
    assert told_apart() == [(claire.pk, f"Paul Obry, jusqu’au {end:%d/%m/%Y}")]


def test_a_delegation_to_another_school_is_no_news(of: Of, claire: Account, paul: Account) -> None:
    here = Assignment.objects.get(person_id=paul.person_id)
    there = Structure.objects.create(uai="0609965F", academy=here.structure.academy, name="Jules Verne")
    Assignment.objects.filter(pk=here.pk).update(structure=there)
    lend(of, claire, paul)
    tell_delegations_apart(PeopleChanged([claire.person_id or 0]))
    assert told_apart() == []


def test_the_composer_says_in_whose_name_one_writes(
    of: Of, claire: Account, paul: Account, fenced: MemoryMailboxes
) -> None:
    """« De » was not shown: it had one choice."""
    where = lend(of, claire, paul)
    written = f"{where}messagerie/ecrire/{new_key()}/"
    page = as_typed(of(paul).get(written).content.decode())
    assert "Vous écrivez au nom de Claire Magnier : votre nom n’apparaît pas." in page
    assert re.search(r'<div class="row" >\s*<label for="identity">De</label>', page)
    own = as_typed(of(claire).get(f"/messagerie/ecrire/{new_key()}/").content.decode())
    assert "Vous écrivez au nom de" not in own


def test_what_its_owner_labels_personal_is_hidden_too(
    of: Of, claire: Account, paul: Account, fenced: MemoryMailboxes
) -> None:
    """The ready-made label, or one of that name; renamed, it says something else."""
    where, box = lend(of, claire, paul), fenced.box("claire@ac-amiens.test")
    marked = {"Médecin": "$label3", "Banque": "perso", "Conseil": "$label2", "Cantine": ""}
    for subject, flag in marked.items():
        text = f"From: x@exemple.fr\r\nSubject: {subject}\r\nMessage-ID: <{subject}@x>\r\n\r\nBonjour"
        box.append("INBOX", text.encode(), (flag,) if flag else (), datetime(2026, 11, 24, tzinfo=UTC))

    def shown() -> set[str]:
        page = of(paul).get(f"{where}messagerie/").content.decode()
        return {subject for subject in marked if subject in page}

    assert shown() == {"Banque", "Conseil", "Cantine"}
    kept = [["perso", "Perso", "green"], ["$label3", "Classe verte", "green"]]
    rows = [{"keyword": keyword, "name": name, "colour": colour} for keyword, name, colour in kept]
    Account.objects.filter(pk=claire.pk).update(preferences={"labels": {"kept": rows}})
    assert shown() == {"Médecin", "Conseil", "Cantine"}
