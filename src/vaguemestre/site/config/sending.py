"""`[sending]`: limits of submission, working time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from typing import Annotated

from vaguemestre.post.outbox.rules.hours import Hours
from vaguemestre.post.outbox.rules.limits import Limits, Window
from vaguemestre.site.config import checks
from vaguemestre.site.config.checks import Rule, Section

_RECIPIENTS = checks.between(1, 10_000_000)


@dataclass(frozen=True)
class SendingSection(Section):
    """How much an account may send (recipients), and when people work.

    `quiet_hours`: outside working time, `offer` proposes to put off, `ask` wants an explicit « now », `off`
    says nothing. Lists and other mass senders in `exempt` are never counted.
    """

    warn_1_minute: Annotated[int, _RECIPIENTS] = 500
    most_1_minute: Annotated[int, _RECIPIENTS] = 700
    warn_10_minutes: Annotated[int, _RECIPIENTS] = 800
    most_10_minutes: Annotated[int, _RECIPIENTS] = 1000
    warn_1_hour: Annotated[int, _RECIPIENTS] = 2000
    most_1_hour: Annotated[int, _RECIPIENTS] = 4000
    warn_10_hours: Annotated[int, _RECIPIENTS] = 5000
    most_10_hours: Annotated[int, _RECIPIENTS] = 8000
    night_divisor: Annotated[int, checks.between(1, 100)] = 4
    weekend_divisor: Annotated[int, checks.between(1, 100)] = 2
    strangers_an_hour: Annotated[int, _RECIPIENTS] = 50  # people never written to before
    exempt: Annotated[tuple[str, ...], checks.ADDRESSES] = ()
    day_starts: Annotated[int, checks.between(0, 22)] = 7  # hours, Paris
    day_ends: Annotated[int, checks.between(1, 23)] = 20
    quiet_hours: Annotated[str, checks.one_of("offer", "ask", "off")] = "offer"

    def limits(self) -> Limits:
        """The limits of the submission door."""
        windows = (
            Window(1, self.warn_1_minute, self.most_1_minute),
            Window(10, self.warn_10_minutes, self.most_10_minutes),
            Window(60, self.warn_1_hour, self.most_1_hour),
            Window(600, self.warn_10_hours, self.most_10_hours),
        )
        return Limits(
            by_sender=windows,
            night_divisor=self.night_divisor,
            weekend_divisor=self.weekend_divisor,
            day_starts=time(self.day_starts),
            day_ends=time(self.day_ends),
            strangers=self.strangers_an_hour,
        )

    def hours(self) -> Hours:
        """Working time."""
        return Hours(time(self.day_starts), time(self.day_ends))

    def broken_rules(self) -> Iterator[Rule]:
        """A day that ends before it starts; a warning above its limit."""
        if self.day_starts >= self.day_ends:
            yield Rule(
                ("sending.day_starts", "sending.day_ends"),
                "[sending] « day_starts » vient avant « day_ends »",
            )
        for span in ("1_minute", "10_minutes", "1_hour", "10_hours"):
            warn, most = f"warn_{span}", f"most_{span}"
            if getattr(self, warn) > getattr(self, most):
                yield Rule(
                    (f"sending.{warn}", f"sending.{most}"),
                    f"[sending] « {warn} » ne dépasse pas « {most} »",
                )
