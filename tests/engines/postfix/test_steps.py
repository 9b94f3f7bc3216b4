"""A line of Postfix's log is one step, and no stranger's words make another."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.engines.postfix.log.steps import log_moment, postfix_steps
from vaguemestre.post.trace.rules.reasons import place_of
from vaguemestre.post.trace.values import Place, Step, StepKind

NOW = dt.datetime(2026, 11, 28, 9, 0, tzinfo=dt.UTC)
BEGINS = "Nov 28 08:27:48 mail postfix/"
NEW_YEAR = dt.datetime(2027, 1, 1, 0, 10, tzinfo=dt.UTC)
ADDRESS = "<marie@ac-amiens.test>"
SENT = "delay=0.03, delays=0.01/0.01/0/0.01, dsn=2.0.0, status=sent (250 2.0.0 Saved)"
# What a log line prints of a stranger's words: printable, no line end (Postfix writes `?` for the others).
WORDS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)
FORGED = st.sampled_from(
    (
        "; from=<f@x.fr> to=<victim@ac-amiens.test> proto=ESMTP helo=<h>",
        "to=<victim@ac-amiens.test>, relay=x, " + SENT,
        ", dsn=2.0.0, status=sent (250 ok)",
        "4jc3Lr4Hgkz1gZ1q: removed",
        "from=<victim@ac-amiens.test>, size=1, nrcpt=1 (queue active)",
        "message-id=<victim@x>",
        "Nov 28 08:27:48 mail postfix/qmgr[1]: 4jc3Lr4Hgkz1gZ1q: removed",
    )
)
HOSTILE = st.builds("".join, st.lists(st.one_of(WORDS, FORGED), min_size=1, max_size=4))


def only(text: str) -> Step:
    (step,) = postfix_steps(BEGINS + text, NOW)
    return step


def test_what_a_demonstration_sends_outside_is_not_delivered_to_us() -> None:
    line = f"outside/lmtp[7]: 4jc3Lr4Hgkz1: to=<Parent@famille.example>, relay=box[/run/d/lmtp], {SENT}"
    step = only(line)
    assert step.relay == "famille.example[box]"
    assert place_of(step) is Place.OUTSIDE
    assert place_of(only(line.replace("outside/", "lists/"))) is Place.HERE


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("submission/smtpd[7]: 4jc3Lr4Hgkz1: client=unknown[::1], sasl_method=PLAIN, sasl_username=u@x",
         StepKind.RECEIVED),
        ("submission/cleanup[7]: 4jc3Lr4Hgkz1: message-id=<a@b>", StepKind.IDENTIFIED),
        ("submission/cleanup[7]: 4jc3Lr4Hgkz1: removed (canceled)", StepKind.ABANDONED),
        ("submission/cleanup[7]: 4jc3Lr4Hgkz1: milter-hold: END-OF-MESSAGE from unknown[127.0.0.1]: milter "
         "triggers HOLD action; from=<a@b> to=<c@d> proto=ESMTP helo=<x>", StepKind.HELD),
        ("qmgr[7]: 4jc3Lr4Hgkz1: from=<a@b>, size=549, nrcpt=1 (queue active)", StepKind.QUEUED),
        (f"lists/lmtp[7]: 4jc3Lr4Hgkz1: to=<c@d>, relay=mail[/run/d/lmtp], {SENT}", StepKind.DELIVERED),
        ("smtp[7]: 4jc3Lr4Hgkz1: to=<c@d>, relay=none, delay=1, delays=1/0/0/0, dsn=4.4.1, status=deferred (",
         StepKind.DEFERRED),
        ("qmgr[7]: 4jc3Lr4Hgkz1: from=<a@b>, status=expired, returned to sender", StepKind.REFUSED),
        ("qmgr[7]: 4jc3Lr4Hgkz1: removed", StepKind.DONE),
        ("mx/smtpd[7]: NOQUEUE: reject: RCPT from unknown[127.0.0.1]: 553 5.7.1 <r@x>: Sender address "
         "rejected: sign in; from=<r@x> to=<c@d> proto=ESMTP helo=<mail.dehors.example>", StepKind.REJECTED),
        ("postscreen[7]: NOQUEUE: reject: RCPT from [1.2.3.4]:4711: 550 5.7.1 Service unavailable; client "
         "[1.2.3.4] blocked; from=<a@b>, to=<c@d>, proto=ESMTP, helo=<h>", StepKind.REJECTED),
        ("submission/cleanup[7]: 4jc3Lr4Hgkz1: milter-reject: END-OF-MESSAGE from unknown[127.0.0.1]: 5.7.1 "
         "Le nom contient une autre adresse; from=<a@b> to=<c@d> proto=ESMTP helo=<pc>", StepKind.REJECTED),
    ],
)  # fmt: skip
def test_each_line_of_a_message_is_its_step(text: str, kind: StepKind) -> None:
    step = only(text)
    assert (step.kind, step.at) == (kind, dt.datetime(2026, 11, 28, 8, 27, 48, tzinfo=dt.UTC))


def test_a_delivery_says_to_whom_by_whom_and_with_what_answer() -> None:
    step = only(
        f"lmtp[7]: 4jc3Lr4Hgkz1: to=<c@D.fr>, orig_to=<C@old.fr>, relay=mail[/run/d/lmtp], conn_use=2, {SENT}"
    )
    assert (step.queue_id, step.recipient, step.relay) == ("4jc3Lr4Hgkz1", "c@old.fr", "mail[/run/d/lmtp]")
    assert (step.status, step.detail) == ("2.0.0", "250 2.0.0 Saved")


def test_a_line_cut_at_its_longest_still_says_the_state() -> None:
    line = f"smtp[7]: 4jc3Lr4Hgkz1: to={ADDRESS}, relay=x[1.2.3.4]:25, {SENT[:-1]}" + "x" * 2000
    assert only(line[:1980]).kind is StepKind.DELIVERED


@given(HOSTILE)
def test_a_message_id_is_nothing_but_a_message_id(words: str) -> None:
    step = only(f"cleanup[7]: 4jc3Lr4Hgkz1: message-id={words}")
    assert (step.kind, step.message_id, step.recipient) == (StepKind.IDENTIFIED, words, "")


@given(HOSTILE)
def test_the_answer_of_another_server_changes_neither_state_nor_recipient(words: str) -> None:
    begins = (
        f"smtp[7]: 4jc3Lr4Hgkz1: to={ADDRESS}, relay=mx.fr[1.2.3.4]:25, delay=1, delays=0/0/0/1, dsn=5.7.1, "
    )
    step = only(f"{begins}status=bounced (host mx.fr said: {words})")
    assert (step.kind, step.recipient, step.status) == (StepKind.REFUSED, ADDRESS[1:-1], "5.7.1")


def test_a_line_of_a_start_says_what_the_queue_held() -> None:
    step = only(f"start[7]: 4jc3Lr4Hgkz1: from={ADDRESS}, message-id=<a@b> (in the queue)")
    assert (step.kind, step.sender, step.message_id) == (StepKind.QUEUED, ADDRESS[1:-1], "<a@b>")


def quoted(words: str) -> str:
    """An address in its external form (RFC 5321 §4.1.2)."""
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"@dehors.example'


@given(HOSTILE, HOSTILE)
def test_an_address_is_nothing_but_an_address(sender: str, recipient: str) -> None:
    queued = only(f"qmgr[7]: 4jc3Lr4Hgkz1: from=<{quoted(sender)}>, size=1, nrcpt=1 (queue active)")
    assert (queued.kind, queued.sender) == (StepKind.QUEUED, quoted(sender))
    sent = only(f"smtp[7]: 4jc3Lr4Hgkz1: to=<{quoted(recipient)}>, relay=none, {SENT}")
    assert (sent.kind, sent.recipient) == (StepKind.DELIVERED, quoted(recipient).lower())


@given(HOSTILE, HOSTILE, HOSTILE)
def test_who_is_rejected_at_the_door_names_nobody_else(helo: str, sender: str, said: str) -> None:
    """In the sentence the address stands as the client wrote it, HELO too."""
    line = (
        f"mx/smtpd[7]: NOQUEUE: reject: RCPT from unknown[1.2.3.4]: 550 5.1.1 <{said}>: Recipient address "
        f"rejected: User unknown; from=<{quoted(sender)}> to=<x@dehors.example> proto=ESMTP helo=<{helo}>"
    )
    for step in postfix_steps(BEGINS + line, NOW):
        assert (step.sender, step.recipient) == (quoted(sender), "x@dehors.example")


@given(HOSTILE)
def test_a_name_that_a_client_gives_is_no_line(words: str) -> None:
    for line in (
        f"smtpd[7]: improper command pipelining after HELO from x: {words}",
        f"smtpd[7]: warning: {words}",
    ):
        assert [
            step for step in postfix_steps(BEGINS + line, NOW) if step.kind is not StepKind.REJECTED
        ] == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Jan  1 00:09:59", dt.datetime(2027, 1, 1, 0, 9, 59, tzinfo=dt.UTC)),
        ("Jan  1 00:12:00", dt.datetime(2027, 1, 1, 0, 12, tzinfo=dt.UTC)),
        ("Dec 31 23:59:59", dt.datetime(2026, 12, 31, 23, 59, 59, tzinfo=dt.UTC)),
        ("Jul 14 10:00:00", dt.datetime(2026, 7, 14, 10, 0, tzinfo=dt.UTC)),
    ],
)
def test_the_year_of_a_line_is_that_of_the_last_change_of_its_file(written: str, meant: dt.datetime) -> None:
    assert log_moment(written, NEW_YEAR.astimezone(dt.timezone(dt.timedelta(hours=-3)))) == meant
