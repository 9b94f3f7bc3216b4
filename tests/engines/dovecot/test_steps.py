"""A line of Dovecot's log is one step of a message, whatever its author called it."""

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vaguemestre.engines.dovecot.steps import dovecot_steps
from vaguemestre.post.trace.values import Step, StepKind

NOW = dt.datetime(2026, 11, 28, 9, 0, tzinfo=dt.UTC)
BEGINS = "2026-11-28T08:27:48+0000 lmtp(MDurand@ac-amiens.test)<1424110><4TbxJISQCmvuuhUAg+zDdQ:T2>: Info: "
ACTS = (
    "fileinto action: stored mail into mailbox 'Junk'",
    "stored mail into mailbox 'INBOX'",
    "redirect action: forwarded to <victim@ac-amiens.test>",
    "discard action: Marked message to be discarded if not explicitly delivered (discard action)",
)
WORDS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)
HOSTILE = st.builds(
    "".join, st.lists(st.one_of(WORDS, st.sampled_from((*ACTS, ": ", "<x@y>: "))), max_size=4)
)


def steps(text: str) -> list[Step]:
    return list(dovecot_steps(BEGINS + text, NOW))


@pytest.mark.parametrize(
    ("text", "kind", "status"),
    [
        ("sieve: msgid=<a@b>: stored mail into mailbox 'INBOX'", StepKind.FILED, ""),
        ("sieve: msgid=<a@b>: fileinto action: stored mail into mailbox 'Junk'", StepKind.FILED, ""),
        ("sieve: msgid=<a@b>: redirect action: forwarded to <c@d>", StepKind.FORWARDED, ""),
        ("sieve: msgid=<a@b>: vacation action: sent vacation response to <c@d>", StepKind.ANSWERED, ""),
        ("sieve: msgid=<a@b>: Marked message to be discarded if not explicitly delivered (discard action)",
         StepKind.DISCARDED, "filter-discarded"),
        ("sieve: msgid=<a@b>: reject action: rejected message from <c@d> (reject)", StepKind.REFUSED,
         "filter-rejected"),
        ("Mailbox INBOX: expunge: box=INBOX, uid=3, msgid=<a@b>, size=1027", StepKind.DELETED, ""),
        ("Mailbox Trié: copy from INBOX: box=Trié, uid=1, msgid=<a@b>, size=7", StepKind.COPIED, ""),
    ],
)  # fmt: skip
def test_each_act_on_a_message_is_its_step(text: str, kind: StepKind, status: str) -> None:
    (step,) = steps(text)
    assert (step.kind, step.message_id, step.recipient) == (kind, "<a@b>", "mdurand@ac-amiens.test")
    assert (step.status, step.at) == (status, dt.datetime(2026, 11, 28, 8, 27, 48, tzinfo=dt.UTC))


def test_a_delivery_is_told_once() -> None:
    assert steps("Mailbox INBOX: save: box=INBOX, uid=3, msgid=<a@b>, size=1027") == []


def test_a_zone_is_heeded() -> None:
    line = (
        "2026-11-28T10:27:48+0200 imap(m@x)<1><s>: Info: Mailbox A: append: box=A, uid=1, msgid=<a@b>, size=1"
    )
    (step,) = dovecot_steps(line, NOW)
    assert step.at == dt.datetime(2026, 11, 28, 8, 27, 48, tzinfo=dt.UTC)


@given(HOSTILE, st.sampled_from(ACTS))
@example(f"<x@y>: {ACTS[3]}", ACTS[1])
@example(f"<x@y>: {ACTS[1]}", ACTS[2])
@example("<x@y>: reject action: rejected message from <a@b> (reject)", ACTS[1])
def test_a_message_id_forges_no_act(words: str, act: str) -> None:
    """What was done is told as it was, or not told: the author of the Message-ID adds nothing to it."""
    (done,) = steps(f"sieve: msgid=<a@b>: {act}")
    for line in (f"sieve: msgid=<{words}>: {act}", f"sieve: msgid={words}: {act}"):
        assert {step.kind for step in steps(line)} <= {done.kind}


@pytest.mark.parametrize(
    ("words", "detail"),
    [
        ("Activated script 'a\"b}'  (0 warnings)", ['SETACTIVE a"b}']),
        ("Activated script 'l'essai'  (2 warnings, already active)", ["SETACTIVE l'essai"]),
        ("Stored script 'tri' successfully (0 warnings)", ["PUTSCRIPT tri"]),
        ("Deactivated script", ["SETACTIVE "]),
        ("Activated script 'vaguemestre'  (0 warnings)", []),
        ("Failed to activate script 'tri': Compilation failed (1 errors, 0 warnings)", []),
        ("Checked script successfully (0 warnings)", []),
    ],
)
def test_a_script_that_a_program_changed_is_a_step_of_its_mailbox(words: str, detail: list[str]) -> None:
    line = f"2026-11-28T08:27:48+0000 sieve(M@x)<3166213><xTYBh/AAAB>: Debug: {words}"
    found = list(dovecot_steps(line, NOW))
    assert [step.detail for step in found] == detail
    assert {(step.kind, step.recipient) for step in found} <= {(StepKind.SCRIPTED, "m@x")}
