"""Acts on whole folders: carried out little by little, undone, stopped; never somebody else's."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult
from hypothesis import given
from hypothesis import strategies as st
from tests.access.signin.people import account
from tests.engines.samples import letter
from tests.mailbox.webmail.conftest import browser_of, put, ref_text

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.foundation.kernel.errors import EngineDown, Refusal
from vaguemestre.mailbox.webmail.models import BulkRow, ReminderRow
from vaguemestre.mailbox.webmail.rules.listing import snooze as reminders
from vaguemestre.mailbox.webmail.rules.listing.snooze import FOLDER
from vaguemestre.mailbox.webmail.rules.listing.spans import format_spans, parse_spans
from vaguemestre.mailbox.webmail.rules.listing.view_params import PLAIN
from vaguemestre.mailbox.webmail.services import bulks, snooze
from vaguemestre.mailbox.webmail.values import Action, ReminderKind
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.mailstore.ports import QuotaReached
from vaguemestre.post.mailstore.values import Flag, MailLogin

pytestmark = pytest.mark.heavy

PIECE = {"HX-Request": "true"}


def now() -> datetime:
    return datetime.now(UTC)


@given(st.sets(st.integers(1, 4_000_000_000), max_size=200) | st.sets(st.integers(1, 300)))
def test_very_many_uids_in_few_characters(found: set[int]) -> None:
    assert parse_spans(format_spans(found)) == sorted(found)


@pytest.fixture
def full(box: MemoryMailbox) -> MemoryMailbox:
    for number in range(1, 1_101):
        put(box, letter(f"Numéro {number}"), flags=("\\Seen",) if number % 2 else ())
    return box


def start(box: MemoryMailbox, who: Account, act: Action, **more: str) -> BulkRow:
    return bulks.start_bulk(box, who.pk, act, "INBOX", PLAIN, now=now(), **more)


@pytest.mark.django_db(transaction=True)
class TestBulks:
    def test_everything_is_moved_and_brought_back(
        self, full: MemoryMailbox, nicolas: Account, boxes: MemoryMailboxes
    ) -> None:
        row = start(full, nicolas, Action.ARCHIVE)
        assert (row.total, row.done, row.state) == (1_100, 0, "running")
        bulks.run_bulk(row.pk, boxes, now=now())
        row.refresh_from_db()
        assert (row.done, row.state) == (1_100, "done")
        assert full.page("Archive", 0, 1).total == 1_100
        bulks.run_bulk(row.pk, boxes, now=now())
        back = bulks.undo_bulk(nicolas.pk, row.pk, now=now())
        bulks.run_bulk(back.pk, boxes, now=now())
        assert full.page("INBOX", 0, 1).total == 1_100
        with pytest.raises(Refusal, match="bulk-over"):
            bulks.undo_bulk(nicolas.pk, row.pk, now=now())

    def test_read_marks_only_what_was_unread_and_gives_it_back(
        self, full: MemoryMailbox, nicolas: Account, boxes: MemoryMailboxes
    ) -> None:
        row = start(full, nicolas, Action.READ)
        assert row.total == 550
        bulks.run_bulk(row.pk, boxes, now=now())
        assert full.page("INBOX", 0, 1).unread == 0
        back = bulks.undo_bulk(nicolas.pk, row.pk, now=now())
        bulks.run_bulk(back.pk, boxes, now=now())
        assert full.page("INBOX", 0, 1).unread == 550

    def test_everything_is_put_off_until_a_moment_and_brought_back_as_it_was(
        self, full: MemoryMailbox, nicolas: Account, boxes: MemoryMailboxes
    ) -> None:
        until = now() + timedelta(days=1)
        row = start(full, nicolas, Action.SNOOZE, to=until.isoformat())
        while row.state == "running":
            bulks.run_bulk(row.pk, boxes, now=now())
            row.refresh_from_db()
        assert (row.done, row.state) == (1_100, "done")
        assert [full.page(one, 0, 1).total for one in ("INBOX", FOLDER)] == [0, 1_100]
        waiting = ReminderRow.objects.filter(account=nicolas, kind=ReminderKind.SNOOZE)
        assert set(waiting.values_list("due_at", "home")) == {(until, "INBOX")}
        assert not DBTaskResult.objects.filter(queue_name="default").exists()  # nobody else waits for these
        snooze.run_reminder(waiting[0].pk, boxes, now=until)  # one is brought back by its hour meanwhile
        back = bulks.undo_bulk(nicolas.pk, row.pk, now=now())
        while back.state == "running":
            bulks.run_bulk(back.pk, boxes, now=now())
            back.refresh_from_db()
        assert [full.page(one, 0, 1).total for one in ("INBOX", FOLDER)] == [1_100, 0]
        assert not waiting.exists()

    def test_they_come_back_together_at_their_moment_a_while_at_a_time(
        self, box: MemoryMailbox, nicolas: Account, boxes: MemoryMailboxes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(12):
            put(box, letter(f"Numéro {number}"), minutes=number)
        until = now() + timedelta(days=1)
        row = start(box, nicolas, Action.SNOOZE, to=until.isoformat())
        bulks.run_bulk(row.pk, boxes, now=now())
        snooze.run_due_reminders(nicolas.pk, boxes, now=until - timedelta(seconds=1))
        assert box.page("INBOX", 0, 1).total == 0
        before = DBTaskResult.objects.count()
        monkeypatch.setattr(snooze, "_RUN_SECONDS", -1.0)
        snooze.run_due_reminders(nicolas.pk, boxes, now=until)
        assert DBTaskResult.objects.count() == before + 1  # the rest is for another job
        monkeypatch.undo()
        snooze.run_due_reminders(nicolas.pk, boxes, now=until)
        assert [box.page(one, 0, 1).total for one in ("INBOX", FOLDER)] == [12, 0]
        assert not ReminderRow.objects.exists()

    def test_what_was_put_off_before_the_undo_was_asked_comes_back_too(
        self, full: MemoryMailbox, nicolas: Account, boxes: MemoryMailboxes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = start(full, nicolas, Action.SNOOZE, to=(now() + timedelta(days=1)).isoformat())
        monkeypatch.setattr(bulks, "_RUN_SECONDS", 0.0)
        with boxes(MailLogin(nicolas.mailbox)) as box:
            assert bulks._run_batch(box, row.pk, now())
        assert full.page(FOLDER, 0, 1).total == reminders.MAX_MESSAGES
        back = bulks.undo_bulk(nicolas.pk, row.pk, now=now())
        monkeypatch.undo()
        bulks.run_bulk(row.pk, boxes, now=now())
        bulks.run_bulk(back.pk, boxes, now=now())
        assert [full.page(one, 0, 1).total for one in ("INBOX", FOLDER)] == [1_100, 0]
        assert not ReminderRow.objects.filter(account=nicolas).exists()

    @pytest.mark.parametrize(
        ("act", "mark", "before", "after"),
        [
            (Action.UNREAD, "", "\\Seen", False),
            (Action.FLAG, "", "\\Flagged", True),
            (Action.LABEL, "conseils", "conseils", True),
        ],
    )
    def test_a_mark_is_put_on_all_and_taken_back_from_those_alone(
        self,
        box: MemoryMailbox,
        nicolas: Account,
        boxes: MemoryMailboxes,
        act: Action,
        mark: str,
        before: str,
        after: bool,
    ) -> None:
        refs = [put(box, letter(f"Numéro {number}")) for number in range(6)]
        box.flag(refs[:4], (before,), ())

        def marked() -> set[int]:
            return {row.ref.uid for row in box.page("INBOX", 0, 50).rows if before in row.flags}

        first = marked()
        row = start(box, nicolas, act, to=mark)
        bulks.run_bulk(row.pk, boxes, now=now())
        assert marked() == ({ref.uid for ref in refs} if after else set())
        back = bulks.undo_bulk(nicolas.pk, row.pk, now=now())
        assert back.total == (2 if after else 4)
        bulks.run_bulk(back.pk, boxes, now=now())
        assert marked() == first

    def test_undone_half_way_everything_comes_back(
        self, full: MemoryMailbox, nicolas: Account, boxes: MemoryMailboxes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = start(full, nicolas, Action.ARCHIVE)
        moves: list[int] = []
        move, back = full.move, []

        def hurried(refs: object, to: str) -> object:
            moves.append(1)
            if len(moves) == 2:  # the second go is on its way when the person takes it back
                back.append(bulks.undo_bulk(nicolas.pk, row.pk, now=now()))
            return move(refs, to)  # type: ignore[arg-type]

        monkeypatch.setattr(full, "move", hurried)
        bulks.run_bulk(row.pk, boxes, now=now())
        bulks.run_bulk(back[0].pk, boxes, now=now())
        assert full.page("INBOX", 0, 1).total == 1_100
        back[0].refresh_from_db()
        assert (back[0].state, back[0].total) == ("done", 1_000)

    def test_one_at_a_time(self, full: MemoryMailbox, nicolas: Account) -> None:
        start(full, nicolas, Action.ARCHIVE)
        with pytest.raises(Refusal, match="bulk-running"):
            start(full, nicolas, Action.DELETE)

    def test_what_is_final_waits_and_may_be_stopped(
        self, box: MemoryMailbox, nicolas: Account, boxes: MemoryMailboxes
    ) -> None:
        put(box, folder="Trash")
        row = bulks.start_bulk(box, nicolas.pk, Action.DELETE, "Trash", PLAIN, now=now())
        assert row.is_final
        assert row.due_at > now()
        bulks.undo_bulk(nicolas.pk, row.pk, now=now())
        bulks.run_bulk(row.pk, boxes, now=now())
        assert box.page("Trash", 0, 1).total == 1

    def test_a_full_box_stops_it_with_its_reason(
        self, full: MemoryMailbox, nicolas: Account, boxes: MemoryMailboxes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = start(full, nicolas, Action.ARCHIVE)
        seen: list[int] = []
        move = full.move

        def narrow(refs: object, to: str) -> object:
            seen.append(1)
            if len(seen) > 1:
                raise QuotaReached("mailstore.quota-reached")
            return move(refs, to)  # type: ignore[arg-type]

        monkeypatch.setattr(full, "move", narrow)
        bulks.run_bulk(row.pk, boxes, now=now())
        row.refresh_from_db()
        assert (row.state, row.done, row.reason) == ("failed", 500, "mailstore.quota-reached")
        monkeypatch.setattr(full, "move", move)
        back = bulks.undo_bulk(nicolas.pk, row.pk, now=now())
        bulks.run_bulk(back.pk, boxes, now=now())
        assert full.page("INBOX", 0, 1).total == 1_100

    def test_an_absent_engine_is_for_later(self, full: MemoryMailbox, nicolas: Account) -> None:
        row = start(full, nicolas, Action.ARCHIVE)

        def away(_: object) -> None:
            raise EngineDown("imap")

        with pytest.raises(EngineDown):
            bulks.run_bulk(row.pk, MemoryMailboxes(away), now=now())
        row.refresh_from_db()
        assert row.state == "running"

    def test_it_is_asked_told_and_undone_by_its_owner_alone(
        self, full: MemoryMailbox, nicolas: Account, boxes: MemoryMailboxes
    ) -> None:
        reader, other = browser_of(nicolas), browser_of(account("mdurand"))
        fields = {"act": "archive", "folder": "INBOX", "seul": "non-lus"}
        told = json.loads(reader.post("/messagerie/lots/", fields, headers=PIECE).content)
        assert (told["total"], told["state"]) == (550, "running")
        place = f"/messagerie/lots/{told['id']}/"
        assert json.loads(reader.get(place).content)["total"] == 550
        assert other.get(place).status_code == 422
        assert other.post(f"{place}annuler/").status_code == 422
        bulks.run_bulk(told["id"], boxes, now=now())
        assert json.loads(reader.get(place).content)["state"] == "done"
        back = json.loads(reader.post(f"{place}annuler/").content)
        assert (back["total"], back["act"]) == (550, "put-back")  # brought back, nobody moved anything
        assert reader.post("/messagerie/lots/", {**fields, "act": "mute"}).status_code == 404


def test_a_whole_folder_takes_a_label_but_no_mark_of_programs(reader: Client, box: MemoryMailbox) -> None:
    put(box)
    fields = {"act": "label", "folder": "INBOX"}
    assert reader.post("/messagerie/lots/", {**fields, "mark": "\\Deleted"}).status_code == 422
    told = reader.post("/messagerie/lots/", {**fields, "mark": "conseils"}, headers=PIECE)
    assert json.loads(told.content)["total"] == 1


def test_a_whole_folder_is_put_off_to_a_moment_that_is_to_come(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box)
    fields = {"act": "put-off", "folder": "INBOX"}
    for wrong in ({}, {"when": "date", "day": "01/01/2020"}, {"when": "jamais"}):
        assert reader.post("/messagerie/lots/", {**fields, **wrong}).status_code == 422
    told = reader.post("/messagerie/lots/", {**fields, "when": "demain"}, headers=PIECE)
    assert (json.loads(told.content)["total"], json.loads(told.content)["act"]) == (1, "put-off")
    for act in ("put-off", "put-back"):  # asked of what is shown, they have an address of their own
        assert reader.post(f"/messagerie/actes/{act}/", {"ref": ref_text(ref)}).status_code == 404
    assert reader.post("/messagerie/lots/", {**fields, "act": "put-back"}).status_code == 404


def test_choices_are_kept_and_nonsense_is_refused(reader: Client, box: MemoryMailbox) -> None:
    put(box, flags=(Flag.SEEN,))
    assert reader.post("/messagerie/choix/", {"density": "serre"}, headers=PIECE).status_code == 204
    assert reader.post("/messagerie/choix/", {"marks_read": "non"}).status_code == 302
    page = reader.get("/messagerie/").content.decode()
    assert 'data-density="serre"' in page
    assert 'data-marks-read="non"' in page
    assert reader.post("/messagerie/choix/", {"density": "rose"}).status_code == 422


def test_special_folders_are_not_for_changing(reader: Client, box: MemoryMailbox) -> None:
    for what in ("renommer", "deplacer", "supprimer"):
        fields = {"folder": "Sent", "name": "Partis", "parent": "Archive"}
        assert reader.post(f"/messagerie/dossiers/{what}/", fields).status_code == 422
    box.make_folder("Classes")
    box.make_folder("Classes/6e")
    fields = {"folder": "Classes", "parent": "Classes~2F6e"}
    assert reader.post("/messagerie/dossiers/deplacer/", fields).status_code == 422
    assert reader.post("/messagerie/dossiers/creer/", {"name": "../x"}).status_code == 422
    assert reader.post("/messagerie/dossiers/autre/", {}).status_code == 404


DELETE = "/messagerie/dossiers/supprimer/"


def names(box: MemoryMailbox) -> set[str]:
    return {folder.name for folder in box.folders()}


def question(reader: Client, folder: str, mark: str = "") -> dict[str, str]:
    answer = reader.post(DELETE, {"folder": folder, "confirm": mark}, headers=PIECE)
    return dict(answer.json().get("question", {}))


def test_deleting_a_folder_says_first_what_it_holds_and_where_it_goes(
    reader: Client, box: MemoryMailbox
) -> None:
    for name in ("Classes", "Classes/6e", "Classes/6e/Notes", "Classes de mer"):
        box.make_folder(name)
    put(box, folder="Classes")
    put(box, folder="Classes/6e/Notes")
    put(box, folder="Classes de mer")
    shown = question(reader, "Classes")
    assert shown["title"] == "Mettre « Classes » à la corbeille ?"
    assert "Avec ses 2 sous-dossiers, il contient 2 courriels." in shown["text"]
    assert "Il ira dans la corbeille" in shown["text"]
    assert "Trash/Classes" not in names(box)
    done = reader.post(DELETE, {"folder": "Classes", "confirm": shown["mark"]}, headers=PIECE)
    assert done.json() == {"folder": "Trash~2FClasses"}
    assert {"Trash/Classes", "Trash/Classes/6e/Notes", "Classes de mer"} <= names(box)

    shown = question(reader, "Trash~2FClasses")
    assert shown["title"] == "Supprimer « Classes » ?"
    assert "Pendant 30 jours, « Messages supprimés » rendra ses courriels" in shown["text"]
    put(box, folder="Trash/Classes")  # what was confirmed is not what is there any more
    again = question(reader, "Trash~2FClasses", shown["mark"])
    assert again["text"].startswith("Quelque chose a changé")
    assert "il contient 3 courriels" in again["text"]
    assert "Trash/Classes" in names(box)
    assert question(reader, "Trash~2FClasses", again["mark"]) == {}
    assert not {name for name in names(box) if name.startswith("Trash/")}


def test_a_letter_that_arrives_does_not_put_off_a_deletion_that_can_be_undone(
    reader: Client, box: MemoryMailbox
) -> None:
    box.make_folder("Projets")
    shown = question(reader, "Projets")
    assert shown["text"].startswith("Il est vide.")
    put(box, folder="Projets")
    assert question(reader, "Projets", shown["mark"]) == {}
    assert "Trash/Projets" in names(box)


def test_deleting_a_folder_without_script_goes_by_a_page(reader: Client, box: MemoryMailbox) -> None:
    box.make_folder("Projets")
    page = reader.post(DELETE, {"folder": "Projets"})
    assert "Mettre « Projets » à la corbeille ?" in page.content.decode()
    assert "Projets" in names(box)
    done = reader.post(DELETE, {"folder": "Projets", "confirm": page.context["confirmation"].mark})
    assert (done.status_code, "Trash/Projets" in names(box)) == (302, True)
    assert reader.post(DELETE, {"folder": "Sent"}).status_code == 422
    assert reader.post(DELETE, {"folder": "Rien"}, headers=PIECE).status_code != 200
