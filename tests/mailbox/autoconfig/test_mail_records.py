"""Records by which others believe our mail, and what is made of their answers."""

import pytest
from django.test import Client

from vaguemestre.mailbox.autoconfig.rules.mail_records import (
    PublicKey,
    mail_records,
    mta_sts_policy,
    policy_id,
)
from vaguemestre.mailbox.autoconfig.rules.records import Record, State, checked_records, zone

KEY = PublicKey("rsa1._domainkey.ac-x.fr", f"v=DKIM1; k=rsa; p={'AbC' * 130}")
POLICY = mta_sts_policy("ac-x.fr", "testing")


def records(policy: str = POLICY, key_digest: str = "0f" * 32) -> dict[str, Record]:
    made = mail_records("ac-x.fr", site="courriel.ac-x.fr", keys=[KEY], key_digest=key_digest, policy=policy)
    return {record.name: record for record in made}


def test_a_long_key_is_cut_into_strings_that_a_zone_may_hold() -> None:
    line = zone([records()[KEY.name]])
    texts = line.split('"')[1::2]
    assert all(len(text) <= 255 for text in texts)
    assert "".join(texts) == KEY.value


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (KEY.value, State.RIGHT),
        (KEY.value.replace("; ", ";") + ";", State.RIGHT),
        (KEY.value.replace("AbC", "aBc", 1), State.MISSING),
    ],
)
def test_the_letters_of_a_key_are_compared_with_their_case(answer: str, state: State) -> None:
    record = records()[KEY.name]
    (result,) = checked_records([record], {record.question: (answer,)})
    assert result.state is state


def test_what_is_not_offered_has_no_record() -> None:
    assert {"_mta-sts.ac-x.fr", "mta-sts.ac-x.fr"} & records(policy="").keys() == set()
    assert "_25._tcp.mail.ac-x.fr" not in records(key_digest="")
    assert records()["_25._tcp.mail.ac-x.fr"].value == f"3 1 1 {'0f' * 32}"


def test_another_policy_has_another_identifier_in_dns() -> None:
    other = mta_sts_policy("ac-x.fr", "enforce")
    assert policy_id(other) != policy_id(POLICY)
    assert policy_id(POLICY) in records()["_mta-sts.ac-x.fr"].value
    assert policy_id(POLICY).isalnum()
    assert len(policy_id(POLICY)) <= 32


@pytest.mark.django_db
def test_other_servers_read_our_policy_under_its_own_name() -> None:
    answer = Client().get("/.well-known/mta-sts.txt", headers={"host": "mta-sts.ac-amiens.test"})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain"
    assert answer.content.decode().split("\r\n")[:3] == [
        "version: STSv1", "mode: testing", "mx: mail.ac-amiens.test",
    ]  # fmt: skip
    assert Client().get("/alogin", headers={"host": "mta-sts.ac-amiens.test"}).status_code == 404
