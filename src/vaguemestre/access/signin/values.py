"""Values of the sign-in: an attempt, its outcomes, and the signed-in user."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.people.credentials.values import AccountRole, Preferences


class Factor(StrEnum):
    """Authentication factors. A passcode (PIN and code of a key, in one field) is two factors at once."""

    PASSWORD = "password"  # noqa: S105 - the name of a factor
    PASSCODE = "passcode"
    CODE = "code"
    PASSKEY = "passkey"
    PARTNER = "partner"  # a trusted partner (the ENT) vouches for the user: never a fresh proof


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """A sign-in in progress. `account_id` 0: no account can sign in; the steps stay the same.

    `mark`: of the account as it was read at the first step (`services.steps.account_mark`), whatever was
    proved: its password may be changed or barred, and its sessions ended, meanwhile.
    """

    account_id: int
    needed: tuple[Factor, ...]
    started: datetime
    shared: bool = False
    failures: int = 0
    mine: bool = False
    mark: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Proof:
    factor: Factor
    holds: bool


@dataclass(frozen=True, slots=True)
class Granted:
    """The sign-in succeeded. `by`: the last factor proved (after a password, a code).

    `mark`: of the account as it was read before anything was proved: no session opens if it changed since.
    """

    account_id: int
    shared: bool
    by: Factor = field(default=Factor.PASSWORD, compare=False)
    mine: bool = field(default=False, compare=False)
    mark: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Denied:
    """The sign-in failed. `reason`: a refusal code; `wait`: seconds before the next attempt, 0 for none."""

    reason: str
    wait: int = 0


@dataclass(frozen=True, slots=True)
class NumenTyped:
    """A NUMEN, whoever owns it, was typed as the password: the first-activation page comes next."""


@dataclass(frozen=True, slots=True)
class Deferred:
    """The attempt was not checked: no free hashing slot (`level` 0), or proof of work of that level is due.

    `subject`, `count`: the failure counter of this origin and its value, to which the work is bound.
    """

    level: int = 0
    count: int = -1
    subject: str = ""


type Step = PendingSignIn | Granted | Denied


@dataclass(frozen=True, slots=True)
class BrowserWork:
    """Proof of work (or the wait that replaced it) of one attempt, bound to that `count` of `subject`."""

    level: int = 0
    count: int = -1
    subject: str = ""
    waited: bool = False

    def covers(self, level: int, count: int, subject: str) -> bool:
        """Whether this work pays for `level`. A challenge serves once, since each attempt moves the count.

        One level of slack: the required level may rise while the browser works.
        """
        is_bound = (self.subject, self.count) == (subject, count)
        return level == 0 or (is_bound and self.level >= max(level - 1, 1))


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """One submission of the sign-in form: name and secret, network, and what the browser remembers."""

    name: str
    secret: str = field(repr=False)
    network: str
    browser: str = ""  # identifier of a browser that signed in before
    browser_accounts: tuple[int, ...] = ()  # accounts that signed in there
    shared: bool = False
    mine: bool = False  # « Mon appareil »: a long session, for reading
    work: BrowserWork = field(default_factory=BrowserWork)


@dataclass(frozen=True, slots=True)
class Acting:
    """The shared mailbox a person has open, and their right in it.

    `account_id` and `name` are the person's, `box_id` and `title` the mailbox's; `right`: of `sharing`.
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
    is_lent: bool = False  # a personal mailbox, delegated for some days


@dataclass(frozen=True, slots=True)
class Who:
    """The signed-in user, as every page may know them."""

    account_id: int
    username: str
    mailbox: str
    address: str
    name: str
    first_name: str
    role: AccountRole
    session_key: str = field(repr=False)
    signed_in_at: datetime
    shared: bool = False
    mine: bool = False
    theme: str = "system"
    preferences: Preferences = field(default_factory=dict, compare=False, repr=False)
    enrol_before: datetime | None = None  # a second factor is due by then
    must_renew: bool = False  # the password is barred: another must be chosen first
    mail_held_since: datetime | None = None  # after a compromise: applications open, mail does not
    academy_id: int = 0  # of the person; 0 for an account of nobody
    office_academy: int = 0  # the only académie that an office of theirs covers; 0: the whole installation
    by: str = ""  # the last factor proved when the session was opened
    proof_mark: str = field(default="", repr=False)  # of the application's request the sign-in answered
    acting: Acting | None = None  # if set, all fields above but the session's are the shared mailbox's
    person_id: int | None = None  # who signed in, even in a shared mailbox; None for an account of nobody

    @property
    def own_account_id(self) -> int:
        """The person's own account, even in a shared mailbox."""
        return self.acting.account_id if self.acting else self.account_id

    @property
    def actor(self) -> str:
        """The person's journal identifier, `account:ID`."""
        return account_subject(self.own_account_id)

    @property
    def own_name(self) -> str:
        return self.acting.name if self.acting else self.name
