"""More of being away, delivered for real: formatted texts, days of the week, known people, spam, floods."""

import email
import email.policy
import secrets
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from itertools import batched

import pytest
from tests.engines.live import LiveEngines, Someone, letter, wait_until
from tests.engines.sieve.test_absence_replies import AWAY, TODAY, Case, owner, receivers, replies, sent

from vaguemestre.engines.dovecot.house_script import HouseScripts
from vaguemestre.engines.sieve.scripts import OpenManageSieve
from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.mailbox.sorting.script import absence_script, junk_choices_script, personal_script
from vaguemestre.mailbox.sorting.values import (
    SCRIPT_NAME,
    SPAM_SCRIPT,
    Owner,
    Place,
    Replacement,
    Severity,
    SortingSettings,
    SpamSettings,
)

pytestmark = pytest.mark.engines


def install(
    engines: LiveEngines, person: Someone, decided: SortingSettings, known: Owner | None = None
) -> None:
    opened = OpenManageSieve("127.0.0.1", engines.config.ports.managesieve, engines.token)
    with opened(person.mailbox) as scripts:
        if friends := junk_choices_script(decided.spam):
            scripts.put(SPAM_SCRIPT, friends)
        if content := personal_script(decided, known or owner(person), foreign_script=""):
            scripts.put(SCRIPT_NAME, content)
            scripts.activate(SCRIPT_NAME)
    house = absence_script(decided, known or owner(person), now=TODAY)
    HouseScripts(engines.config)(person.mailbox, house)


def fresh(word: str) -> str:
    return f"{word}{secrets.token_hex(4)}"


def test_a_formatted_reply_has_its_plain_twin_and_the_card_of_the_replacement(engines: LiveEngines) -> None:
    person, colleague, number = engines.someone(), engines.someone(), fresh("rich")
    absence = replace(AWAY, is_rich=True, internal_text="<p>Je suis <b>en congé</b>.</p>", replacement_id=5)
    card = Replacement(5, "Karim Benali", "CPE · Collège", "karim.benali@ac-amiens.test")
    install(engines, person, SortingSettings((absence,), replacements={5: card}))
    engines.submit(
        colleague, colleague.address, person.address, letter(colleague.address, person.address, number)
    )
    (reply,) = replies(engines, colleague, number)
    plain, formatted = reply.get_body(("plain",)), reply.get_body(("html",))
    assert plain is not None
    assert formatted is not None
    assert "Je suis en congé." in plain.get_content()
    assert "<b>en congé</b>" in formatted.get_content()
    for body in (plain, formatted):
        assert "karim.benali@ac-amiens.test" in body.get_content()
    assert reply["Auto-Submitted"].startswith("auto-replied")


def test_a_family_is_answered_from_the_address_that_hides_the_owner(engines: LiveEngines) -> None:
    person, word = engines.someone(), fresh("famille")
    hidden = person.expected.receives[1]
    known = replace(owner(person), addresses=(person.address, person.mailbox), gateway_addresses=(hidden,))
    install(engines, person, SortingSettings((AWAY,)), known)
    engines.arrive(hidden, letter("parent@dehors.example", hidden, word), f"{word}@dehors.example")
    (raw,) = engines.found(engines.outside, word)
    reply = email.message_from_bytes(raw, policy=email.policy.default)
    assert reply["From"].addresses[0].addr_spec == hidden
    besides = raw.replace(hidden.encode(), b"")
    assert person.address.encode() not in besides
    assert person.mailbox.encode() not in besides


def test_a_weekly_absence_answers_on_its_days_only(engines: LiveEngines) -> None:
    here, away, today = engines.someone(), engines.someone(), TODAY.astimezone(PARIS).isoweekday()
    others = tuple(day for day in range(1, 8) if day != today)
    for person, days in ((here, others), (away, (today,))):
        install(engines, person, SortingSettings((replace(AWAY, place=Place.WEEKLY, weekdays=days),)))
    silent = sent(engines, here, fresh("jour"), Case(False))
    engines.found(here, silent.partition("@")[0])
    control = sent(engines, away, fresh("fin"), Case(True))
    wait_until(lambda: control in receivers(engines))
    assert silent not in receivers(engines)


