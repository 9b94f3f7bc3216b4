"""A restored mailbox is the same, or each difference is said; what changed during the copy is none."""

import pytest

from vaguemestre.engines.dovecot.mailbox_files import MessageCopy
from vaguemestre.processes.backup.comparison import compare_messages, compare_rows
from vaguemestre.processes.backup.mailbox_restoration import missing_messages

PLAIN = MessageCopy("INBOX", "f", 1, "g1", frozenset({"\\Seen"}), 900, "<1@x>")
OTHER = PLAIN._replace(uid=2, guid="g2", message_id="<2@x>")


def compared(before: list[MessageCopy], restored: list[MessageCopy], after: list[MessageCopy]) -> list[str]:
    return list(compare_messages("marie", before, restored, after).sentences)


def test_the_same_mailbox_has_no_difference() -> None:
    assert compare_messages("marie", [PLAIN, OTHER], [OTHER, PLAIN], [PLAIN, OTHER]) == (2, ())


@pytest.mark.parametrize(
    "changed",
    [
        PLAIN._replace(flags=frozenset()),
        PLAIN._replace(flags=frozenset({"\\Seen", "label_9"})),
        PLAIN._replace(guid="autre"),
        PLAIN._replace(size=901),
        PLAIN._replace(folder_guid="autre"),
    ],
)
def test_a_message_that_differs_is_said(changed: MessageCopy) -> None:
    assert compared([PLAIN], [changed], [PLAIN]) == ["marie : le message 1 de « INBOX » n’est plus le même."]


def test_a_missing_or_strange_message_is_said() -> None:
    assert compared([PLAIN, OTHER], [PLAIN], [PLAIN, OTHER]) == ["marie : le message 2 de « INBOX » manque."]
    assert compared([PLAIN], [PLAIN, OTHER], [PLAIN]) == ["marie : le message 2 de « INBOX » n’y était pas."]


def test_what_came_went_or_changed_meanwhile_is_no_difference() -> None:
    read = PLAIN._replace(flags=frozenset({"\\Seen", "\\Answered", "label_1"}))
    half = PLAIN._replace(flags=frozenset({"\\Seen", "\\Answered"}))
    assert compared([PLAIN], [half], [read]) == []
    assert compared([PLAIN, OTHER], [PLAIN], [PLAIN]) == []
    assert compared([PLAIN], [PLAIN, OTHER], [PLAIN, OTHER]) == []


def test_tables_have_the_rows_of_one_moment_or_the_other() -> None:
    before, after = {"people": 5, "jobs": 3}, {"people": 7, "jobs": 3}
    assert compare_rows(before, {"people": 6, "jobs": 3}, after) == ()
    assert compare_rows(before, {"people": 4, "jobs": 3}, after) == (
        "base : la table people a 4 lignes au lieu de 5.",
    )
    assert compare_rows(before, {"people": 5}, after) == ("base : la table jobs manque.",)


def test_what_was_moved_is_not_missing() -> None:
    moved = PLAIN._replace(folder="Archive", uid=9)
    assert missing_messages([PLAIN, OTHER], [moved]) == (OTHER,)
    deleted = PLAIN._replace(folder="Supprimes/Messages", uid=9)
    assert missing_messages([PLAIN], [deleted]) == (PLAIN,)
