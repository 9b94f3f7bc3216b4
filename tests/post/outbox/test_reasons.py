"""Why a message was refused, told so that its writer knows what to mend."""

import pytest

from vaguemestre.post.outbox.rules.reasons import delivery_reason, refusal_reason, stored_reason


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("smtp: 550 5.1.1 <x@y.fr>: Recipient address rejected: User unknown", "outbox.refused-recipient"),
        ("smtp: 552 5.3.4 Message size exceeds fixed limit", "outbox.refused-size"),
        ("smtp: 552 too big", "outbox.refused-size"),
        ("smtp: 553 5.7.1 <a@b.fr>: Sender address rejected: not owned by user", "outbox.refused-sender"),
        ("smtp: 550 5.7.28 too many messages", "outbox.refused-limit"),
        ("smtp: 554 5.7.0 dangerous", "outbox.removed-content"),
        ("smtp: 554 something else", "outbox.refused"),
        ("", "outbox.refused"),
    ],
)
def test_answers_become_sentences(answer: str, code: str) -> None:
    assert refusal_reason(answer) == code


def test_of_several_recipients_the_one_that_does_not_exist_is_named() -> None:
    answer = "smtp: 550 5.1.1 <B@y.fr>: Recipient address rejected: User unknown b@y.fr"
    assert stored_reason(answer, ["a@y.fr", "b@y.fr"]) == "outbox.refused-address b@y.fr"
    assert stored_reason("smtp: 550 5.1.1 User unknown", ["a@y.fr"]) == "outbox.refused-recipient"
    assert stored_reason("smtp: 552 5.3.4 <a@y.fr>: too big", ["a@y.fr"]) == "outbox.refused-size"


@pytest.mark.parametrize(
    ("status", "diagnostic", "code"),
    [
        ("5.1.1", "host mx.y.fr[127.5.3.2] said: 550 5.1.1 no such user", "outbox.status-unknown-person"),
        ("5.0.0", "host mx.y.fr[5.2.2.80] said: 552 5.2.2 full", "outbox.status-full"),
        ("4.4.1", "connect to mx.y.fr[192.5.1.1]:25: Connection timed out", "outbox.status-unreachable"),
    ],
)
def test_the_address_of_the_other_server_is_not_its_reason(status: str, diagnostic: str, code: str) -> None:
    assert delivery_reason(status, diagnostic) == code


@pytest.mark.parametrize(
    ("status", "code"), [("2.0.0", ""), ("", "outbox.status-other"), ("5.7.9", "outbox.status-spam")]
)
def test_a_success_has_no_reason_and_the_unknown_has_the_one_of_its_subject(status: str, code: str) -> None:
    assert delivery_reason(status) == code