def test_outside_only_people_of_the_address_book_are_answered(engines: LiveEngines) -> None:
    person, stranger, friend = engines.someone(), fresh("inconnu"), fresh("connu")
    known = replace(owner(person), contacts=(f"{friend}@dehors.example",))
    install(engines, person, SortingSettings((replace(AWAY, only_known=True),)), known)
    first = sent(engines, person, stranger, Case(False))
    engines.found(person, stranger)
    second = sent(engines, person, friend, Case(True))
    wait_until(lambda: second in receivers(engines))
    assert first not in receivers(engines)


def test_without_an_address_book_nobody_outside_is_answered(engines: LiveEngines) -> None:
    person, there = engines.someone(), engines.someone()
    install(engines, person, SortingSettings((replace(AWAY, only_known=True, internal_text=""),)))
    install(engines, there, SortingSettings((AWAY,)))
    first = sent(engines, person, fresh("seul"), Case(False))
    engines.found(person, first.partition("@")[0])
    control = sent(engines, there, fresh("fin"), Case(True))
    wait_until(lambda: control in receivers(engines))
    assert first not in receivers(engines)


@pytest.mark.parametrize(
    ("choice", "folder"),
    [
        (SpamSettings(), "Junk"),
        (SpamSettings(is_sorted=False), "INBOX"),
        (SpamSettings(allowed=("jean@dehors.example",)), "INBOX"),
        (SpamSettings(allowed=("@dehors.example",)), "INBOX"),
        (SpamSettings(allowed=("@ailleurs.example",)), "Junk"),
    ],
    ids=["as for everybody", "not sorted", "a welcome sender", "a welcome domain", "somebody else welcome"],
)
def test_spam_goes_where_its_receiver_wants(engines: LiveEngines, choice: SpamSettings, folder: str) -> None:
    person, number = engines.someone(), fresh("spam")
    install(engines, person, SortingSettings(spam=choice))
    message = letter("Jean <jean@dehors.example>", person.address, number, X_Spam_Flag="YES")
    engines.deliver(person.address, message)
    assert engines.found(person, number, folder=folder)


@pytest.mark.parametrize(
    ("severity", "points", "folder"),
    [
        (Severity.CAUTIOUS, 3, "INBOX"),
        (Severity.CAUTIOUS, 4, "Junk"),
        (Severity.NORMAL, 5, "INBOX"),
        (Severity.NORMAL, 6, "Junk"),
        (Severity.LENIENT, 9, "INBOX"),
        (Severity.LENIENT, 10, "Junk"),
    ],
)
def test_the_filter_is_as_severe_as_its_receiver_wants(
    engines: LiveEngines, severity: Severity, points: int, folder: str
) -> None:
    person, number = engines.someone(), fresh("seuil")
    install(engines, person, SortingSettings(spam=SpamSettings(severity=severity)))
    status = "Yes" if points >= 6 else "No"
    message = letter(
        "Jean <jean@dehors.example>", person.address, number,
        X_Spam_Status=f"{status}, score={points}.00", X_Spam_Level="*" * points,
    )  # fmt: skip
    engines.deliver(person.address, message)
    assert engines.found(person, number, folder=folder)


@pytest.mark.parametrize("severity", list(Severity))
def test_a_welcome_sender_stays_welcome_and_a_forged_colleague_does_not(
    engines: LiveEngines, severity: Severity
) -> None:
    person, number = engines.someone(), fresh("bienvenu")
    install(
        engines, person, SortingSettings(spam=SpamSettings(allowed=("@dehors.example",), severity=severity))
    )
    marks = {"X_Spam_Status": "Yes, score=12.00", "X_Spam_Level": "*" * 12}
    engines.arrive(person.address, letter("Jean <jean@dehors.example>", person.address, number, **marks))
    assert engines.found(person, number)
    ours = f"La rectrice <rectrice@{engines.config.academy.domain}>"
    engines.deliver(person.address, letter(ours, person.address, f"{number}-2"))
    assert engines.found(person, f"{number}-2", folder="Junk")


def test_an_unwanted_sender_goes_to_junk_and_gets_no_answer(engines: LiveEngines) -> None:
    person, number = engines.someone(), fresh("casse")
    choice = SpamSettings(denied=(f"{number}@dehors.example",))
    install(engines, person, SortingSettings((AWAY,), spam=choice))
    sender = sent(engines, person, number, Case(False))
    control = sent(engines, person, fresh("fin"), Case(True))
    wait_until(lambda: control in receivers(engines))
    assert engines.found(person, number, folder="Junk")
    assert sender not in receivers(engines)


