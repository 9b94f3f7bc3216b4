"""Scripts of a mailbox, and the settings they implement."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from vaguemestre.mailbox.sorting.values.absences import Absence, AbsencePhase, Disclosure, Place, Replacement
from vaguemestre.mailbox.sorting.values.filters import Filter

# Our scripts in a mailbox; every other name belongs to another program.
SCRIPT_NAME = "vaguemestre"
SPAM_SCRIPT = "vaguemestre-indesirables"  # included by 10-junk.sieve: senders never filed as junk, severity
EXPERT_SCRIPT = "vaguemestre-expert"  # written by hand on our page
# Version of what `personal_script` and `absence_script` write: older scripts are rewritten.
SCRIPT_FORM = 4
OURS = frozenset({SCRIPT_NAME, SPAM_SCRIPT, EXPERT_SCRIPT})


@dataclass(frozen=True, slots=True)
class Owner:
    """Owner of the sorted mailbox. `mailbox`: login in the engines; replies carry `name` and `address`.

    `addresses`: all their addresses; `internal_domains`: domains of colleagues who sign in to send;
    `proved_domains`: other administrations, counted as colleagues when DMARC passes. `contacts`: addresses of
    their address book, loaded only when an absence needs them. `gateway_addresses`: addresses that hide the
    owner's from families: what they receive is replied to from them.
    """

    account_id: int
    mailbox: str
    name: str
    address: str
    addresses: tuple[str, ...]
    internal_domains: tuple[str, ...]
    proved_domains: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    gateway_addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScriptStatus:
    """State of the script in Dovecot. `is_done`: the last settings are applied.

    `foreign_script`: name of another program's script that ours includes, "" for none.
    """

    is_done: bool
    foreign_script: str = ""


@dataclass(frozen=True, slots=True)
class ScriptList:
    """Names of the scripts of a mailbox, and the active one ("" = none)."""

    names: tuple[str, ...]
    active: str


class Severity(StrEnum):
    """How doubtful a message must be to be filed into Junk: scores of the filter are in 10-junk.sieve."""

    CAUTIOUS = "cautious"
    NORMAL = "normal"
    LENIENT = "lenient"


@dataclass(frozen=True, slots=True)
class SpamSettings:
    """Junk mail settings. `allowed` and `denied`: addresses, or `@domain` for a whole domain.

    `is_sorted`: file into Junk what the content filter calls spam.
    """

    is_sorted: bool = True
    allowed: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    severity: Severity = Severity.NORMAL


@dataclass(frozen=True)
class SortingSettings:
    """All settings of an account that its Sieve scripts implement. `replacements`: by person id.

    `expert`: the script written by hand. `stays_here`: long leave, all redirects are suspended.
    """

    absences: tuple[Absence, ...] = ()
    filters: tuple[Filter, ...] = ()
    spam: SpamSettings = SpamSettings()
    expert: str = ""
    replacements: Mapping[int, Replacement] = field(default_factory=dict)
    stays_here: bool = False


@dataclass(frozen=True, slots=True)
class ScriptError:
    """Error of a hand-written script. `line` 0: the server named no line."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class StoredScript:
    """Script as stored in the mailbox."""

    name: str
    content: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class AbsenceStatus:
    """State of one absence of an account, as its page shows it. `left`: a departure's reply that runs."""

    absence: Absence | None
    place: Place
    phase: AbsencePhase
    script: ScriptStatus
    disclosures: tuple[Disclosure, ...]
    left: Absence | None = None


@dataclass(frozen=True, slots=True)
class ProgramRules:
    """A script that runs and is not, or not only, what our pages wrote.

    `redirects`: where it sends mail, beyond the filters of the owner; "" for an address that it computes.
    """

    name: str
    redirects: tuple[str, ...]
