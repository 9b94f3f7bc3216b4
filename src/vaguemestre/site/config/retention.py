"""`[retention]`: how long personal data are kept, where the académie decides."""

from dataclasses import dataclass
from typing import Annotated

from vaguemestre.site.config import checks
from vaguemestre.site.config.checks import Section

_ONE_YEAR = checks.between(30, 400)  # days
_THREE_YEARS = checks.between(30, 1100)


@dataclass(frozen=True)
class RetentionSection(Section):
    """Each period runs from the end of what it is about. The journal: CNIL, deliberation 2021-122."""

    journal_months: Annotated[int, checks.between(6, 36)] = 12  # whole months after that of the act
    submissions_days: Annotated[int, _ONE_YEAR] = 180  # recipients and statuses of messages, mailings, lists
    box_activity_days: Annotated[int, _THREE_YEARS] = 365  # who did what in a shared mailbox
    feeds_days: Annotated[int, _THREE_YEARS] = 365  # lines of HR feeds, and answers about who is who
    reports_days: Annotated[int, _THREE_YEARS] = 365  # messages reported as dangerous or unwanted
    removals_days: Annotated[int, checks.between(7, 400)] = 90  # removals, then their copies go for good
    quarantine_days: Annotated[int, checks.between(7, 90)] = 30  # messages in quarantine, and their verdicts
    bulk_days: Annotated[int, checks.between(7, 400)] = 90  # acts on many, and who was in them
    help_requests_days: Annotated[int, _THREE_YEARS] = 365  # answered help requests, hand-overs decided
    numen_requests_days: Annotated[int, _THREE_YEARS] = 365  # closed NUMEN requests, without their proofs
    numen_proofs_days: Annotated[int, checks.between(1, 365)] = 30  # identity documents of closed ones
    moves_days: Annotated[int, _THREE_YEARS] = 180  # the record of an import or an export
    failed_jobs_days: Annotated[int, checks.between(7, 365)] = 90
