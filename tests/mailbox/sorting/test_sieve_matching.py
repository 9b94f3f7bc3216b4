"""Data → Sieve → behaviour: for any filter and any message, Dovecot decides as `matches` does.

One script holds a filter that files the message in a folder of its own name; `sieve-test` says where it goes.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.mailbox.sorting.samples import OWNER, composed

from vaguemestre.engines.imap.adapters.filter_adapter import read_message
from vaguemestre.mailbox.sorting.rules.filters import matches
from vaguemestre.mailbox.sorting.script import translate_script
from vaguemestre.mailbox.sorting.values import Aspect, Condition, Filter, Outcome, Relation

_CONFIGURATION = """\
dovecot_config_version = 2.4.1
dovecot_storage_version = 2.4.1
mail_uid = {uid}
mail_gid = {gid}
mail_driver = maildir
mail_path = {home}/mail
mail_home = {home}
"""
_TAKEN = "Pris"
WORDS = (
    "Conseil",
    "conseil",
    "École",
    "école",
    "ÉCOLE",
    "sortie à la mer",
    "l'école d’à côté",
    "guillemet \\ ${1}",
    "dehors",
    "a",
    "ea",
    "lefevre",
    "remi",
    "Lefèvre remi",
)
SENDERS = (
    ("Jean Marcheur", "jean@dehors.example"),
    ("Éa Morel", "ea.morel@ac-amiens.test"),
    ("", "JEAN@Dehors.Example"),
    ("LEFÈVRE Rémi", "remi@dehors.example"),
)
TO = ("nadia.morel@ac-amiens.test", "tous@dehors.example")
LISTS = ("", "<parents.dehors.example>")

_words = st.sampled_from(WORDS)
_conditions = st.one_of(
    st.builds(
        Condition,
        st.sampled_from([Aspect.SENDER, Aspect.RECIPIENT, Aspect.SUBJECT]),
        st.sampled_from(Relation),
        st.one_of(_words, st.sampled_from([address for _, address in SENDERS] + list(TO))),
    ),
    st.builds(Condition, st.sampled_from([Aspect.TEXT, Aspect.LIST]), st.just(Relation.CONTAINS), _words),
    st.builds(
        Condition,
        st.sampled_from([Aspect.SENDER_ADDRESS, Aspect.RECIPIENT_ADDRESS]),
        st.sampled_from([Relation.CONTAINS, Relation.LACKS]),
        st.sampled_from(["jean", "MOREL", "@dehors", "Marcheur"]),
    ),
    st.builds(
        Condition,
        st.sampled_from([Aspect.ATTACHMENT, Aspect.OUTSIDE]),
        st.sampled_from([Relation.CONTAINS, Relation.LACKS]),
        st.just(""),
    ),
    st.builds(
        Condition, st.just(Aspect.SIZE), st.sampled_from([Relation.CONTAINS, Relation.LACKS]), st.just("1")
    ),
    st.builds(
        Condition,
        st.sampled_from([Aspect.SINCE, Aspect.UNTIL]),
        st.just(Relation.CONTAINS),
        st.sampled_from(["2020-01-01", "2999-12-31"]),
    ),
)
_filters = st.builds(
    Filter,
    st.just("Essai"),
    st.lists(_conditions, min_size=1, max_size=4).map(tuple),
    st.just(Outcome(move_to=_TAKEN)),
    st.booleans(),
)


@st.composite
def _messages(draw: st.DrawFn) -> tuple[str, bytes]:
    """(envelope sender, message)."""
    name, sender = draw(st.sampled_from(SENDERS))
    message = EmailMessage(policy=SMTP)
    message["From"] = f"{name} <{sender}>" if name else sender
    message["To"] = draw(st.sampled_from(TO))
    if draw(st.booleans()):
        message["Cc"] = TO[1]
    message["Subject"] = f"{draw(_words)} {draw(_words)}"
    if told := draw(st.sampled_from(LISTS)):
        message["List-Id"] = told
    message.set_content(f"Bonjour,\n{draw(_words)}\n" + ("x" * 70 + "\n") * (16000 * draw(st.integers(0, 1))))
    if draw(st.booleans()):
        message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="plan.pdf")
        message.set_boundary("=_limite")
    return draw(st.sampled_from([sender.lower(), "autre@dehors.example"])), message.as_bytes()


@pytest.fixture(scope="module")
def sieve_test() -> Iterator[Callable[[str, str, bytes], str]]:
    """Run a script on a message: what Dovecot would do."""
    with tempfile.TemporaryDirectory(prefix="vm-sieve-") as named:
        home = Path(named)
        (home / "mail").mkdir()
        # Dovecot opens no mailbox as root
        user = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        facts = {"uid": user.pw_uid, "gid": user.pw_gid, "home": home}
        for folder in (home, home / "mail"):
            shutil.chown(folder, user.pw_uid, user.pw_gid)
        (home / "dovecot.conf").write_text(_CONFIGURATION.format(**facts))

        def run(script: str, sender: str, message: bytes) -> str:
            (home / "script.sieve").write_bytes(script.encode())
            (home / "message.eml").write_bytes(message)
            ended = subprocess.run(
                ["sieve-test", "-C", "-c", "dovecot.conf", "-f", sender, "-r", OWNER.mailbox,
                 "script.sieve", "message.eml"],
                cwd=home, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert ended.returncode == 0, f"{ended.stderr}\n{script}"
            return ended.stdout

        yield run


@pytest.mark.heavy
@pytest.mark.timeout(3600)
def test_dovecot_decides_as_the_rule_does(
    sieve_test: Callable[[str, str, bytes], str], how_many: Callable[[int, int], int]
) -> None:
    outcomes = set()

    @settings(max_examples=how_many(60, 3000), deadline=None)
    @given(wanted=_filters, told=_messages())
    def same(wanted: Filter, told: tuple[str, bytes]) -> None:
        sender, raw = told
        glance = read_message(b"Return-Path: <%b>\r\n%b" % (sender.encode(), raw), datetime.now(UTC))
        script = composed([wanted], OWNER)
        done = sieve_test(script, sender, raw)
        is_taken = f"store message in folder: {_TAKEN}" in done
        outcomes.add(is_taken)
        assert is_taken is matches(wanted, glance, OWNER.internal_domains), f"{script}\n{done}"

    same()
    assert outcomes == {True, False}


_FOREIGN = (
    'header :contains "subject" "conseil"', 'not header :contains ["from"] "marcheur"',
    'header :contains ["to","cc"] "dehors"', 'header :contains "list-id" "parents"',
    'address :is "from" "jean@dehors.example"', 'address :all :contains ["from"] "dehors"',
    'not address :contains ["to", "cc"] "tous"', "size :over 1M", 'body :text :contains "mer"',
    'header :contains "subject" ["conseil", "sortie"]', 'header :is "subject" "Conseil a"',
)  # fmt: skip
_DEEDS = (
    'fileinto "A"; stop;', 'fileinto :copy "A";', 'addflag "\\\\Seen"; fileinto "A"; keep;',
    'addflag "\\\\Flagged"; stop;', 'fileinto "A"; fileinto "B"; stop;', 'redirect :copy "b@dehors.example";',
)  # fmt: skip
_rules = st.tuples(
    st.sampled_from(["anyof", "allof"]),
    st.lists(st.sampled_from(_FOREIGN), min_size=1, max_size=2),
    st.sampled_from(_DEEDS),
)


@pytest.mark.heavy
@pytest.mark.timeout(3600)
def test_a_rule_of_another_program_does_the_same_once_it_is_a_filter(
    sieve_test: Callable[[str, str, bytes], str], how_many: Callable[[int, int], int]
) -> None:
    done = set()

    late = [
        ("anyof", ['header :contains "subject" "conseil"'], 'addflag "\\\\Seen"; fileinto "A"; keep;'),
        ("anyof", ['header :contains "subject" "conseil"'], 'addflag "\\\\Flagged"; stop;'),
    ]
    moved = [
        late[0],
        ("anyof", ['header :contains "subject" "conseil"'], 'fileinto "A"; fileinto "B"; stop;'),
    ]
    conseil = ("jean@dehors.example", b"From: jean@dehors.example\r\nSubject: Conseil\r\n\r\nBonjour,\r\n")

    @settings(max_examples=how_many(25, 1000), deadline=None)
    @example(rules=late, told=conseil)
    @example(rules=moved, told=conseil)
    @given(rules=st.lists(_rules, min_size=1, max_size=3), told=_messages())
    def same(rules: list[tuple[str, list[str], str]], told: tuple[str, bytes]) -> None:
        script = 'require ["fileinto", "copy", "imap4flags", "body"];\n' + "".join(
            f"if {joint} ({', '.join(tests)}) {{ {deeds} }}\n" for joint, tests, deeds in rules
        )
        found = translate_script(script)
        filters = list(found.filters)
        if found.rest:
            script = script[: script.rindex(found.rest.partition("\n")[2])]  # equal rules may come before
        theirs = sieve_test(script, *told)
        ours = sieve_test(composed(filters, OWNER), *told)
        assert actions(ours) == actions(theirs), script
        done.add(tuple(actions(theirs)))

    same()
    assert len(done) > 1


def actions(told: str) -> list[str]:
    """What `sieve-test` says is done, each with its marks; a message kept is kept, said or not."""
    found: list[str] = []
    for line in (line.strip() for line in told.splitlines()):
        if line.startswith("*"):
            found.append(line)
        elif line.startswith("+ add IMAP flags"):
            found[-1] += f" {line}"
    return sorted(found)
