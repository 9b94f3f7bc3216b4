"""One list over several mailboxes, read from the real mail store."""

from collections.abc import Iterator

import pytest
from tests.engines.live import LiveEngines
from tests.engines.mail import Post
from tests.engines.samples import at, letter

from vaguemestre.mailbox.webmail.rules.listing.view_params import PLAIN
from vaguemestre.mailbox.webmail.services.merged_list import merged_page
from vaguemestre.mailbox.webmail.values import OpenableBox, SharedMailbox
from vaguemestre.post.mailstore.values import MailLogin, View

pytestmark = pytest.mark.engines


@pytest.fixture
def post(engines: LiveEngines) -> Iterator[Post]:
    made = Post(engines)
    yield made
    made.pool.close_all()


@pytest.fixture
def boxes(post: Post) -> list[OpenableBox]:
    """One's own and two others; every third message in each, in turn."""
    logins = [post.new_login() for _ in range(3)]
    for number, login in enumerate(logins):
        with post.mailboxes(login) as mailbox:
            for day in range(number, 9, 3):
                flags = ("\\Seen",) if day < 3 else ()
                mailbox.append("INBOX", letter(f"Jour {day}", f"kangourou {day}\n"), flags, at(day))
    return [
        OpenableBox(SharedMailbox(number, f"Boîte {number}", login.mailbox, ""), login)
        for number, login in enumerate(logins)
    ]


def test_messages_of_all_mailboxes_come_by_date_with_the_mailbox_of_each(
    post: Post, boxes: list[OpenableBox]
) -> None:
    merged = merged_page(boxes, post.mailboxes, PLAIN, 0)
    shown = [(one.row.summary.subject, one.box_id) for one in merged.rows]
    assert shown == [(f"Jour {day}", day % 3) for day in range(8, -1, -1)]
    assert (merged.total, merged.unread, merged.silent) == (9, 6, ())


def test_an_act_in_one_mailbox_changes_the_list_and_nothing_else_does(
    post: Post, boxes: list[OpenableBox]
) -> None:
    before = merged_page(boxes, post.mailboxes, PLAIN, 0)
    assert merged_page(boxes, post.mailboxes, PLAIN, 0).validator == before.validator
    newest = before.rows[0]
    with post.mailboxes(boxes[newest.box_id].login) as mailbox:
        mailbox.create_folder("Rangés")
        mailbox.move([newest.row.ref], "Rangés")
    after = merged_page(boxes, post.mailboxes, PLAIN, 0)
    assert after.validator != before.validator
    assert after.rows == before.rows[1:]


def test_mailboxes_that_were_read_a_moment_ago_are_read_again_on_the_same_connections(
    post: Post, boxes: list[OpenableBox]
) -> None:
    merged_page(boxes, post.mailboxes, PLAIN, 0)
    made = len(post.connections)
    for _ in range(3):
        merged_page(boxes, post.mailboxes, PLAIN, 0)
    assert len(post.connections) == made


def test_a_search_looks_in_all_mail_of_every_mailbox(post: Post, boxes: list[OpenableBox]) -> None:
    with post.mailboxes(boxes[1].login) as mailbox:
        mailbox.create_folder("Rangés")
        mailbox.append("Rangés", letter("Rangé", "un kangourou rangé\n"), (), at(20))
    merged = merged_page(boxes, post.mailboxes, View(terms=("kangourou",)), 0)
    assert merged.total == 10
    assert [one.row.summary.subject for one in merged.rows][:2] == ["Rangé", "Jour 8"]
    assert merged.rows[0].row.ref.folder == "Rangés"


def test_a_mailbox_that_cannot_be_opened_leaves_the_others(post: Post, boxes: list[OpenableBox]) -> None:
    closed = OpenableBox(SharedMailbox(9, "Fermée", "", ""), MailLogin("personne@ac-amiens.test"))
    merged = merged_page([*boxes, closed], post.mailboxes, PLAIN, 0)
    assert (merged.silent, merged.total) == (("Fermée",), 9)
