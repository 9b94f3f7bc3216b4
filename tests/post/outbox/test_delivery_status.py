"""What became of a message, by recipient: read once from the steps, and from reports nobody can forge."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from tests.access.signin.people import account
from tests.post.outbox.letters import NOON

from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.foundation.kernel.seals import voucher_value
from vaguemestre.people.directory.models import MailAddress
from vaguemestre.post.outbox import services
from vaguemestre.post.outbox.models import (
    KnownRecipient,
    LogCursor,
    OutboxMessage,
    RecipientStatus,
    SenderState,
    Submission,
)
from vaguemestre.post.outbox.services import delivery_status
from vaguemestre.post.outbox.values import DeliveryEvent, DeliveryState, HoldState, ReportPosition

pytestmark = pytest.mark.django_db
PARENT, TEACHER = "Parent@dehors.example", "prof@ac-amiens.test"
OFFICE, DETAILED = "secretariat@ac-amiens.test", "prof+sorties@AC-Amiens.test"
LATER = NOON + timedelta(minutes=5)


def submission(account_id: int, queue_id: str = "Q1", **changed: Any) -> Submission:
    given = {
        "message_id": f"<{queue_id}@ac-amiens.test>",
        "sender": "a@ac-amiens.test",
        "recipients": [PARENT, TEACHER],
        "counted": 2,
        "at": NOON,
    }
    return Submission.objects.create(account_id=account_id, queue_id=queue_id, **{**given, **changed})


def event(state: DeliveryState, recipient: str = PARENT, queue_id: str = "Q1") -> DeliveryEvent:
    return DeliveryEvent(queue_id, recipient, state, "2.0.0", "250 ok", LATER)


class Steps:
    """The steps of messages, numbered; `after` gives those that were not read yet."""

    def __init__(self, *events: DeliveryEvent) -> None:
        self.events = list(events)
        self.told: list[DeliveryEvent] = []

    def after(self, number: int) -> tuple[list[DeliveryEvent], int]:
        return self.events[number:], len(self.events)

    def listen(self, deliveries: Sequence[DeliveryEvent]) -> None:
        self.told.extend(deliveries)

    def read(self) -> int:
        return services.read_deliveries(self.after, on_deliveries=self.listen)


def states() -> dict[str, str]:
    return dict(RecipientStatus.objects.values_list("recipient", "state"))


def test_each_step_is_stored_once_and_the_last_of_a_recipient_is_its_state() -> None:
    submission(account().pk)
    steps = Steps(
        event(DeliveryState.DELAYED),
        event(DeliveryState.DELIVERED, TEACHER),
        event(DeliveryState.DELIVERED),
        event(DeliveryState.REFUSED, queue_id="OF-ANOTHER-ROOM"),
    )
    assert steps.read() == 2
    assert states() == {PARENT: "delivered", TEACHER: "delivered"}
    assert steps.read() == 0, "nothing is new"
    assert steps.told == steps.events, "whoever listens hears of every step, once"
    steps.events.append(event(DeliveryState.DELAYED))
    assert steps.read() == 0, "a delay told late changes nothing"
    steps.events.append(event(DeliveryState.REFUSED))
    assert steps.read() == 1
    assert states() == {PARENT: "refused", TEACHER: "delivered"}


def test_steps_that_could_not_be_stored_are_read_again() -> None:
    submission(account().pk)
    steps = Steps(event(DeliveryState.DELIVERED))

    def away(deliveries: Sequence[DeliveryEvent]) -> None:
        raise EngineDown("a listener")

    with pytest.raises(EngineDown):
        services.read_deliveries(steps.after, on_deliveries=away)
    assert (states(), LogCursor.objects.get().offset) == ({}, 0)
    assert services.read_deliveries(steps.after) == 1


def test_more_steps_than_one_query_takes_are_all_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery_status, "_EVENTS_PER_QUERY", 2)
    who = account().pk
    for number in range(5):
        submission(who, f"Q{number}")
    assert Steps(*(event(DeliveryState.DELIVERED, queue_id=f"Q{n}") for n in range(5))).read() == 5


def bounce(recipient: str, message_id: str = "<Q1@ac-amiens.test>", action: str = "failed") -> bytes:
    parts = [
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.dehors.example\n\n"
        f"Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: 5.1.1\n",
        f"Content-Type: text/rfc822-headers\n\nMessage-ID: {message_id}\n",
    ]
    body = "".join(f"--b\n{part}\n" for part in parts)
    return f"Content-Type: multipart/report; boundary=b\n\n{body}--b--\n".encode()


def receipt(reader: str, message_id: str = "<Q1@ac-amiens.test>") -> bytes:
    part = (
        f"Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; {reader}\n"
        f"Original-Message-ID: {message_id}\nDisposition: manual-action/MDN-sent-manually; displayed\n"
    )
    return f"Content-Type: multipart/report; boundary=b\n\n--b\n{part}\n--b--\n".encode()


class Inbox:
    """An inbox whose reports come in order; it remembers from where it was searched."""

    def __init__(self, *contents: bytes) -> None:
        self.contents = list(contents)
        self.positions: list[ReportPosition] = []

    def find(
        self, mailbox: str, session_key: str, position: ReportPosition
    ) -> tuple[list[bytes], ReportPosition]:
        self.positions.append(position)
        return self.contents[position.uid :], ReportPosition(7, len(self.contents))

    def collect(self, account_id: int) -> int:
        return services.collect_reports(account_id, "a@ac-amiens.test", "key", self.find, now=LATER)


def test_a_report_tells_the_state_of_its_recipient_and_is_read_once() -> None:
    who = account().pk
    submission(who)
    inbox = Inbox(ARRIVED + bounce(PARENT.upper()), b"Subject: Bonjour\n\nPas un rapport\n")
    assert inbox.collect(who) == 1
    row = RecipientStatus.objects.get()
    assert (row.recipient, row.state, row.status, row.at) == (PARENT, "refused", "5.1.1", LATER)
    assert inbox.collect(who) == 0
    assert inbox.positions == [ReportPosition(), ReportPosition(7, 2)]
    assert SenderState.objects.get().reports_at == LATER


def test_a_report_about_somebody_elses_message_or_recipient_says_nothing() -> None:
    who, other = account().pk, account("autre").pk
    submission(who)
    submission(other, "Q2")
    forged = (bounce(PARENT, "<Q2@ac-amiens.test>"), bounce("inconnu@dehors.example"), receipt("x@y.example"))
    assert Inbox(*forged).collect(who) == 0
    assert states() == {}


def test_a_receipt_from_another_address_is_that_of_the_only_recipient() -> None:
    who = account().pk
    submission(who, recipients=[PARENT])
    assert Inbox(bounce("ailleurs@dehors.example"), receipt("ailleurs@dehors.example")).collect(who) == 1
    assert states() == {PARENT: "read"}
    assert Inbox(bounce(PARENT)).collect(who) == 0, "what was read stays read"


STORED = b"""Received: from mail.ac-amiens.test by ac-amiens.test with LMTP id x (envelope-from <>)
\tfor <a@ac-amiens.test>; Wed, 25 Nov 2026 12:00:00 +0000
"""
WRITTEN = b"""Received: by mail.ac-amiens.test (Postfix)
\tid 4ABC; Wed, 25 Nov 2026 12:00:00 +0000
"""
SUBMITTED = b"""Received: from by (localhost [127.0.0.1]) by mail.ac-amiens.test (Postfix) with ESMTPSA
\tid 4ABD; Wed, 25 Nov 2026 12:00:00 +0000
"""
OWN, TAKEN = STORED + WRITTEN, STORED + SUBMITTED  # by Postfix's bounce service, and by whoever signs in
ARRIVED = STORED + b"Vaguemestre-Arrival: mx\n"


def submitted(author: str, sender: str = "") -> bytes:
    value = voucher_value("mail.ac-amiens.test", author, "7482", sender or author)
    return TAKEN + f"Authentication-Results: {value}\n".encode()


@pytest.mark.parametrize(
    ("report", "told"),
    [
        (OWN + bounce(TEACHER), True),
        (OWN + bounce(PARENT), True),
        (TAKEN + bounce(TEACHER), False),
        (TAKEN + bounce(PARENT), False),
        (TAKEN + WRITTEN + bounce(TEACHER), False),
        (WRITTEN + TAKEN + bounce(TEACHER), False),
        (bounce(TEACHER), False),
        (ARRIVED + bounce(TEACHER), False),
        (ARRIVED + WRITTEN + bounce(TEACHER), False),
        (ARRIVED + bounce(OFFICE), False),
        (ARRIVED + bounce(DETAILED), False),
        (submitted("carole@ac-amiens.test", f"carole+header.from={TEACHER}") + receipt(TEACHER), False),
        (ARRIVED + receipt(TEACHER), False),
        (ARRIVED + submitted(TEACHER) + receipt(TEACHER), False),
        (submitted("other@ac-amiens.test") + bounce(TEACHER), False),
        (submitted("other@ac-amiens.test") + receipt(TEACHER), False),
        (submitted("Prof@ac-amiens.test") + receipt(TEACHER), True),
        (submitted("prof@ac-amiens.test", "prof+a=b@ac-amiens.test") + receipt(TEACHER), True),
        (submitted("other@ac-amiens.test") + bounce(PARENT), False),
        (ARRIVED + bounce(PARENT), True),
    ],
)
def test_a_recipient_of_a_letter_to_several_tells_nothing_of_a_colleague(report: bytes, told: bool) -> None:
    who = account("a")
    MailAddress.objects.create(person_id=account("ada").person_id, address=TEACHER)
    submission(who.pk, recipients=[PARENT, TEACHER, OFFICE, DETAILED])
    assert Inbox(report).collect(who.pk) == told


def test_of_a_letter_to_one_whoever_knows_it_tells() -> None:
    who = account("a")
    submission(who.pk, recipients=[TEACHER])
    assert Inbox(submitted("alias@ac-amiens.test") + receipt("alias@ac-amiens.test")).collect(who.pk) == 1


def outgoing(account_id: int, key: str, state: str, **changed: Any) -> OutboxMessage:
    given = {"recipients": [PARENT], "content": b"", "due_at": NOON, "created_at": NOON}
    return OutboxMessage.objects.create(
        account_id=account_id,
        key=key,
        message_id=f"<{key}@x>",
        sender="a@b.fr",
        state=state,
        **{**given, **changed},
    )


def kept() -> set[str]:
    submissions = Submission.objects.values_list("queue_id", flat=True)
    return {*submissions, *OutboxMessage.objects.values_list("key", flat=True)}


def test_a_domain_is_forgotten_but_for_what_has_still_to_leave() -> None:
    who = account().pk
    submission(who, "to-it")
    submission(who, "held", hold=HoldState.HELD)
    submission(who, "to-another", recipients=[TEACHER])
    submission(who, "since", at=LATER)
    for key, state in (("sent", "filed"), ("waiting", "held")):
        outgoing(who, key, state)
    outgoing(who, "colleague", "filed", recipients=[TEACHER])
    services.forget_domain("DEHORS.example", now=LATER)
    assert kept() == {"held", "to-another", "since", "waiting", "colleague"}


def test_submissions_are_kept_for_their_days_and_held_ones_until_they_are_decided() -> None:
    who, old = account().pk, NOON - timedelta(days=31)
    submission(who, "old", at=old)
    submission(who, "old-held", at=old, hold=HoldState.HELD)
    submission(who, "recent")
    outgoing(who, "ended", "cancelled", due_at=old)
    outgoing(who, "queued", "queued", due_at=old)
    outgoing(who, "ended-lately", "filed")
    services.purge_submissions(30, now=NOON)
    assert kept() == {"old-held", "recent", "queued", "ended-lately"}


def test_nothing_stays_of_what_a_person_sent_and_nothing_of_another_goes() -> None:
    who, other = account().pk, account("autre").pk
    for owner, name in ((who, "mine"), (other, "theirs")):
        submission(owner, name)
        outgoing(owner, f"{name}-outgoing", "held")
        KnownRecipient.objects.create(account_id=owner, address=PARENT)
        SenderState.objects.create(account_id=owner)
    services.forget_person(who)
    assert kept() == {"theirs", "theirs-outgoing"}
    for table in (KnownRecipient, SenderState):
        assert [row.account_id for row in table.objects.all()] == [other]
