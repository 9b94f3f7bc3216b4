"""« Ce n’était pas moi » takes back what other rooms did: transfers, filters, loans, copies."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.access.signin.people import PASSWORD, account, add_key

from vaguemestre.access.signin.links import alarm_link
from vaguemestre.access.signin.models import BrowserSession
from vaguemestre.access.signin.ports import revocations
from vaguemestre.access.signin.services import notify_owner
from vaguemestre.engines.memory.scripts import MemorySieve
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.compose.models import Identity
from vaguemestre.mailbox.compose.services import save_identity
from vaguemestre.mailbox.compose.values import IdentityFields, Writer
from vaguemestre.mailbox.portability.events import ExportWithdrawn
from vaguemestre.mailbox.portability.handlers import erase_withdrawn
from vaguemestre.mailbox.portability.models import Move
from vaguemestre.mailbox.portability.queries import stored_file
from vaguemestre.mailbox.portability.services import ask_export, resume_move
from vaguemestre.mailbox.sorting import queries as sorting
from vaguemestre.mailbox.sorting.services import (
    rewrite_script,
    save_expert,
    save_filter,
    switch_filter,
    tell_foreign_script,
)
from vaguemestre.mailbox.sorting.values import Aspect, Condition, Filter, Outcome, Relation
from vaguemestre.people.credentials.models import Account, OneTimeDevice
from vaguemestre.post.mailstore.values import MailLogin
from vaguemestre.schools.sharing.models import Member
from vaguemestre.schools.sharing.services import delegate_mailbox
from vaguemestre.schools.sharing.values import MembershipTerms, Right

pytestmark = pytest.mark.django_db

ALL = (Condition(Aspect.SUBJECT, Relation.CONTAINS, "paie"),)
AWAY = Filter("Paie", ALL, Outcome(forward_to="collegue@ac-amiens.test"))
GONE = Filter("Paie", ALL, Outcome(discards=True))


@pytest.fixture
def nicolas() -> Account:
    return account()


def told(act: str) -> list[dict[str, object]]:
    """What its owner is told of that act, as announced: in the inbox, and at the recovery contact."""
    rows = [row.args_kwargs["args"] for row in DBTaskResult.objects.order_by("enqueued_at")]
    kept = [(handler.rpartition(":")[2], fields) for handler, _, fields, _ in rows]
    owner = [fields for handler, fields in kept if handler == "notify_owner" and fields["act"] == act]
    contacts = [fields for handler, fields in kept if handler == "notify_contacts" and fields["act"] == act]
    assert len(owner) == len(contacts)
    return owner


def refused(act: str, which: str = "undo", by: Client | None = None) -> int:
    """Its owner follows the link of that notice."""
    one = told(act)[-1]
    link = alarm_link("", int(str(one["account_id"])), act, str(one["at"]), int(str(one["number"])))
    return (by or Client()).post(link, {which: "1"}).status_code


def save(who: Account, wanted: Filter) -> None:
    save_filter(who.pk, wanted, (), by=f"account:{who.pk}", now=timezone.now())


@pytest.mark.parametrize(("wanted", "act"), [(AWAY, "forward-set"), (GONE, "filter-deletes")])
def test_a_filter_that_sends_mail_on_or_away_is_switched_off(
    nicolas: Account, wanted: Filter, act: str
) -> None:
    save(nicolas, wanted)
    assert refused(act) == 200
    kept = sorting.filters_of(nicolas.pk)[0]
    assert (kept.name, kept.is_on) == ("Paie", False)
    assert refused(act) == 422  # nothing is left to undo
    switch_filter(nicolas.pk, kept.filter_id, is_on=True, by="x", now=timezone.now())
    assert len(told(act)) == 2


def test_an_ordinary_filter_is_nobodys_alarm(nicolas: Account) -> None:
    save_filter(nicolas.pk, Filter("Rangé", ALL, Outcome(move_to="A")), ("A",), by="x", now=timezone.now())
    assert told("forward-set") == told("filter-deletes") == []


def test_a_filter_is_switched_on_again_with_a_fresh_proof_only(client: Client, nicolas: Account) -> None:
    save(nicolas, AWAY)
    refused("forward-set")
    client.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    number = sorting.filters_of(nicolas.pk)[0].filter_id
    BrowserSession.objects.update(started_at=timezone.now() - timedelta(minutes=31))
    revocations.get().bump()
    answer = client.post(f"/parametres/filtres/{number}/activer")
    assert answer["Location"].startswith("/alogin?confirmer=1")
    assert not sorting.filters_of(nicolas.pk)[0].is_on


def test_what_was_written_by_hand_does_nothing_more_and_may_be_read(nicolas: Account) -> None:
    script = 'redirect :copy "collegue@ac-amiens.test";\n/* tout */ stop;\n'
    save_expert(nicolas.pk, script, MemorySieve(), by="x", now=timezone.now())
    assert refused("expert-saved") == 200
    kept = sorting.expert_script_of(nicolas.pk)
    assert kept == "".join(f"# {line}\n" for line in script.splitlines())
    assert refused("expert-saved") == 422


def test_a_script_that_a_program_put_there_is_told_and_runs_no_more(nicolas: Account) -> None:
    scripts = MemorySieve()
    with scripts(nicolas.mailbox) as opened:
        opened.put("pirate", "discard;\r\n")
        opened.activate("pirate")
    tell_foreign_script(nicolas.pk, scripts, now=timezone.now())
    assert [fields["detail"] for fields in told("script-by-program")] == ["« pirate »"]
    assert refused("script-by-program") == 200
    rewrite_script(nicolas.pk, scripts, scripts.put_house_script, lambda account_id: (), now=timezone.now())
    with scripts(nicolas.mailbox) as opened:
        assert opened.list_scripts().active == ""
    assert refused("script-by-program") == 422


def keep_identity(of: Account, number: int, reply_to: str) -> int:
    address = of.person.addresses.get().address
    writer = Writer(of.pk, "Nicolas Morel", address, MailLogin("nmorel@ac-amiens.test", "x"))
    fields = IdentityFields(address, "Nicolas Morel", reply_to)
    return save_identity(writer, number, fields, by="x", now=timezone.now())


def test_answers_asked_for_elsewhere_come_back(nicolas: Account) -> None:
    number = keep_identity(nicolas, 0, "pirate@ailleurs.example")
    assert [fields["detail"] for fields in told("reply-to-set")] == ["pirate@ailleurs.example"]
    keep_identity(nicolas, number, "pirate@ailleurs.example")
    keep_identity(nicolas, 0, "")
    keep_identity(nicolas, 0, "collegue@ac-amiens.test")
    assert len(told("reply-to-set")) == 1
    assert refused("reply-to-set") == 200
    assert Identity.objects.get(pk=number).reply_to == ""
    assert refused("reply-to-set") == 422


def test_answers_are_asked_for_elsewhere_with_a_fresh_proof_only(client: Client, nicolas: Account) -> None:
    client.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    BrowserSession.objects.update(started_at=timezone.now() - timedelta(minutes=31))
    revocations.get().bump()
    address = nicolas.person.addresses.get().address
    typed = {"address": address, "name": "Nicolas Morel", "reply_to": "pirate@ailleurs.example"}
    answer = client.post("/parametres/identites/nouvelle", typed)
    assert answer["Location"].startswith("/alogin?confirmer=1")
    assert not Identity.objects.exists()
    assert client.post("/parametres/identites/nouvelle", {**typed, "reply_to": ""}).status_code == 302
    assert Identity.objects.get().reply_to == ""


def lent(of: Account) -> None:
    colleague = account("paul", first_name="Paul", last_name="Obry")
    today = paris_day(timezone.now())
    wanted = MembershipTerms(Right.READ, today, today + timedelta(days=9))
    address = colleague.person.addresses.get().address
    delegate_mailbox(of.pk, address, wanted, inbox_only=False, by="x", now=timezone.now())


def test_a_mailbox_lent_is_taken_back(nicolas: Account) -> None:
    lent(nicolas)
    assert "Paul Obry" in str(told("delegation-given")[0]["detail"])
    assert refused("delegation-given") == 200
    assert Member.objects.get().ended_at


def copied(of: Account) -> Move:
    move = ask_export(of.pk, "ab" * 16, "x.zip", by=f"account:{of.pk}", now=timezone.now())
    settings.CONFIG.moves_dir.mkdir(parents=True, exist_ok=True)
    (settings.CONFIG.moves_dir / ("ab" * 16)).write_bytes(b"PK")
    Move.objects.filter(pk=move).update(state="done")
    return Move.objects.get(pk=move)


def test_a_copy_nobody_asked_for_is_erased_and_does_not_go_on(client: Client, nicolas: Account) -> None:
    move = copied(nicolas)
    client.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    assert stored_file(nicolas.pk, move.pk)
    assert refused("export-asked") == 200
    assert client.get(f"/parametres/courriers/{move.pk}/telecharger").status_code == 404
    erase_withdrawn(ExportWithdrawn(move.pk))
    assert not (settings.CONFIG.moves_dir / move.stored).exists()
    resume_move(nicolas.pk, move.pk)
    move.refresh_from_db()
    assert (move.state, move.trouble) == ("failed", "portability.withdrawn")


def test_the_pin_somebody_else_chose_makes_the_key_a_lost_one(nicolas: Account) -> None:
    owner = Client()
    owner.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    add_key(nicolas, "1984")
    notify_owner(nicolas.pk, "key-pin-chosen", now=timezone.now())
    assert refused("key-pin-chosen") == 302  # its owner signs in first
    assert refused("key-pin-chosen", by=owner) == 200
    assert OneTimeDevice.objects.get().lost_at


def test_closing_everything_takes_back_all_that_was_done_since(nicolas: Account) -> None:
    own = Filter("À moi", ALL, AWAY.outcome)
    long_ago = timezone.now() - timedelta(days=8)
    save_filter(nicolas.pk, own, (), by=f"account:{nicolas.pk}", now=long_ago)
    for _ in range(2):
        Client().post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    save(nicolas, AWAY)
    lent(nicolas)
    copied(nicolas)
    assert refused("new-browser", "lock") == 302
    assert {one.name: one.is_on for one in sorting.filters_of(nicolas.pk)} == {"À moi": True, "Paie": False}
    assert Member.objects.get().ended_at
    assert Move.objects.get().trouble == "portability.withdrawn"
