"""`[lifecycle]`: what follows from arrivals, moves and departures, in days."""

from dataclasses import dataclass
from typing import Annotated

from vaguemestre.people.lifecycle.values import LifecycleDelays
from vaguemestre.site.config import checks
from vaguemestre.site.config.checks import Section

_NOTICES = checks.Check(
    lambda text: all(word.isascii() and word.isdigit() and 0 < int(word) <= 3650 for word in text.split()),
    "se compose de nombres de jours, séparés par des espaces",
)


@dataclass(frozen=True)
class LifecycleSection(Section):
    """Days from an event to its consequences (docs/domain.md §3.6); for contracts `[feed] grace_days`."""

    overlap: Annotated[int, checks.DAYS] = 15  # a former post's memberships, after a move within the académie
    # How long before their post begins a coming head has the school's mailbox.
    overlap_before: Annotated[int, checks.DAYS] = 15
    # Withdrawn: shared mailboxes, lists and delegations. From the first day of the leave.
    long_leave_withdrawn: Annotated[int, checks.DAYS] = 0
    departure_withdrawn: Annotated[int, checks.DAYS] = 0  # the same, from the day of a departure
    long_leave_suspended: Annotated[int, checks.DAYS] = 60
    transfer_closed: Annotated[int, checks.DAYS] = 60
    retirement_closed: Annotated[int, checks.DAYS] = 60
    purged: Annotated[int, checks.DAYS] = 180  # after the event, for a mailbox that was closed
    death_frozen: Annotated[int, checks.DAYS] = 365
    notices: Annotated[str, _NOTICES] = "60 30 10 1"  # days before a closing
    # From the closing of an account to the erasure of its civil status.
    civil_status_months: Annotated[int, checks.between(1, 1200)] = 12
    # How long after a feed last spoke of somebody human resources still give their civil status.
    fed_days: Annotated[int, checks.DAYS] = 60
    # How long a mailbox stays shut after a compromise; applications do not.
    compromise_hours: Annotated[int, checks.between(0, 8760)] = 48

    def delays(self, *, contract_closed: int) -> LifecycleDelays:
        """Delays of the lifecycle table, in days. `contract_closed`: from a contract's end to its closing."""
        return LifecycleDelays(
            overlap=self.overlap,
            long_leave_withdrawn=self.long_leave_withdrawn,
            departure_withdrawn=self.departure_withdrawn,
            long_leave_suspended=self.long_leave_suspended,
            transfer_closed=self.transfer_closed,
            retirement_closed=self.retirement_closed,
            contract_closed=contract_closed,
            purged=self.purged,
            death_frozen=self.death_frozen,
            civil_status_months=self.civil_status_months,
            fed_days=self.fed_days,
            notices=tuple(sorted(map(int, self.notices.split()), reverse=True)),
        )
