"""Nouns of the sign-in: an attempt and its outcomes, and who is asking."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Factor(StrEnum):
    """What may be asked for. A passcode (PIN and code of a key, in one field) is two factors at once."""

    PASSWORD = "password"  # noqa: S105 - the name of a factor
    PASSCODE = "passcode"
    CODE = "code"
    PASSKEY = "passkey"
    PARTNER = "partner"  # another house we trust says who it is: never a fresh proof


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in under way. `account_id` 0: nobody that could sign in; it goes through the same motions."""

    account_id: int
    needed: tuple[Factor, ...]
    started: datetime
    shared: bool = False
    failures: int = 0
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Proof:
    factor: Factor
    holds: bool


@dataclass(frozen=True, slots=True)
class Granted:
    """`by`: the last factor shown (after a password, a code)."""

    account_id: int
    shared: bool
    by: Factor = field(default=Factor.PASSWORD, compare=False)
    mine: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Denied:
    """`reason` is `signin.sentence-in-kebab`; `wait` is in seconds, 0 when one may try again at once."""

    reason: str
    wait: int = 0


@dataclass(frozen=True, slots=True)
class NumenGiven:
    """A NUMEN was given in place of a password, whosever it is: the page of first activations comes next."""


@dataclass(frozen=True, slots=True)
class Later:
    """The try was not looked at: no place for its hash (`level` 0), or a work of that level is due first.

    `subject`, `count`: the counter of one's own failures and what it said, which bind the work.
    """

    level: int = 0
    count: int = -1
    subject: str = ""


type Step = Attempt | Granted | Denied


@dataclass(frozen=True, slots=True)
class Shown:
    """What a browser did for its try: the level worked (or waited) for, at that count of `subject`."""

    level: int = 0
    count: int = -1
    subject: str = ""
    waited: bool = False

    def covers(self, level: int, count: int, subject: str) -> bool:
        """A challenge serves once: its try moves the count. Brakes may tighten a little meanwhile.

        Another network (or browser, or name) has another subject, whose count says nothing of this work.
        """
        is_bound = (self.subject, self.count) == (subject, count)
        return level == 0 or (is_bound and self.level >= max(level - 1, 1))


@dataclass(frozen=True, slots=True)
class Asked:
    """What came with one try: typed name and secret, where from, and what the browser remembers."""

    name: str
    secret: str = field(repr=False)
    network: str
    browser: str = ""  # identifier of a browser that signed in before
    browser_accounts: tuple[int, ...] = ()  # accounts that signed in there
    shared: bool = False
    mine: bool = False  # « Mon appareil »: a long session, for reading
    shown: Shown = field(default_factory=Shown)  # the work its browser did


@dataclass(frozen=True, slots=True)
class Acting:
    """What mailbox a person has open besides their own: `box_id`, what it is called, and their right in it.

    `account_id` and `name` are the person's; `right` is a word of `sharing`.
    """

    account_id: int
    name: str
    address: str
    box_id: int
    title: str
    right: str
    may_sort: bool
    may_write: bool
    may_manage: bool
    is_lent: bool = False  # somebody's own, lent for some days


@dataclass(frozen=True, slots=True)
class Who:
    """Who is asking: what every page may know of the person signed in."""

    account_id: int
    username: str
    mailbox: str
    address: str
    name: str
    first_name: str
    role: str
    session_key: str = field(repr=False)
    signed_in_at: datetime
    shared: bool = False
    mine: bool = False
    theme: str = "system"
    preferences: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)
    enrol_before: datetime | None = None  # a second factor is due by then
    must_renew: bool = False  # the password is barred: another must be chosen first
    mail_held_since: datetime | None = None  # after a compromise: applications open, mail does not
    by: str = ""  # the last factor shown when the session was opened
    acting: Acting | None = None  # everything above is then the shared mailbox's, but for the session

    @property
    def own_account_id(self) -> int:
        """The account of the person, whatever mailbox is open."""
        return self.acting.account_id if self.acting else self.account_id

    @property
    def actor(self) -> str:
        """The person, as the journal names them."""
        return f"account:{self.own_account_id}"

    @property
    def own_name(self) -> str:
        return self.acting.name if self.acting else self.name
