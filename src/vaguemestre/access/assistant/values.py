"""Values of the identification assistant."""

from dataclasses import dataclass, field
from datetime import date

CHARTER = "2026-1"  # the version of the charter shown at `/charte`


@dataclass(frozen=True, slots=True)
class Identification:
    """The account was identified: its owner may activate it."""

    account_id: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """No account may be shown: unknown, wrong, already activated, suspended and closed are one answer."""

    reason: str = "assistant.not-possible"
    wait: int = 0  # seconds, after too many attempts


@dataclass(frozen=True, slots=True)
class IdentityClaim:
    """NUMEN (or username) and birth date typed, and the network.

    `browser`: identifier of a browser that signed in before; `browser_accounts`: those that signed in there.
    """

    numen: str
    born: date
    network: str
    browser: str = ""
    browser_accounts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class IssuedCodeClaim:
    """An issued code, as typed; `name` is a username, an address or a NUMEN."""

    name: str
    born: date
    code: str = field(repr=False)
    network: str = ""


@dataclass(frozen=True, slots=True)
class CodeSent:
    """A code was sent to the contact of that account, or to nobody (0); `mark`: its keyed hash."""

    account_id: int
    mark: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CodeAccepted:
    """A valid issued code was typed. Choosing a password will use it up."""

    account_id: int
    mark: str = field(repr=False)
