"""`[signin]`: who must hold a second factor, and from when."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from vaguemestre.people.credentials.rules.second_factors import DUE_ROLES
from vaguemestre.site.config import checks
from vaguemestre.site.config.checks import Rule, Section

_ROLES = checks.each(checks.one_of("agent", *sorted(DUE_ROLES)))


@dataclass(frozen=True)
class SignInSection(Section):
    """`second_factor_for`: roles that must hold a second factor, besides those that always must."""

    second_factor_for: Annotated[tuple[str, ...], _ROLES] = ()  # "agent": everybody
    # AAAA-MM-JJ: the day of this decision, from which the delay of those already there runs.
    second_factor_from: Annotated[str, checks.DAY] = ""
    # Days to set it up, from the activation or the new role.
    second_factor_days: Annotated[int, checks.between(0, 365)] = 14

    def broken_rules(self) -> Iterator[Rule]:
        """Roles that must hold a second factor from no day."""
        if self.second_factor_for and not self.second_factor_from:
            yield Rule(
                ("signin.second_factor_for",),
                "[signin] « second_factor_from » manque : le jour de la décision, AAAA-MM-JJ",
            )
