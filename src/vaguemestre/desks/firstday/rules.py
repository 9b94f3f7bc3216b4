"""Which steps of the first day are done."""

from vaguemestre.desks.firstday.values import Facts, Seen, Step


def done_steps(facts: Facts) -> dict[Step, bool]:
    """Each step, in order, and whether it is done."""
    return {
        Step.FACTORS: not facts.bare_administrators,
        Step.CERTIFICATE: facts.certificate is Seen.WORKS,
        Step.DNS: facts.is_dns_right,
        Step.BACKUP: facts.backup is Seen.WORKS,
        Step.FEED: facts.has_feed,
        Step.OFFICERS: facts.services > 0 and not facts.unserved,
        Step.HELPDESK: facts.has_helpdesk,
    }


def state_of(*, is_set: bool, works: bool) -> Seen:
    if not is_set:
        return Seen.UNSET
    return Seen.WORKS if works else Seen.AWAITED
