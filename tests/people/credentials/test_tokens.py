"""Mail tokens: signed, short, on a list, and dead with the session."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey
from tests.access.signin.people import NOON, account

from vaguemestre.access.signin.models import BrowserSession
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import MailToken
from vaguemestre.people.credentials.ports import token_keys
from vaguemestre.people.credentials.rules.tokens import public_pem, sha256_of, signed_token
from vaguemestre.people.credentials.services import change_states, forget_tokens, mint_mail_token


class Engines:
    """The engines' list of honoured tokens."""

    def __init__(self) -> None:
        self.honoured: dict[str, tuple[str, int]] = {}

    def allow_token(
        self, mailbox: str, token_sha256: str, expires_at: int, *, is_program: bool = False
    ) -> None:
        self.honoured[token_sha256] = (mailbox, expires_at)

    def refuse_tokens(self, token_sha256s: Iterable[str]) -> None:
        for sha256 in token_sha256s:
            self.honoured.pop(sha256, None)


def test_a_token_says_who_for_five_minutes() -> None:
    keys = token_keys.get()
    token = signed_token(keys, "nmorel@ac-amiens.test", NOON)
    read = jwt.decode(token, ECKey.import_key(public_pem(keys)), algorithms=["ES256"])
    assert read.header == {"alg": "ES256", "typ": "JWT", "kid": keys.kid}
    assert read.claims["sub"] == "nmorel@ac-amiens.test"
    assert read.claims["azp"] == "webmail"
    assert read.claims["exp"] == NOON.timestamp() + 300


def test_a_token_is_good_at_once_by_a_clock_that_is_a_little_late() -> None:
    keys = token_keys.get()
    for second in range(3):
        now = NOON + timedelta(seconds=second)
        read = jwt.decode(
            signed_token(keys, "nmorel@ac-amiens.test", now), ECKey.import_key(public_pem(keys)), ["ES256"]
        )
        late = (now - timedelta(seconds=1)).timestamp()
        assert read.claims["iat"] <= late
        assert read.claims["nbf"] <= late


def test_another_key_does_not_read_it() -> None:
    other = ECKey.generate_key("P-256", private=True)
    pem = other.as_pem(private=True).decode()
    serialization.load_pem_private_key(pem.encode(), password=None)
    with pytest.raises(BadSignatureError):
        jwt.decode(signed_token(token_keys.get(), "a@b.test", NOON), other, algorithms=["ES256"])


@pytest.mark.django_db
def test_minting_writes_the_list_and_forgetting_says_what_to_refuse() -> None:
    nicolas, engines = account(), Engines()
    BrowserSession.objects.create(
        session_key="s1", account=nicolas, expire_date=NOON + timedelta(hours=1), session_data=""
    )
    token = mint_mail_token(token_keys.get(), engines, nicolas.mailbox, "s1", NOON)
    assert list(engines.honoured) == [sha256_of(token)]
    assert forget_tokens([nicolas.pk], session_key="another") == []
    assert forget_tokens([nicolas.pk], session_key="s1") == [sha256_of(token)]
    assert not MailToken.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("ended", ["suspended", "no session", "old session"])
def test_nothing_is_minted_for_who_is_out(ended: str) -> None:
    nicolas, engines = account(), Engines()
    if ended == "suspended":
        change_states([nicolas.pk], "suspend", by="test", now=NOON)
    if ended == "old session":
        BrowserSession.objects.create(session_key="s1", account=nicolas, expire_date=NOON, session_data="")
    with pytest.raises(Refusal, match="session-over"):
        mint_mail_token(
            token_keys.get(), engines, nicolas.mailbox, "" if ended == "suspended" else "s1", NOON
        )
    assert engines.honoured == {}
