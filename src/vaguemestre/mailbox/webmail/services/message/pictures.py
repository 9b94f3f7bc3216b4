"""Proxy addresses of remote pictures: signed for an account and a message, valid for some hours."""

from dataclasses import dataclass
from typing import NamedTuple

from django.core import signing

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.post.mailstore.values import MessageRef

_SALT = "webmail.picture"
_HOURS = 12


@dataclass(frozen=True)
class Signer:
    """Signs proxy addresses for the pictures of one message opened by one account."""

    account_id: int
    ref: MessageRef
    prefix: str

    def __call__(self, address: str) -> str:
        payload = [address, self.account_id, self.ref.folder, self.ref.uid_validity, self.ref.uid]
        return self.prefix + signing.dumps(payload, salt=_SALT, compress=True)


class SignedPicture(NamedTuple):
    """A remote picture's address, and the account it was signed for."""

    address: str
    account_id: int


def signed_picture(signed: str) -> SignedPicture:
    """Verify a proxy address. Raises Refusal `webmail.picture-address-over`."""
    try:
        payload = signing.loads(signed, salt=_SALT, max_age=_HOURS * 3600)
    except signing.BadSignature as error:
        raise Refusal("webmail.picture-address-over") from error
    return SignedPicture(str(payload[0]), int(payload[1]))
