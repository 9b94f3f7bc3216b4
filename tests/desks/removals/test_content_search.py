"""Mailboxes that have a link, a file or a subject: known by marks of messages, without a look into any."""

import hashlib
from datetime import timedelta

import pytest
from tests.access.signin.people import account
from tests.desks.removals.samples import KEY, NOON, Letter, arrival, told, work
from tests.desks.removals.test_services import BY, FORGED, boxes, campaign, counted, order

from vaguemestre.desks.removals import services
from vaguemestre.desks.removals.values import Criteria
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.post.redirects.rules.listed_names import name_of_line
from vaguemestre.post.trace.rules.marks import file_mark, link_mark, subject_mark
from vaguemestre.post.trace.values import Engine, Step, StepKind

pytestmark = pytest.mark.django_db(transaction=True)
LINK, DIGEST = "https://piege.fr/compte", hashlib.sha256(b"programme").hexdigest()


def bears(queue_id: str, *marks: int) -> None:
    told([Step(NOON, Engine.POSTFIX, StepKind.JUDGED, queue_id, marks=marks)], name="postfix")


@pytest.mark.parametrize(
    "criteria",
    [
        {"link": "http://PIEGE.fr:80/compte/"}, {"link": LINK + "?id=7"}, {"link": "piege.fr"},
        {"file_sha256": DIGEST.upper()}, {"subject": f" {FORGED} "},
        {"link": "autre.fr", "file_sha256": DIGEST},
    ],
    ids=["page", "page and query", "host", "file", "subject", "link or file"],
)  # fmt: skip
def test_what_bears_a_link_a_file_or_a_subject_is_counted_in_every_mailbox(criteria: dict[str, str]) -> None:
    copies, mailboxes = campaign(4)
    names = ("https://piege.fr/compte?id=7", LINK, "piege.fr")
    borne = [
        subject_mark(KEY, FORGED), file_mark(KEY, DIGEST),
        *(link_mark(KEY, name_of_line(name)) for name in names),
    ]  # fmt: skip
    for number in range(3):
        bears(f"QQQQQF{number}", *borne)
    bears("QQQQQF3", subject_mark(KEY, "Autre objet"), link_mark(KEY, name_of_line("https://site.fr/")))
    number = counted(copies, **({"sender": "", "subject": ""} | criteria))
    assert [box.mailbox for box in boxes(number)] == mailboxes[:3]


def test_a_link_beside_a_sender_narrows_and_widens_nothing() -> None:
    copies, mailboxes = campaign(3)
    bears("QQQQQF0", link_mark(KEY, name_of_line(LINK)))
    assert len(boxes(counted(copies, link=LINK))) == len(mailboxes)


@pytest.mark.parametrize("criteria", [{"subject": FORGED}, {"file_sha256": DIGEST}], ids=["subject", "file"])
def test_a_subject_alone_takes_nothing_that_came_after_the_count(criteria: dict[str, str]) -> None:
    """A subject is anybody's: what bears a dangerous file is dangerous whenever it comes."""
    copies, mailboxes = campaign(1)
    marks = (subject_mark(KEY, FORGED), file_mark(KEY, DIGEST))
    bears("QQQQQF0", *marks)
    number = counted(copies, **({"sender": "", "subject": ""} | criteria))
    for mailbox in (mailboxes[0], account("tard").mailbox):
        queue_id = f"QQQQL{mailbox[:2]}"
        copies.put(mailbox, Letter("INBOX", queue_id, f"<{queue_id}@x>", FORGED, queue_id=queue_id))
        told(arrival(mailbox, f"<{queue_id}@x>", queue_id, "collegue@dehors.example"), f"late {mailbox}")
        bears(queue_id, *marks)
    services.decide_removal(number, 50, by=BY, now=NOON)
    work(number, order(number), copies)
    taken = sum(len(letters) for letters in copies.hidden.values())
    assert taken == (1 if "subject" in criteria else 3)


def test_what_came_more_than_thirty_days_before_is_not_looked_for() -> None:
    copies, _ = campaign(1)
    old = NOON - timedelta(days=31)
    told(
        [Step(old, Engine.POSTFIX, StepKind.JUDGED, "QQQQQF0", marks=(file_mark(KEY, DIGEST),))],
        name="postfix",
    )
    assert boxes(counted(copies, sender="", subject="", file_sha256=DIGEST)) == []


@pytest.mark.parametrize(
    ("criteria", "code"),
    [(Criteria(), "nothing-to-look-for"), (Criteria(subject="  "), "nothing-to-look-for"),
     (Criteria(link="pas une adresse"), "bad-link")],
)  # fmt: skip
def test_a_search_for_nothing_is_refused(criteria: Criteria, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        services.open_removal(criteria, "", by=BY, now=NOON)
