"""Addresses of remote pictures on our side: signed, bound to a person and a message, for some hours."""

from dataclasses import dataclass
from typing import NamedTuple

from django.core import signing

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.post.mailstore.values import MessageRef

_SALT = "webmail.picture"
_HOURS = 12


@dataclass(frozen=True)
class Signer:
    """Writes addresses for the pictures of one message opened by one account."""

    account_id: int
    ref: MessageRef
    prefix: str

    def __call__(self, address: str) -> str:
        told = [address, self.account_id, self.ref.folder, self.ref.uid_validity, self.ref.uid]
        return self.prefix + signing.dumps(told, salt=_SALT, compress=True)


class SignedPicture(NamedTuple):
    """Address of a remote picture, and the account it was signed for."""

    address: str
    account_id: int


def signed_picture(signed: str) -> SignedPicture:
    """What was signed. Raises Refusal `webmail.picture-address-over`."""
    try:
        told = signing.loads(signed, salt=_SALT, max_age=_HOURS * 3600)
    except signing.BadSignature as error:
        raise Refusal("webmail.picture-address-over") from error
    return SignedPicture(str(told[0]), int(told[1]))
