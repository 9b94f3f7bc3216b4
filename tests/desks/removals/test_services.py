"""A message is counted, removed, given back: once, resumed after a kill, journaled; nothing else moves."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from django.db import transaction
from tests.access.signin.people import account
from tests.desks.removals.samples import NOON, SENDER, Letter, MemoryCopies, arrival, told, work
from tests.post.quarantine.test_services import events_of
from typer.testing import CliRunner

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.cli.people import account as cli_account
from vaguemestre.desks.removals import queries, services
from vaguemestre.desks.removals.models import Removal, RemovalBox, SecurityOfficer, TakenCopy
from vaguemestre.desks.removals.values import Box, Criteria, RemovalState
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.services import found_academy
from vaguemestre.post.redirects.services import record_click
from vaguemestre.post.redirects.values import CheckedLink
from vaguemestre.post.trace.values import Engine, Step, StepKind

pytestmark = pytest.mark.django_db(transaction=True)
FORGED = "Votre compte sera fermé"
BY, OTHER = "account:901", "account:902"


def campaign(count: int) -> tuple[MemoryCopies, list[str]]:
    """A letter to each of so many people, with a Message-ID of its own; and an honest one each."""
    copies, mailboxes, steps = MemoryCopies(), [], []
    for number in range(count):
        mailbox = account(f"u{number}").mailbox
        mailboxes.append(mailbox)
        copies.put(
            mailbox, Letter("INBOX", f"forged{number}", f"<f{number}@x>", FORGED, queue_id=f"QQQQQF{number}")
        )
        copies.put(
            mailbox,
            Letter("INBOX", f"honest{number}", f"<h{number}@x>", "Réunion", queue_id=f"QQQQQH{number}"),
        )
        steps += arrival(mailbox, f"<f{number}@x>", f"QQQQQF{number}")
        steps += arrival(mailbox, f"<h{number}@x>", f"QQQQQH{number}", "chef@dehors.example")
    told(steps)
    return copies, mailboxes


def counted(copies: MemoryCopies, **criteria: str) -> int:
    sought = Criteria(**({"sender": SENDER, "subject": FORGED} | criteria))
    number = services.open_removal(sought, "", by=BY, now=NOON)
    work(number, 1, copies)
    return number


def removed(copies: MemoryCopies, limit: int = 50) -> int:
    number = counted(copies)
    services.decide_removal(number, limit, by=BY, now=NOON)
    work(number, order(number), copies)
    return number


def order(number: int) -> int:
    return Removal.objects.get(pk=number).number


def state(number: int) -> str:
    return Removal.objects.get(pk=number).state


def boxes(number: int, which: str = "") -> list[Box]:
    return list(queries.boxes_page(number, which=which, order="mailbox", first=0, count=100)[0])


def test_who_has_it_opened_it_and_answered_is_counted_and_nothing_moves() -> None:
    copies, mailboxes = campaign(3)
    copies.boxes[mailboxes[0]][0].flags = frozenset({"\\Seen", "\\Answered"})
    copies.boxes[mailboxes[1]][0].flags = frozenset({"\\Seen"})
    number = counted(copies)
    file = queries.find_removal(number)
    assert file is not None
    counts = file.counts
    assert (counts.boxes, counts.holding, counts.opened, counts.answered) == (3, 3, 2, 1)
    assert [box.mailbox for box in boxes(number, "reponses")] == [mailboxes[0]]
    assert file.state is RemovalState.COUNTED
    assert not any(copies.hidden.values())


def test_one_message_id_is_one_message() -> None:
    copies, mailboxes = campaign(3)
    number = counted(copies, sender="", subject="", message_id="f1@x")
    assert [box.mailbox for box in boxes(number)] == [mailboxes[1]]


def test_every_copy_leaves_and_nothing_else_does() -> None:
    copies, mailboxes = campaign(3)
    copies.put(mailboxes[0], Letter("Archive", "forged0", "<f0@x>", FORGED, queue_id="QQQQQF0"))
    copies.put(mailboxes[0], Letter("INBOX", "like", "<f0@x>", f"{FORGED} : ma réponse", queue_id="QQQQQF0"))
    number = removed(copies)
    assert state(number) == RemovalState.REMOVED
    for mailbox in mailboxes:
        assert all(letter.subject != FORGED for letter in copies.boxes[mailbox])
    assert [letter.guid for letter in copies.boxes[mailboxes[0]]] == ["honest0", "like"]
    assert sum(len(letters) for letters in copies.hidden.values()) == 4


class MovingCopies(MemoryCopies):
    """The owner moves a letter after it was found, once, and before it is removed."""

    moves_left = 1

    def remove_copies(self, mailbox: str, uids: Mapping[str, Sequence[int]]) -> int:
        if uids and self.moves_left:
            self.moves_left -= 1
            letter = self.boxes[mailbox].pop(0)
            letter.folder = "Projets"
            self.put(mailbox, letter)
        return super().remove_copies(mailbox, uids)


def test_a_copy_moved_after_it_was_found_is_found_again() -> None:
    copies, mailboxes = campaign(1)
    moving = MovingCopies(boxes=copies.boxes, uid=copies.uid)
    number = removed(moving)
    assert [letter.guid for letter in moving.boxes[mailboxes[0]]] == ["honest0", "forged0"]
    assert state(number) == RemovalState.REMOVING
    work(number, order(number), moving, at=NOON + timedelta(minutes=1))
    assert [letter.guid for letter in moving.boxes[mailboxes[0]]] == ["honest0"]
    assert state(number) == RemovalState.REMOVED


def test_a_mailbox_as_counting_left_it_is_not_searched_again_and_any_other_is() -> None:
    copies, mailboxes = campaign(3)
    number = counted(copies)
    copies.put(mailboxes[1], Letter("Archive", "late", "<f1@x>", FORGED, queue_id="QQQQQF1"))
    copies.boxes[mailboxes[2]][0].flags = frozenset({"\\Seen", "\\Answered"})
    searched = copies.searches
    services.decide_removal(number, 50, by=BY, now=NOON)
    work(number, order(number), copies)
    assert copies.searches == searched + 2
    assert sorted(letter.guid for letter in copies.hidden[mailboxes[1]]) == ["forged1", "late"]
    assert [len(copies.hidden[mailbox]) for mailbox in mailboxes] == [1, 2, 1]
    assert [box.mailbox for box in boxes(number, "reponses")] == [mailboxes[2]]
    assert not RemovalBox.objects.filter(found__isnull=False).exists()


def test_more_being_sought_than_counting_sought_is_a_second_look() -> None:
    copies, mailboxes = campaign(2)
    number = counted(copies)
    copies.put(mailboxes[0], Letter("INBOX", "again", "<again@x>", FORGED, queue_id="QQQQQAG"))
    RemovalBox.objects.filter(mailbox=mailboxes[0]).update(
        found={**stored_found(mailboxes[0]), "state": copies.state(mailboxes[0])}
    )
    told(arrival(mailboxes[0], "<again@x>", "QQQQQAG"), "later")
    services.decide_removal(number, 50, by=BY, now=NOON)
    work(number, order(number), copies)
    assert sorted(letter.guid for letter in copies.hidden[mailboxes[0]]) == ["again", "forged0"]


def stored_found(mailbox: str) -> dict[str, object]:
    found: dict[str, object] | None = RemovalBox.objects.get(mailbox=mailbox).found
    assert found is not None
    return found


def test_undone_each_copy_is_in_its_folder_with_its_flags() -> None:
    copies, mailboxes = campaign(2)
    copies.boxes[mailboxes[0]][0].flags = frozenset({"\\Seen", "label_3"})
    copies.boxes[mailboxes[0]][0].folder = "Projets/É"
    before = {name: {(one.folder, one.guid, one.flags) for one in box} for name, box in copies.boxes.items()}
    number = removed(copies)
    services.undo_removal(number, 50, by=BY, now=NOON)
    work(number, order(number), copies)
    after = {name: {(one.folder, one.guid, one.flags) for one in box} for name, box in copies.boxes.items()}
    assert after == before
    assert state(number) == RemovalState.RESTORED
    assert not TakenCopy.objects.exists()


def test_only_where_a_message_was_taken_twice_is_what_was_taken_listed_before_it_goes_back() -> None:
    copies, mailboxes = campaign(2)
    twin = Letter("Projets", "forged0", "<f0@x>", FORGED, queue_id="QQQQQF0")
    copies.put(mailboxes[0], twin)
    before = {name: {(one.folder, one.guid) for one in box} for name, box in copies.boxes.items()}
    number = removed(copies)
    copies.lists = 0
    services.undo_removal(number, 50, by=BY, now=NOON)
    work(number, order(number), copies)
    after = {name: {(one.folder, one.guid) for one in box} for name, box in copies.boxes.items()}
    assert after == before
    assert copies.lists == 1


@pytest.mark.parametrize("kept", ["closed", "frozen", "purged"])
def test_undone_nothing_comes_back_to_a_mailbox_closed_meanwhile_and_it_is_named(kept: str) -> None:
    copies, (closed, other) = campaign(2)
    number = removed(copies)
    Account.objects.filter(mailbox=closed).update(state="closed", mailbox_state=kept)
    services.undo_removal(number, 50, by=BY, now=NOON)
    work(number, order(number), copies)
    assert state(number) == RemovalState.RESTORED
    assert [letter.guid for letter in copies.hidden[closed]] == ["forged0"]
    assert not copies.hidden[other]
    assert TakenCopy.objects.get().box.mailbox == closed, "deleted for good with the removal"
    assert [box.mailbox for box in boxes(number) if box.error] == [closed]
    assert Entry.objects.filter(action="removals.copies-restored").count() == 1


def test_killed_after_a_move_the_copy_can_still_be_given_back() -> None:
    copies, mailboxes = campaign(2)
    number = counted(copies)
    services.decide_removal(number, 50, by=BY, now=NOON)
    copies.killed_after_move = True
    with pytest.raises(KeyboardInterrupt):
        work(number, order(number), copies)
    work(number, order(number), copies)
    assert state(number) == RemovalState.REMOVED
    assert len(Entry.objects.filter(action="removals.copies-removed")) == 2
    services.undo_removal(number, 50, by=BY, now=NOON)
    work(number, order(number), copies)
    assert [len(copies.boxes[mailbox]) for mailbox in mailboxes] == [2, 2]


def test_a_mailbox_that_is_away_is_named_and_tried_again() -> None:
    copies, mailboxes = campaign(3)
    copies.away = {mailboxes[1]}
    number = counted(copies)
    assert state(number) == RemovalState.COUNTED
    services.decide_removal(number, 50, by=BY, now=NOON)
    work(number, order(number), copies)
    assert state(number) == RemovalState.REMOVING
    assert [box.mailbox for box in boxes(number, "absentes")] == [mailboxes[1]]
    copies.away = set()
    work(number, order(number), copies, NOON + timedelta(seconds=59))
    assert not copies.hidden[mailboxes[1]]
    work(number, order(number), copies, NOON + timedelta(minutes=1))
    assert state(number) == RemovalState.REMOVED
    assert copies.hidden[mailboxes[1]]


def test_run_again_it_moves_and_journals_nothing_more() -> None:
    copies, _ = campaign(2)
    number = removed(copies)
    lines = Entry.objects.count()
    services.retry_boxes(number, by=BY, now=NOON)
    work(number, order(number), copies)
    assert Entry.objects.count() == lines + 1  # that it was asked for
    assert state(number) == RemovalState.REMOVED


def test_interrupted_it_goes_on_where_it_stopped() -> None:
    copies, _ = campaign(2)
    number = counted(copies)
    services.decide_removal(number, 50, by=BY, now=NOON)
    former = order(number)
    services.stop_removal(number, by=OTHER, now=NOON)
    work(number, former, copies)
    assert not any(copies.hidden.values())
    services.decide_removal(number, 50, by=BY, now=NOON)
    work(number, order(number), copies)
    assert state(number) == RemovalState.REMOVED


def test_above_the_number_it_waits_for_somebody_else() -> None:
    copies, _ = campaign(3)
    number = removed(copies, limit=2)
    assert state(number) == RemovalState.AWAITING
    assert not any(copies.hidden.values())
    with pytest.raises(Refusal, match="removals.same-person"):
        services.approve_removal(number, by=BY, now=NOON)
    services.approve_removal(number, by=OTHER, now=NOON)
    work(number, order(number), copies)
    assert state(number) == RemovalState.REMOVED


def test_a_copy_that_arrived_after_the_count_is_removed_too() -> None:
    copies, mailboxes = campaign(2)
    number = counted(copies)
    late = account("tard").mailbox
    for mailbox, message_id in ((late, "<late@x>"), (mailboxes[0], "<late0@x>")):
        queue_id = f"QQQQL{mailbox[:3]}"
        copies.put(mailbox, Letter("INBOX", message_id, message_id, FORGED, queue_id=queue_id))
        told(arrival(mailbox, message_id, queue_id), f"late {mailbox}")
    services.decide_removal(number, 50, by=BY, now=NOON)
    work(number, order(number), copies)
    assert len(copies.hidden[late]) == 1
    assert len(copies.hidden[mailboxes[0]]) == 2


def arrived_since(copies: MemoryCopies, count: int) -> list[str]:
    mailboxes = []
    for number in range(count):
        mailbox, message_id = account(f"depuis{number}").mailbox, f"<since{number}@x>"
        mailboxes.append(mailbox)
        copies.put(mailbox, Letter("INBOX", message_id, message_id, FORGED, queue_id=f"QQQQS{number}"))
        told(arrival(mailbox, message_id, f"QQQQS{number}"), f"since {number}")
    return mailboxes


def test_what_came_since_the_decision_does_not_pass_the_number_of_one_person() -> None:
    copies, _ = campaign(2)
    number = counted(copies)
    services.decide_removal(number, 3, by=BY, now=NOON)
    late = arrived_since(copies, 3)
    work(number, order(number), copies, limit=3)
    assert state(number) == RemovalState.STOPPED
    services.decide_removal(number, 3, by=BY, now=NOON)
    assert state(number) == RemovalState.AWAITING
    assert not any(copies.hidden[mailbox] for mailbox in late)


def test_trying_again_is_not_a_way_past_the_number_nor_past_the_approval() -> None:
    copies, _ = campaign(3)
    number = removed(copies, limit=2)
    services.approve_removal(number, by=OTHER, now=NOON)
    work(number, order(number), copies, limit=2)
    assert state(number) == RemovalState.REMOVED
    late = arrived_since(copies, 2)
    services.retry_boxes(number, by=BY, now=NOON)
    work(number, order(number), copies, limit=2)
    assert state(number) == RemovalState.STOPPED
    assert not any(copies.hidden[mailbox] for mailbox in late)


def test_mailboxes_that_did_not_answer_count_for_the_number() -> None:
    copies, mailboxes = campaign(3)
    copies.away = set(mailboxes)
    number = counted(copies)
    copies.away = set()
    services.decide_removal(number, 2, by=BY, now=NOON)
    assert state(number) == RemovalState.AWAITING


def test_declined_when_it_had_begun_it_can_still_be_given_back() -> None:
    copies, mailboxes = campaign(2)
    number = counted(copies)
    services.decide_removal(number, 2, by=BY, now=NOON)
    copies.away = {mailboxes[1]}
    work(number, order(number), copies, limit=2)
    services.stop_removal(number, by=BY, now=NOON)
    services.decide_removal(number, 1, by=BY, now=NOON)
    assert state(number) == RemovalState.AWAITING
    assert len(queries.refused_marks()) == 1  # what was removed stays refused meanwhile
    services.stop_removal(number, by=OTHER, now=NOON)
    assert state(number) == RemovalState.STOPPED
    services.undo_removal(number, 50, by=OTHER, now=NOON)
    copies.away = set()
    work(number, order(number), copies)
    assert [len(copies.boxes[mailbox]) for mailbox in mailboxes] == [2, 2]


LINK = "https://p.example/x"


def test_what_bears_a_link_leaves_at_once_and_the_link_waits_for_a_second_person() -> None:
    copies, _ = campaign(1)
    number = counted(copies, link=LINK)
    services.decide_removal(number, 50, by=BY, now=NOON)
    work(number, order(number), copies)
    assert state(number) == RemovalState.REMOVED
    assert not any(mark.startswith("link:") for mark in queries.refused_marks())
    assert not queries.is_refused_link(LINK)
    with pytest.raises(Refusal, match="removals.same-person"):
        services.approve_removal(number, by=BY, now=NOON)
    services.approve_removal(number, by=OTHER, now=NOON)
    assert state(number) == RemovalState.REMOVED
    assert queries.is_refused_link(LINK)
    services.undo_removal(number, 50, by=BY, now=NOON)
    assert state(number) == RemovalState.UNDO_AWAITING  # what needed two people


def test_a_link_that_a_second_person_declines_is_never_refused() -> None:
    copies, _ = campaign(1)
    number = counted(copies, link=LINK)
    services.decide_removal(number, 50, by=BY, now=NOON)
    services.decline_content(number, by=OTHER, now=NOON)
    work(number, order(number), copies)
    with pytest.raises(Refusal, match="removals.not-now"):
        services.approve_removal(number, by=OTHER, now=NOON)
    assert not queries.is_refused_link(LINK)
    services.undo_removal(number, 50, by=BY, now=NOON)
    assert state(number) == RemovalState.RESTORING


def test_a_link_that_nobody_received_is_refused_in_advance() -> None:
    copies = MemoryCopies()
    number = counted(copies, link=LINK, sender="")
    services.decide_removal(number, 50, by=BY, now=NOON)
    work(number, order(number), copies)
    services.approve_removal(number, by=OTHER, now=NOON)
    assert queries.is_refused_link(LINK)


def test_above_the_number_one_agreement_is_for_the_link_too() -> None:
    copies, _ = campaign(3)
    number = counted(copies, link=LINK)
    services.decide_removal(number, 2, by=BY, now=NOON)
    assert state(number) == RemovalState.AWAITING
    services.approve_removal(number, by=OTHER, now=NOON)
    assert queries.is_refused_link(LINK)


def test_each_owner_reads_it_in_their_activity_and_the_journal_names_no_subject() -> None:
    copies, mailboxes = campaign(2)
    number = removed(copies)
    services.undo_removal(number, 50, by=BY, now=NOON)
    work(number, order(number), copies)
    for mailbox in mailboxes:
        owner = Account.objects.get(mailbox=mailbox)
        lines = Entry.objects.filter(to=f"account:{owner.pk}", action__startswith="removals.").order_by("pk")
        assert [line.action for line in lines] == ["removals.copies-removed", "removals.copies-restored"]
        assert lines[0].details["name"] == SENDER
    assert not any(FORGED in str(line.details) for line in Entry.objects.all())


def test_what_was_removed_is_marked_for_the_filter_until_it_is_given_back() -> None:
    copies, _ = campaign(1)
    number = counted(copies)
    assert queries.refused_marks() == frozenset()
    services.decide_removal(number, 50, by=BY, now=NOON)
    assert len(queries.refused_marks()) == 1
    services.undo_removal(number, 50, by=BY, now=NOON)
    assert queries.refused_marks() == frozenset()


def purged(copies: MemoryCopies, *, after_days: int) -> None:
    """The nightly purge of that day, where backups are kept 155 days."""
    backups_kept, now = timedelta(days=155), NOON + timedelta(days=after_days)
    services.delete_old_removals(90, copies, backups_kept=backups_kept, now=now)


def test_found_without_a_sender_the_activity_of_its_owner_names_none() -> None:
    copies, mailboxes = campaign(1)
    number = services.open_removal(Criteria(message_id="<f0@x>"), "", by=BY, now=NOON)
    work(number, 1, copies)
    services.decide_removal(number, 50, by=BY, now=NOON)
    work(number, order(number), copies)
    assert not copies.boxes[mailboxes[0]][1:]
    line = Entry.objects.get(action="removals.copies-removed")
    assert "name" not in line.details


def test_after_its_retention_a_removal_and_its_copies_are_gone() -> None:
    copies, mailboxes = campaign(2)
    removed(copies)
    purged(copies, after_days=90)
    assert Removal.objects.count() == 1
    copies.away = {mailboxes[0]}
    with pytest.raises(Exception, match="away"):
        purged(copies, after_days=91)
    assert Removal.objects.count() == 1
    copies.away = set()
    purged(copies, after_days=91)
    assert not Removal.objects.exists()
    assert not RemovalBox.objects.exists()
    assert not any(copies.hidden.values())


def test_what_was_deleted_for_good_stays_known_as_long_as_a_backup_may_hold_it() -> None:
    copies, mailboxes = campaign(2)
    removed(copies)
    guids = {mailbox: queries.removed_guids(mailbox) for mailbox in mailboxes}
    assert all(guids.values())
    for days in (91, 91 + 155):
        purged(copies, after_days=days)
        assert {mailbox: queries.removed_guids(mailbox) for mailbox in mailboxes} == guids
    purged(copies, after_days=91 + 156)
    assert not any(queries.removed_guids(mailbox) for mailbox in mailboxes)


def test_nobody_erased_is_known_by_what_was_deleted_from_their_mailbox() -> None:
    copies, mailboxes = campaign(2)
    removed(copies)
    account_id = RemovalBox.objects.get(mailbox=mailboxes[0]).account_id
    purged(copies, after_days=91)
    assert account_id is not None
    services.forget_person(account_id)
    assert [bool(queries.removed_guids(mailbox)) for mailbox in mailboxes] == [False, True]


def test_the_right_is_given_by_another_administrator_to_administrators_only() -> None:
    giver, taker = account("donne", role="administrator"), account("prend", role="administrator")
    agent = account("agent")
    by = f"account:{giver.pk}"
    refused = {
        "perdn": "nobody-of-that-name",
        agent.username: "no-administrator",
        giver.username: "to-oneself",
    }
    for username, code in refused.items():
        with pytest.raises(Refusal, match=f"removals.{code}"):
            services.give_right(username, by=by, now=NOON)
    services.give_right(taker.username, by=by, now=NOON)
    assert queries.is_security_officer(taker.pk)
    Account.objects.filter(pk=taker.pk).update(role="agent")
    assert not queries.is_security_officer(taker.pk)
    services.withdraw_right(taker.pk, by=by, now=NOON)
    assert not SecurityOfficer.objects.exists()


def test_an_administrator_of_one_academie_among_several_never_has_the_right() -> None:
    giver, taker = account("donne", role="administrator"), account("prend", role="administrator")
    services.give_right(taker.username, by=f"account:{giver.pk}", now=NOON)
    assert queries.is_security_officer(taker.pk)
    with transaction.atomic():
        for code, domain in (("20", "ac-amiens.test"), ("09", "ac-lille.test")):
            found_academy(code, f"Académie {code}", domain, (f"0{code}",))
    assert not queries.is_security_officer(taker.pk)
    with pytest.raises(Refusal, match="removals.no-administrator"):
        services.give_right(taker.username, by=f"account:{giver.pk}", now=NOON)
    Account.objects.filter(pk=taker.pk).update(spans_academies=True)
    assert queries.is_security_officer(taker.pk)


def test_a_search_needs_something_that_steps_know() -> None:
    with pytest.raises(Refusal, match="removals.nothing-to-look-for"):
        services.open_removal(Criteria(), "", by=BY, now=NOON)
    with pytest.raises(Refusal, match="removals.bad-hash"):
        services.open_removal(Criteria(message_id="x@y", file_sha256="abc"), "", by=BY, now=NOON)


def test_the_command_line_gives_the_first_administrator_the_right_and_takes_it_back() -> None:
    found_academy("20", "Académie d’Amiens", "ac-amiens.test", ("080",))
    administrator = account("seule", role="administrator")
    for words, holds in (([], True), (["--off"], False)):
        ended = CliRunner().invoke(cli_account.app, ["removals", "seule", *words])
        assert ended.exit_code == 0, ended.output
        assert SecurityOfficer.objects.filter(account=administrator).exists() is holds


def sent(sender: str, message_id: str, queue_id: str, mailbox: str, copies: MemoryCopies) -> None:
    """A letter from outside, in the inbox and in the logs."""
    copies.put(mailbox, Letter("INBOX", queue_id, message_id, FORGED, queue_id=queue_id))
    told(arrival(mailbox, message_id, queue_id, sender), queue_id)


def test_a_letter_without_message_id_is_counted_and_leaves() -> None:
    copies, mailbox = MemoryCopies(), account("u0").mailbox
    sent(SENDER, "", "QQQQQN0", mailbox, copies)
    number = removed(copies)
    assert state(number) == RemovalState.REMOVED
    assert [letter.guid for letter in copies.hidden[mailbox]] == ["QQQQQN0"]
    assert Entry.objects.filter(action="removals.copies-removed").count() == 1


def reused_message_id() -> tuple[MemoryCopies, str, str]:
    """The head's letter to one, and to another a phish with its Message-ID and its subject."""
    copies, honest, victim = MemoryCopies(), account("u0").mailbox, account("u1").mailbox
    sent("chef@dehors.example", "<m@x>", "4jcL145XDTz1dbQY", honest, copies)
    sent(SENDER, "<m@x>", "4jcL2F1h85z1dZxX", victim, copies)
    return copies, honest, victim


