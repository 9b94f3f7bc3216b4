"""« Récupérer des messages supprimés »: a person takes back what they deleted, and nobody else sees it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.engines.samples import letter
from tests.mailbox.webmail.conftest import put

from vaguemestre.engines.memory.mailbox import MemoryMailbox
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.mailbox.webmail.http import message_path, ref_text
from vaguemestre.mailbox.webmail.services import message_lists
from vaguemestre.mailbox.webmail.services.deleted_messages import bound_deleted_messages
from vaguemestre.post.mailstore.values import DELETED_MESSAGES, MessageRef
from vaguemestre.schools.sharing.rules.box_rights import required_right
from vaguemestre.schools.sharing.values import Right

pytestmark = pytest.mark.django_db


def deleted(box: MemoryMailbox, *subjects: str) -> list[MessageRef]:
    """Messages of these subjects, deleted for good."""
    box.expunge([put(box, letter(subject)) for subject in subjects])
    return [row.ref for row in box.page(DELETED_MESSAGES, 0, 100).rows]


def listed(reader: Client, **params: str) -> str:
    answer = reader.get(reverse("webmail:list-deleted"), params)
    assert answer.status_code == 200
    return str(answer.content.decode())


def recover(reader: Client, refs: list[MessageRef], to: str = "INBOX") -> tuple[int, str]:
    form = {"ref": [ref_text(ref) for ref in refs], "to": to}
    answer = reader.post(reverse("webmail:recover"), form, follow=True)
    return answer.status_code, answer.content.decode()


def inbox(box: MemoryMailbox) -> list[str]:
    return [row.summary.subject for row in box.page("INBOX", 0, 50).rows]


def test_nothing_was_deleted_yet(reader: Client, box: MemoryMailbox) -> None:
    assert "Aucun courriel supprimé." in listed(reader)


def test_a_deleted_message_comes_back_into_the_folder_chosen(reader: Client, box: MemoryMailbox) -> None:
    box.create_folder("Projets")
    [ref] = deleted(box, "Bulletin effacé")
    assert "Bulletin effacé" in listed(reader)
    status, page = recover(reader, [ref], "Projets")
    assert (status, "1 courriel est de retour" in page, "Bulletin effacé" in page) == (200, True, False)
    assert [row.summary.subject for row in box.page("Projets", 0, 50).rows] == ["Bulletin effacé"]


def test_a_deleted_message_can_be_read_first(reader: Client, box: MemoryMailbox) -> None:
    [ref] = deleted(box, "Bulletin effacé")
    assert message_path(ref) in listed(reader)
    answer = reader.get(message_path(ref))
    assert (answer.status_code, "Bulletin effacé" in answer.content.decode()) == (200, True)


def test_it_is_found_by_its_words(reader: Client, box: MemoryMailbox) -> None:
    deleted(box, "Bulletin effacé", "Sortie au musée")
    page = listed(reader, q="musée")
    assert ("Sortie au musée" in page, "Bulletin effacé" in page) == (True, False)
    assert "Aucun courriel supprimé ne contient ces mots" in listed(reader, q="cantine")


def test_the_list_has_pages(reader: Client, box: MemoryMailbox) -> None:
    deleted(box, *(f"Message {number:03}" for number in range(message_lists.PAGE_SIZE + 1)))
    first, second = listed(reader), listed(reader, page="1")
    assert ("Page suivante" in first, first.count('name="ref"')) == (True, message_lists.PAGE_SIZE)
    assert ("Page précédente" in second, second.count('name="ref"')) == (True, 1)


def test_only_deleted_messages_are_recovered(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, letter("Archivé"))
    status, page = recover(reader, [ref], "Archive")
    assert "n’est pas parmi les messages supprimés" in page
    assert inbox(box) == ["Archivé"]
    assert status == 422


@pytest.mark.parametrize("to", ["Nulle-part", DELETED_MESSAGES.replace("/", "~2F"), "Virtuel~2FAll", ""])
def test_no_message_goes_where_it_could_not_be_found(reader: Client, box: MemoryMailbox, to: str) -> None:
    refs = deleted(box, "Bulletin effacé")
    status, _ = recover(reader, refs, to)
    assert status in {404, 422}
    assert [row.ref for row in box.page(DELETED_MESSAGES, 0, 50).rows] == refs


def test_in_a_shared_mailbox_whoever_manages_it_takes_back_and_a_delegate_never() -> None:
    for name in ("webmail:list-deleted", "webmail:recover"):
        assert required_right(name) is Right.MANAGE
        assert required_right(name, lent=True) is None


def test_it_says_how_long_messages_stay(reader: Client, box: MemoryMailbox) -> None:
    assert "reste ici 30 jours" in listed(reader)


def test_each_mailbox_is_looked_at_once_an_hour_and_one_that_refuses_stops_no_other() -> None:
    boxes = [f"personne{number}@ac-amiens.test" for number in range(300)]
    looked: list[str] = []

    def bound(mailbox: str, limit_bytes: int) -> int:
        assert limit_bytes == 5
        looked.append(mailbox)
        if mailbox == boxes[7]:
            raise EngineRefused("away")
        return 1

    began = datetime(2026, 11, 2, 8, tzinfo=UTC)
    erased = [
        bound_deleted_messages(boxes, 5, bound, now=began + timedelta(minutes=minute)) for minute in range(60)
    ]
    assert sorted(looked) == sorted(boxes)
    assert sum(erased) == 299
    assert max(erased) < 30


def test_the_page_says_what_is_kept(reader: Client, box: MemoryMailbox) -> None:
    assert "Au-delà de 1 Go" in listed(reader).replace("\u00a0", " ")


def test_nothing_ticked_is_said(reader: Client, box: MemoryMailbox) -> None:
    deleted(box, "Sortie")
    assert "cochez d’abord" in recover(reader, [])[1]
