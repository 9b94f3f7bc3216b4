"""What the pages of a shared mailbox ask, and what they are called."""

import pytest
from django.urls import get_resolver

from vaguemestre.access.signin.rules.reading_scope import is_reading
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.schools.sharing.rules.addresses import check_local
from vaguemestre.schools.sharing.rules.box_rights import (
    AS_ONESELF,
    activity_for,
    box_session_key,
    parse_box_path,
    parse_box_session,
    required_right,
)
from vaguemestre.schools.sharing.rules.history_labels import ACTIVITY_LABELS, activity_words
from vaguemestre.schools.sharing.values import ActivityRecord, BoxKind, Right


def test_only_mail_and_settings_are_opened_in_a_mailbox() -> None:
    assert parse_box_path("/boites/12/messagerie/INBOX/") == (12, "/messagerie/INBOX/")
    assert parse_box_path("/boites/12/parametres/absence") == (12, "/parametres/absence")
    assert parse_box_path("/boites/12/accueil/bandeaux") == (12, "/accueil/bandeaux")
    for path in (
        "/boites/12/",
        "/boites/x/messagerie/",
        "/boites/0/messagerie/",
        "/boites/12/annuaire/",
        "/boites/12/accueil/",
        "/messagerie/",
    ):
        assert parse_box_path(path) is None


def test_every_page_of_the_webmail_has_a_right_or_is_ones_own() -> None:
    """A page added to the reader is not opened in shared mailboxes until somebody says for whom."""
    names = {
        f"webmail:{name}"
        for name in get_resolver("vaguemestre.mailbox.webmail.urls").reverse_dict
        if isinstance(name, str)
    }
    assert {name for name in names if required_right(name) is None} <= {
        "webmail:all-boxes",
        "webmail:count-shared-unread",
        "webmail:list-all-rows",
        "webmail:list-reports",
        "webmail:close-reports",
    }


@pytest.mark.parametrize(
    ("page", "right"),
    [
        ("webmail:list-rows", Right.READ),
        ("webmail:act", Right.SORT),
        ("compose:send", Right.SEND),
        ("compose:stock-texts", Right.SEND),
        ("compose:signatures", Right.MANAGE),
        ("compose:import-identities", Right.MANAGE),
        ("compose:remove-stock-text", Right.MANAGE),
        ("portal:lines", Right.READ),
        ("webmail:list-deleted", Right.MANAGE),
        ("webmail:recover", Right.MANAGE),
        ("sorting:save-filter", Right.MANAGE),
        ("tracking:all-held", None),
        ("tracking:where", Right.READ),
        ("portal:app-passwords", None),
        ("signin:security", None),
        ("portability:show", None),
    ],
)
def test_rights(page: str, right: Right | None) -> None:
    assert required_right(page) is right


def test_a_right_covers_the_lesser_ones() -> None:
    assert Right.SEND.covers == {Right.READ, Right.SORT, Right.SEND}


def test_a_session_in_a_mailbox_has_a_name_of_its_own() -> None:
    assert parse_box_session(box_session_key("abc", 12, 7)) == ("abc", 12, 7)
    assert parse_box_session("abc") is None


def test_a_long_session_reads_a_shared_mailbox_and_writes_nothing() -> None:
    assert is_reading("GET", "/boites/12/messagerie/INBOX/")
    assert not is_reading("GET", "/boites/12/messagerie/ecrire/")
    assert not is_reading("GET", "/boites/12/")


def test_an_address_asked_for_begins_as_its_kind_does() -> None:
    assert check_local(BoxKind.STEWARDSHIP, " INT.0800001A ") == "int.0800001a"
    assert check_local(BoxKind.PROJECT, "idee") == "projet.idee"
    for typed in ("", "a b", "é", "a..b", "x" * 40, "a@b"):
        with pytest.raises(Refusal):
            check_local(BoxKind.SERVICE, typed)


def test_a_composer_in_a_lent_mailbox_asks_for_the_quiet_hours_of_whoever_writes() -> None:
    assert required_right("tracking:hours", lent=True) is Right.SEND
    assert "tracking:hours" in AS_ONESELF
    assert required_right("tracking:sent", lent=True) is None
    assert required_right("tracking:where", lent=True) is None


def test_what_sorts_many_messages_or_snoozes_them_is_recorded() -> None:
    """« Qui a fait quoi » tells where a message of everybody's went."""
    bulk = {"act": ["archive"], "folder": ["INBOX"]}
    assert activity_for("webmail:start-bulk", {}, bulk) == ActivityRecord("archive-all", "INBOX", 0)
    assert activity_for("webmail:start-bulk", {}, {"act": ["read"], "folder": ["INBOX"]}) is None
    snoozed = {"ref": ["INBOX/1/2", "INBOX/1/3"]}
    assert activity_for("webmail:snooze-messages", {}, snoozed) == ActivityRecord("put-off", "INBOX", 2)
    assert activity_for("webmail:cancel-reminders", {}, {"reminder": ["4"]}) == ActivityRecord(
        "reminder", "", 1
    )
    assert activity_for("quarantine:release", {"number": 3}, {}) == ActivityRecord("release", "", 1)
    assert activity_for("quarantine:own", {}, {}) is None
    recovered = {"ref": ["Supprimes~2FMessages/1/2", "Supprimes~2FMessages/1/3"], "to": ["INBOX"]}
    assert activity_for("webmail:recover", {}, recovered) == ActivityRecord("recover", "INBOX", 2)
    assert activity_for("webmail:recover", {}, {"to": ["INBOX"]}) is None
    for action in ("archive-all", "put-off", "put-off-all", "reminder", "release", "recover"):
        assert action in ACTIVITY_LABELS


@pytest.mark.parametrize(
    ("action", "number", "words"),
    [
        ("delete", 1, "a supprimé un courriel"),
        ("archive", 4, "a archivé 4 courriels"),
        ("junk", 2, "a mis 2 courriels parmi les indésirables"),
        ("move-all", 0, "a déplacé toute une liste de courriels"),
        ("copies", 4, "a lancé un publipostage de 4 courriels"),
        ("enter", 0, "a ouvert la boîte"),
        ("future", 1, "future"),
    ],
)
def test_what_a_member_did_is_a_sentence_with_its_number(action: str, number: int, words: str) -> None:
    assert activity_words(action, number) == words
