"""Messages that a search finds: what is told of them, and to whom."""

from vaguemestre.post.trace.rules.stories import fates_of, is_sent_on, is_to_mailbox, overall_fate, sender_of
from vaguemestre.post.trace.rules.verdicts import SETS_ASIDE, verdict_of
from vaguemestre.post.trace.values import Fate, FoundMessage, MessageSearch, Step, StepKind


def found_message(key: str, steps: tuple[Step, ...], criteria: MessageSearch) -> FoundMessage | None:
    """The message of these steps, in order, as the search shows it.

    None if it is hidden from the person: what they sent is sent on to others by a filter of somebody's.
    """
    fates, sender = fates_of(steps), sender_of(steps)
    if criteria.is_own:
        is_theirs = sender.lower() in criteria.addresses and not is_sent_on(steps)
        visible_fates = (
            fates if is_theirs else {one: fates[one] for one in fates if one in criteria.addresses}
        )
        if not (is_theirs or visible_fates):
            return None
        fates = visible_fates
    shown_fates = fates or {"": overall_fate((), steps)}
    rejected = [s for s in steps if s.kind is StepKind.REJECTED and s.recipient.lower() in fates]
    status = rejected[-1].status if rejected else ""
    quarantined = _quarantined(steps) & {one for one in fates if fates[one] is Fate.DELIVERED}
    if criteria.is_own:
        quarantined &= criteria.addresses  # what became of it with others is not for its author
    return FoundMessage(key, steps[0].at, sender, shown_fates, verdict_of(steps), status, quarantined)


def _quarantined(steps: tuple[Step, ...]) -> frozenset[str]:
    """Recipients with a mailbox of ours, if the verdict has the message filed in quarantine."""
    if verdict_of(steps) not in SETS_ASIDE:
        return frozenset()
    return frozenset(step.recipient.lower() for step in steps if is_to_mailbox(step))


def meets(message: FoundMessage, criteria: MessageSearch) -> bool:
    """Whether the message has the correspondent, the fate and the verdict that are searched."""
    other = criteria.other.lower()
    people = (message.sender.lower(), *message.fates)
    is_with = not other or any(address == other or address.endswith(f"@{other}") for address in people)
    if criteria.verdicts and message.verdict not in criteria.verdicts:
        return False
    return is_with and (criteria.fate is None or criteria.fate in message.fates.values())
