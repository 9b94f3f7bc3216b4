"""The story of one message: its steps, and what the security desk did with its copies."""

from collections.abc import Collection
from typing import Any

from vaguemestre.post.trace.rules.stories import (
    fates_of,
    is_to_mailbox,
    overall_fate,
    sender_of,
    without_list_detail,
)
from vaguemestre.post.trace.rules.verdicts import SETS_ASIDE
from vaguemestre.post.trace.values import Fate, Step, StepKind, Verdict
from vaguemestre.post.tracking import ports
from vaguemestre.post.tracking.labels_fr import FATES, QUARANTINED, REMOVED, story_line

_HIDDEN = frozenset((StepKind.IDENTIFIED,))


def story_of(steps: Collection[Step], verdict: Verdict | None, *, with_detail: bool) -> dict[str, Any]:
    """`verdict`: of the filter, where whoever looks may know it."""
    fates = fates_of(steps)
    fate, is_set_aside = overall_fate(list(fates.values()), steps), verdict in SETS_ASIDE
    is_in_quarantine = is_set_aside and fate is Fate.DELIVERED and any(map(is_to_mailbox, steps))
    return {
        "lines": [
            story_line(step, with_detail=with_detail, is_set_aside=is_set_aside)
            for step in steps
            if step.kind not in _HIDDEN
        ],
        "sender": without_list_detail(sender_of(steps)),
        "recipients": [address for address in fates if address],
        "message_id": next((step.message_id for step in steps if step.message_id), ""),
        "fate": fate,
        "words": QUARANTINED if is_in_quarantine else FATES[fate],
    }


def with_removals(
    story: dict[str, Any], steps: Collection[Step], account_ids: Collection[int], *, is_alone: bool = False
) -> dict[str, Any]:
    """The story, with what removals did in the mailboxes of these accounts.

    `is_alone`: it is told of them only, so that what they lost stands for the whole.
    """
    queue_ids = {step.queue_id for step in steps if step.queue_id}
    removals = ports.copies_removed.get()(queue_ids, account_ids) if account_ids else ()
    is_gone = is_alone and story["fate"] is Fate.DELIVERED and any(not one.is_given_back for one in removals)
    words = {"fate": Fate.DISCARDED, "words": REMOVED} if is_gone else {}
    return story | words | {"removals": removals}
