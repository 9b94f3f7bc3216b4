"""The card of the first day: read from where each step is kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.conf import settings

from vaguemestre.desks.enrolment.queries import services_with_officer
from vaguemestre.desks.firstday.labels_fr import shown_step
from vaguemestre.desks.firstday.models import FirstDay
from vaguemestre.desks.firstday.rules import done_steps, state_of
from vaguemestre.desks.firstday.values import Facts, ShownStep
from vaguemestre.desks.operations.queries import latest_readings
from vaguemestre.people.credentials.queries import without_second_factor
from vaguemestre.people.credentials.queries.roles import accounts_with_role
from vaguemestre.people.credentials.values import AccountRole
from vaguemestre.people.directory.queries import service_summaries
from vaguemestre.people.intake.queries import has_applied_feed

_MAX_ADMINISTRATORS = 500


class Card(NamedTuple):
    """Every step, in order, and how many of them are done."""

    steps: Sequence[ShownStep]
    done: int


def first_day_card(asker_id: int, now: datetime) -> Card | None:
    """What remains for the administrator who asks; None where the first day is over, or never was."""
    day = open_first_day()
    if day is None:
        return None
    facts = facts_of(day, now)
    steps = done_steps(facts)
    shown = [shown_step(step, facts, asker_id, is_done=is_done) for step, is_done in steps.items()]
    return Card(shown, sum(steps.values()))


def open_first_day() -> FirstDay | None:
    return FirstDay.objects.filter(ended_at__isnull=True).order_by("pk").first()


def facts_of(day: FirstDay, now: datetime) -> Facts:
    config, readings = settings.CONFIG, latest_readings()
    services, served = service_summaries(), services_with_officer()
    return Facts(
        bare_administrators=without_second_factor(
            accounts_with_role(AccountRole.ADMINISTRATOR, limit=_MAX_ADMINISTRATORS)
        ),
        certificate=state_of(
            is_set=config.tls.is_given, works=readings.get("certificate.public", 0) > now.timestamp()
        ),
        is_dns_right=day.dns_right_at is not None,
        backup=state_of(is_set=bool(config.backup.repository), works="backup.made" in readings),
        has_feed=has_applied_feed(),
        services=len(services),
        unserved=sum(service.service_id not in served for service in services),
        has_helpdesk=bool(accounts_with_role(AccountRole.HELPDESK, limit=1)),
    )