@pytest.mark.parametrize("message_id", ["", "<m@x>"])
def test_a_letter_whose_message_id_a_phisher_took_stays_where_it_is(message_id: str) -> None:
    copies, honest, victim = reused_message_id()
    number = counted(copies, message_id=message_id)
    services.decide_removal(number, 50, by=BY, now=NOON)
    work(number, order(number), copies)
    assert [letter.guid for letter in copies.hidden[victim]] == ["4jcL2F1h85z1dZxX"]
    assert copies.hidden[honest] == []
    assert [letter.guid for letter in copies.boxes[honest]] == ["4jcL145XDTz1dbQY"]
    assert not queries.is_refused(["chef@dehors.example"], FORGED, "<m@x>")
    assert queries.is_refused([SENDER], "Autre objet", "<m@x>") is bool(message_id)


def test_one_message_of_the_queue_is_looked_for_by_its_identifier() -> None:
    copies, _, victim = reused_message_id()
    number = counted(copies, sender="", message_id="4jcL2F1h85z1dZxX")
    assert [box.mailbox for box in boxes(number) if box.copies] == [victim]


def test_what_was_removed_is_known_again_until_it_is_given_back() -> None:
    copies, _ = campaign(1)
    number = counted(copies)
    assert not queries.is_refused([SENDER], FORGED, "")
    services.decide_removal(number, 50, by=BY, now=NOON)
    assert queries.is_refused([SENDER.upper()], f" {FORGED}", "<autre@x>")
    assert not queries.is_refused([SENDER], "Réunion", "<autre@x>")
    assert not queries.is_refused(["chef@dehors.example"], FORGED, "")
    assert not queries.is_refused([""], FORGED, "")
    services.undo_removal(number, 50, by=BY, now=NOON)
    assert not queries.is_refused([SENDER], FORGED, "")


