"""Values about DKIM keys. Frozen."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Algorithm(StrEnum):
    """As the `k=` tag of a key record has it (RFC 6376 §3.6.1, RFC 8463 §4)."""

    RSA = "rsa"
    ED25519 = "ed25519"


class KeyState(StrEnum):
    PREPARED = "prepared"
    PUBLISHED = "published"
    ACTIVE = "active"
    RETIRING = "retiring"
    GONE = "gone"


class KeyPair(NamedTuple):
    """`private`: a file as the signer reads it; `public`: base64, as the `p=` tag has it."""

    private: bytes
    public: str


@dataclass(frozen=True)
class SigningKey:
    """A key and the moments of its life, each empty until it comes."""

    domain: str
    selector: str
    algorithm: Algorithm
    public: str
    prepared_at: datetime
    seen_at: datetime | None = None  # since when its record is seen in DNS
    active_at: datetime | None = None
    retired_at: datetime | None = None
    gone_at: datetime | None = None

    @property
    def state(self) -> KeyState:
        if self.gone_at:
            return KeyState.GONE
        if self.retired_at:
            return KeyState.RETIRING
        if self.active_at:
            return KeyState.ACTIVE
        return KeyState.PUBLISHED if self.seen_at else KeyState.PREPARED

    @property
    def record_name(self) -> str:
        """The name of its record, without a final dot (RFC 6376 §3.6.2.1)."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record_value(self) -> str:
        return f"v=DKIM1; k={self.algorithm}; p={self.public}"


class StepKind(StrEnum):
    PREPARE = "prepare"
    SEE = "see"
    LOSE = "lose"  # its record was seen, and is no more
    ACTIVATE = "activate"
    RETIRE = "retire"
    ERASE = "erase"


class Step(NamedTuple):
    """What to do with a key; of a key to be made, `selector` is the one it gets."""

    kind: StepKind
    selector: str