def test_a_machine_that_answers_every_answer_gets_one(engines: LiveEngines) -> None:
    """An autoresponder that says nothing of itself answers the reply, and so on: the period stops it."""
    person, number = engines.someone(), fresh("boucle")
    install(engines, person, SortingSettings((AWAY,)))
    for _ in range(4):
        sender = sent(engines, person, number, Case(True))
    wait_until(lambda: len(engines.found(person, number)) == 4)
    control = sent(engines, person, fresh("fin"), Case(True))
    wait_until(lambda: control in receivers(engines))
    assert receivers(engines).count(sender) == 1


@pytest.mark.timeout(3600)
def test_a_flood_under_forged_names_gets_one_reply_each_and_no_bounce(
    engines: LiveEngines, how_many: Callable[[int, int], int]
) -> None:
    """Each writes to somebody absent, one in ten twice; then to nobody, refused in the conversation."""
    person, mark = engines.someone(), fresh("flot")
    install(engines, person, SortingSettings((AWAY,)))
    count = how_many(60, 10_000)
    forged = [f"{mark}.{n}@dehors.example" for n in range(count)]
    domain = engines.config.academy.domain
    for some in batched([*forged, *forged[::10]], 500):
        with engines.mx() as client:
            for sender in some:
                client.send_message(letter(sender, person.address, mark), sender, [person.address])
    refused = 0
    for some in batched(forged[::2], 9):  # Postfix slows and hangs up on who errs ten times
        with engines.mx() as client:
            client.ehlo()
            for n, sender in enumerate(some):
                client.mail(sender)
                refused += client.rcpt(f"personne.{n}@{domain}")[0] == 550
                client.rset()
    assert refused == len(forged[::2])
    wait_until(lambda: set(forged) <= set(receivers(engines)), 3000)
    last = sent(engines, person, fresh("fin"), Case(True))
    wait_until(lambda: last in receivers(engines), 600)
    got = [one for one in receivers(engines) if one.startswith(mark)]
    assert sorted(got) == sorted(forged)  # one each; nothing to the senders of what was refused
    assert bounces(engines, mark) == []


def bounces(engines: LiveEngines, mark: str) -> list[EmailMessage]:
    """Reports of failure among what speaks of that mark."""
    with engines.signed_in(engines.outside) as client:
        client.select("INBOX", readonly=True)
        wanted = ("HEADER", "Content-Type", "multipart/report", "TEXT", f'"{mark}"')
        numbers = client.search(None, *wanted)[1][0].split()
        found = [client.fetch(n.decode(), "(BODY.PEEK[])")[1][0][1] for n in numbers]
    messages = [email.message_from_bytes(raw, policy=email.policy.default) for raw in found]  # type: ignore[arg-type]
    return [one for one in messages if one.get_content_type() == "multipart/report"]


def test_a_hand_written_script_is_told_its_faults_by_line(engines: LiveEngines) -> None:
    person = engines.someone()
    opened = OpenManageSieve("127.0.0.1", engines.config.ports.managesieve, engines.token)
    with opened(person.mailbox) as scripts:
        (error,) = scripts.check('require "fileinto";\r\n\r\ngarder "x";\r\n')
        assert (error.line, "garder" in error.message) == (3, True)
        assert scripts.check('require "fileinto";\r\nfileinto "x";\r\n') == ()
        assert scripts.list_scripts().names == ()


def test_a_former_academie_is_answered_for_and_the_new_one_is_not(engines: LiveEngines) -> None:
    name, token = f"v{secrets.token_hex(3)}", secrets.token_hex(4)
    new, former = f"{name}@{engines.config.academy.domain}", f"{name}@ac-lille.test"
    person = engines.someone(mailbox=former, names=(former, new, name), receives=(new, former), sends=(new,))
    install(engines, person, SortingSettings(absences=(replace(AWAY, only_to="ac-lille.test"),)))
    to_new, to_former = f"neuf.{token}@dehors.example", f"ancien.{token}@dehors.example"
    engines.arrive(new, letter(to_new, new, f"nouvelle-{token}"), to_new)
    engines.arrive(former, letter(to_former, former, f"ancienne-{token}"), to_former)
    wait_until(lambda: to_former in receivers(engines))
    assert engines.found(person, f"nouvelle-{token}")
    assert to_new not in receivers(engines)