LIST = "liste.profs@ac-amiens.test"


def list_copy(mailbox: str, message_id: str, queue_id: str, copies: MemoryCopies) -> None:
    """What a list sent on to one of its members."""
    copies.put(mailbox, Letter("INBOX", queue_id, message_id, FORGED, queue_id=queue_id))
    submitted = Step(NOON, Engine.POSTFIX, StepKind.RECEIVED, queue_id, recipient=LIST)
    sender = "liste.profs+l2.7d@ac-amiens.test"
    told([submitted, *arrival(mailbox, message_id, queue_id, sender)], queue_id)


def test_what_a_list_sent_on_of_a_letter_leaves_with_it() -> None:
    copies, member = MemoryCopies(), account("u0").mailbox
    sent(SENDER, "<m@x>", "QQQQQA0", LIST, copies)
    list_copy(member, "<m@x>", "QQQQQA1", copies)
    removed(copies)
    assert [letter.guid for letter in copies.hidden[member]] == ["QQQQQA1"]


def test_what_a_list_sent_on_may_be_an_honest_letter_s_copy_and_stays() -> None:
    copies, member = MemoryCopies(), account("u0").mailbox
    sent("chef@dehors.example", "<m@x>", "QQQQQB0", LIST, copies)
    list_copy(member, "<m@x>", "QQQQQB1", copies)
    sent(SENDER, "<m@x>", "QQQQQB2", LIST, copies)
    removed(copies)
    assert [letter.guid for letter in copies.hidden[LIST]] == ["QQQQQB2"]
    assert copies.hidden[member] == []


def test_who_answered_or_followed_a_link_is_told_once_and_nobody_else() -> None:
    copies, mailboxes = campaign(4)
    number = counted(copies)
    copies.boxes[mailboxes[1]][0].flags = frozenset({"\\Seen", "\\Answered"})
    holders = dict(RemovalBox.objects.values_list("mailbox", "account_id"))
    link = CheckedLink("https://piege.example/", holders[mailboxes[2]], "<f2@x>")
    record_click(link, was_listed=False, now=NOON)
    services.decide_removal(number, 50, by=BY, now=NOON)
    for at in (NOON, NOON + timedelta(minutes=1)):
        work(number, order(number), copies, at=at)
    told_of = {event.account_id: (event.act, event.detail) for event in events_of(AccountTouched)}
    assert len(events_of(AccountTouched)) == len(told_of) == 2
    assert told_of == {
        holders[mailboxes[1]]: ("dangerous-mail", f"Expéditeur : {SENDER}. Vous y aviez répondu."),
        holders[mailboxes[2]]: (
            "dangerous-mail",
            f"Expéditeur : {SENDER}. Vous aviez suivi un de ses liens.",
        ),
    }
