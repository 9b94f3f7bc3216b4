"""Messages put off come back on top at the time; answers that do not come are told."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.access.signin.people import account
from tests.engines.samples import letter
from tests.mailbox.webmail.conftest import browser_of, put, ref_text

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import PARIS, paris_day
from vaguemestre.mailbox.calendar.rules.holidays import ZONES, coming_holidays
from vaguemestre.mailbox.webmail.models import ReminderRow
from vaguemestre.mailbox.webmail.rules.listing.snooze import FOLDER, When, moment_of, snooze_choices
from vaguemestre.mailbox.webmail.services import snooze
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.mailstore.ports import QuotaReached
from vaguemestre.post.mailstore.values import Flag, MessageRef

PIECE = {"HX-Request": "true"}
WEDNESDAY = datetime(2026, 11, 25, 10, 30, tzinfo=PARIS)


def moments(now: datetime = WEDNESDAY, zone: str = "B") -> dict[str, str]:
    found = snooze_choices(now, coming_holidays(zone, paris_day(now), 1))
    return {one.when.value: f"{one.moment.astimezone(PARIS):%d/%m/%Y %H:%M}" for one in found}


def test_moments_are_those_of_a_school() -> None:
    assert moments() == {
        "ce-soir": "25/11/2026 18:00",
        "demain": "26/11/2026 08:00",
        "lundi": "30/11/2026 08:00",
        "semaine": "02/12/2026 08:00",
        "rentree": "04/01/2027 08:00",
    }
    during = datetime(2027, 2, 10, 18, 30, tzinfo=PARIS)
    assert moments(during, "C")["rentree"] == "22/02/2027 08:00"
    assert moments(during, "A")["rentree"] == "01/03/2027 08:00"
    assert "ce-soir" not in moments(during)
    assert "rentree" not in moments(zone="")
    sunday = datetime(2026, 11, 29, 9, tzinfo=PARIS)
    assert "lundi" not in moments(sunday)  # it is tomorrow
    monday = moments(datetime(2026, 11, 30, 9, tzinfo=PARIS))
    assert len(set(monday.values())) == len(monday), "no moment is offered twice"


@given(st.datetimes(datetime(2025, 9, 1), datetime(2027, 8, 1)), st.sampled_from(ZONES))
def test_every_moment_is_to_come_and_in_the_morning_of_lessons(naive: datetime, zone: str) -> None:
    now = naive.replace(tzinfo=PARIS)
    found = snooze_choices(now, coming_holidays(zone, paris_day(now), 1))
    assert all(one.moment > now for one in found)
    for one in found:
        if one.when is When.LESSONS:
            day = paris_day(one.moment)
            assert day.weekday() < 5
            assert not any(
                h.starts_on <= day <= h.ends_on for h in coming_holidays(zone, date(2025, 1, 1), 99)
            )


def test_a_day_is_typed_and_must_be_to_come() -> None:
    assert moment_of("date", "01/12/2026", WEDNESDAY, ()) == datetime(2026, 12, 1, 8, tzinfo=PARIS)
    for when, typed, code in (
        ("date", "24/11/2026", "webmail.reminder-past"),
        ("date", "01/12/2036", "webmail.reminder-far"),
        ("date", "demain", "webmail.unreadable-day"),
        ("rentree", "", "webmail.unreadable-day"),
    ):
        with pytest.raises(Refusal) as refused:
            moment_of(when, typed, WEDNESDAY, ())
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("typed", "hour", "minute"),
    [("14 h 30", 14, 30), ("9h", 9, 0), ("08:05", 8, 5), (" 17 ", 17, 0), ("", 8, 0)],
)
def test_an_hour_is_typed_as_people_write_it(typed: str, hour: int, minute: int) -> None:
    moment = moment_of("date", "01/12/2026", WEDNESDAY, (), hour=typed)
    assert moment == datetime(2026, 12, 1, hour, minute, tzinfo=PARIS)


@pytest.mark.parametrize("typed", ["midi", "25 h", "8 h 75", "8 h 5", "1230"])
def test_an_hour_that_cannot_be_read_is_refused(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        moment_of("date", "01/12/2026", WEDNESDAY, (), hour=typed)
    assert refused.value.code == "webmail.unreadable-hour"


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.django_db(transaction=True)
class TestPutOff:
    def test_it_leaves_and_comes_back_on_top_unread(
        self, reader: Client, box: MemoryMailbox, boxes: MemoryMailboxes, nicolas: Account
    ) -> None:
        old = put(box, letter("À relire", Message_ID="<1@x.test>"), flags=("\\Seen", "$label1"), minutes=-900)
        put(box, subject="Entre-temps")
        sent = {"ref": ref_text(old), "when": "demain"}
        told = reader.post("/messagerie/suivi/reporter/", sent, headers=PIECE)
        (number,) = told.json()["reminders"]
        assert "À relire" not in reader.get("/messagerie/INBOX/lignes/").content.decode()
        page = reader.get("/messagerie/suivi/").content.decode()
        assert "À relire" in page
        assert "Revient" in page
        row = ReminderRow.objects.get(pk=number)
        snooze.run_reminder(row.pk, boxes, now=now())  # not yet
        assert box.page(FOLDER, 0, 1).total == 1
        snooze.run_reminder(row.pk, boxes, now=row.due_at)
        snooze.run_reminder(row.pk, boxes, now=row.due_at)
        first, second = box.page("INBOX", 0, 50).rows
        assert (first.summary.subject, second.summary.subject) == ("À relire", "Entre-temps")
        assert first.flags == {"$label1", Flag.REMINDED}
        assert box.page(FOLDER, 0, 1).total == 0
        assert "rappel" in reader.get("/messagerie/INBOX/lignes/").content.decode()

    def test_a_try_cut_short_brings_it_back_once(
        self, box: MemoryMailbox, boxes: MemoryMailboxes, nicolas: Account, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ref = put(box, letter("Une fois", Message_ID="<1@x.test>"))
        (number,) = snooze.snooze_messages(box, nicolas.pk, [ref], now() + timedelta(hours=1), now=now())
        due = now() + timedelta(hours=2)
        with monkeypatch.context() as cut:

            def killed(*_: object) -> None:
                raise KeyboardInterrupt

            cut.setattr(box, "expunge", killed)
            with pytest.raises(KeyboardInterrupt):
                snooze.run_reminder(number, boxes, now=due)
        snooze.run_reminder(number, boxes, now=due)
        assert box.page("INBOX", 0, 1).total == 1
        assert box.page(FOLDER, 0, 1).total == 0

    def test_killed_right_after_the_move_none_waits_without_a_date(
        self, box: MemoryMailbox, boxes: MemoryMailboxes, nicolas: Account, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ref = put(box, letter("Sans date ?", Message_ID="<1@x.test>"))
        move = box.move
        with monkeypatch.context() as cut:

            def killed(refs: list[MessageRef], to: str) -> None:
                move(refs, to)
                raise KeyboardInterrupt

            cut.setattr(box, "move", killed)
            with pytest.raises(KeyboardInterrupt):
                snooze.snooze_messages(box, nicolas.pk, [ref], now() + timedelta(hours=1), now=now())
        assert box.page(FOLDER, 0, 1).total == 1
        row = ReminderRow.objects.get()
        snooze.run_reminder(row.pk, boxes, now=row.due_at)
        assert box.page(FOLDER, 0, 1).total == 0
        assert box.page("INBOX", 0, 1).rows[0].flags == {Flag.REMINDED}

    def test_killed_before_the_move_it_stays_where_it_is(
        self, box: MemoryMailbox, boxes: MemoryMailboxes, nicolas: Account, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ref = put(box, letter("Jamais partie", Message_ID="<1@x.test>"), flags=("\\Seen",))
        with monkeypatch.context() as cut:

            def killed(*_: object) -> None:
                raise KeyboardInterrupt

            cut.setattr(box, "move", killed)
            with pytest.raises(KeyboardInterrupt):
                snooze.snooze_messages(box, nicolas.pk, [ref], now() + timedelta(hours=1), now=now())
        row = ReminderRow.objects.get()
        snooze.run_reminder(row.pk, boxes, now=row.due_at)
        assert box.page("INBOX", 0, 1).rows[0].flags == {"\\Seen"}
        assert not ReminderRow.objects.exists()

    def test_a_full_box_gives_the_message_itself_back(
        self, box: MemoryMailbox, boxes: MemoryMailboxes, nicolas: Account, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ref = put(box)
        (number,) = snooze.snooze_messages(box, nicolas.pk, [ref], now() + timedelta(hours=1), now=now())

        def full(*_: object) -> None:
            raise QuotaReached("mailstore.quota-reached")

        monkeypatch.setattr(box, "append", full)
        snooze.run_reminder(number, boxes, now=now() + timedelta(hours=2))
        (row,) = box.page("INBOX", 0, 50).rows
        assert Flag.REMINDED in row.flags

    def test_one_dealt_with_elsewhere_does_not_come_back(
        self, box: MemoryMailbox, boxes: MemoryMailboxes, nicolas: Account
    ) -> None:
        ref = put(box)
        (number,) = snooze.snooze_messages(box, nicolas.pk, [ref], now() + timedelta(hours=1), now=now())
        box.move([box.page(FOLDER, 0, 1).rows[0].ref], "Trash")
        snooze.run_reminder(number, boxes, now=now() + timedelta(hours=2))
        assert box.page("INBOX", 0, 1).total == 0
        assert not ReminderRow.objects.exists()

    def test_put_off_again_it_keeps_one_reminder_and_its_home(
        self, box: MemoryMailbox, boxes: MemoryMailboxes, nicolas: Account
    ) -> None:
        box.make_folder("4e B")
        ref = put(box, folder="4e B")
        snooze.snooze_messages(box, nicolas.pk, [ref], now() + timedelta(hours=1), now=now())
        waiting = box.page(FOLDER, 0, 1).rows[0].ref
        (number,) = snooze.snooze_messages(box, nicolas.pk, [waiting], now() + timedelta(days=1), now=now())
        assert ReminderRow.objects.count() == 1
        snooze.cancel_reminder(nicolas.pk, number, boxes, now=now())
        assert box.page("4e B", 0, 1).total == 1

    def test_nobody_touches_the_reminders_of_another(
        self, reader: Client, box: MemoryMailbox, nicolas: Account
    ) -> None:
        (number,) = snooze.snooze_messages(box, nicolas.pk, [put(box)], now() + timedelta(hours=1), now=now())
        other = browser_of(account("mdurand"))
        assert "Sortie" not in other.get("/messagerie/suivi/").content.decode()
        assert other.post("/messagerie/suivi/annuler/", {"reminder": number}).status_code == 422
        assert ReminderRow.objects.count() == 1
        assert reader.get("/messagerie/suivi/annuler/").status_code == 405
        assert reader.post("/messagerie/suivi/annuler/", {"reminder": "x"}).status_code == 404


@pytest.mark.django_db(transaction=True)
class TestAnswers:
    def sent(self, box: MemoryMailbox, who: Account) -> str:
        letter_ = letter("Devis du car", From=f"Nicolas <{who.mailbox}>", Message_ID="<devis@ac-amiens.test>")
        return ref_text(put(box, letter_, folder="Sent", flags=("\\Seen",), minutes=-60))

    def test_no_answer_is_told_and_can_be_seen_to(
        self, reader: Client, box: MemoryMailbox, boxes: MemoryMailboxes, nicolas: Account
    ) -> None:
        asked = {"ref": self.sent(box, nicolas), "when": "semaine"}
        told = reader.post("/messagerie/suivi/attendre/", asked, headers=PIECE).json()
        row = ReminderRow.objects.get(pk=told["reminders"][0])
        assert "sans réponse" not in reader.get("/messagerie/").content.decode()
        snooze.run_reminder(row.pk, boxes, now=row.due_at)
        assert "1 courriel envoyé sans réponse" in reader.get("/messagerie/").content.decode()
        assert "Personne n’a répondu" in reader.get("/messagerie/suivi/").content.decode()
        assert "Sans réponse" in reader.get("/messagerie/Sent/lignes/").content.decode()
        reader.post("/messagerie/suivi/annuler/", {"reminder": row.pk})
        assert box.page("Sent", 0, 1).rows[0].flags == {"\\Seen"}

    def test_an_answer_ends_the_wait(
        self, reader: Client, box: MemoryMailbox, boxes: MemoryMailboxes, nicolas: Account
    ) -> None:
        asked = {"ref": self.sent(box, nicolas), "when": "demain"}
        told = reader.post("/messagerie/suivi/attendre/", asked, headers=PIECE).json()
        put(box, letter("Re: Devis du car", In_Reply_To="<devis@ac-amiens.test>", Message_ID="<2@x.test>"))
        row = ReminderRow.objects.get(pk=told["reminders"][0])
        snooze.run_reminder(row.pk, boxes, now=row.due_at)
        assert not ReminderRow.objects.exists()

    @pytest.mark.parametrize(
        "automatic",
        [
            {"Auto_Submitted": "auto-replied (vacation)"},  # RFC 3834 §5
            {"Auto_Submitted": "Auto-Generated; owner-email=x@x.test"},
            {"From": "Mail Delivery System <MAILER-DAEMON@x.test>"},
            {"Content_Type": "multipart/report; report-type=delivery-status; boundary=b"},
        ],
    )
    def test_what_a_program_answers_leaves_the_wait(
        self,
        reader: Client,
        box: MemoryMailbox,
        boxes: MemoryMailboxes,
        nicolas: Account,
        automatic: dict[str, str],
    ) -> None:
        asked = {"ref": self.sent(box, nicolas), "when": "demain"}
        told = reader.post("/messagerie/suivi/attendre/", asked, headers=PIECE).json()
        kind = automatic.pop("Content_Type", "")
        named = {"In_Reply_To": "<devis@ac-amiens.test>", "Message_ID": "<2@x.test>", **automatic}
        content = letter("Absente", **named)
        if kind:
            content = content.replace(b'text/plain; charset="utf-8"', kind.encode())
        put(box, content)
        row = ReminderRow.objects.get(pk=told["reminders"][0])
        snooze.run_reminder(row.pk, boxes, now=row.due_at)
        assert ReminderRow.objects.get().is_over
        assert "1 courriel envoyé sans réponse" in reader.get("/messagerie/").content.decode()

    def test_an_answer_that_says_a_person_wrote_it_ends_the_wait(
        self, reader: Client, box: MemoryMailbox, boxes: MemoryMailboxes, nicolas: Account
    ) -> None:
        asked = {"ref": self.sent(box, nicolas), "when": "demain"}
        told = reader.post("/messagerie/suivi/attendre/", asked, headers=PIECE).json()
        named = {"In_Reply_To": "<devis@ac-amiens.test>", "Message_ID": "<2@x.test>"}
        put(box, letter("Re: Devis du car", Auto_Submitted="no", **named))
        row = ReminderRow.objects.get(pk=told["reminders"][0])
        snooze.run_reminder(row.pk, boxes, now=row.due_at)
        assert not ReminderRow.objects.exists()

    def test_an_answer_is_awaited_to_what_one_sent_alone(self, reader: Client, box: MemoryMailbox) -> None:
        answer = reader.post(
            "/messagerie/suivi/attendre/", {"ref": ref_text(put(box)), "when": "demain"}, headers=PIECE
        )
        assert answer.status_code == 422
        assert "envoyé" in answer.content.decode()
