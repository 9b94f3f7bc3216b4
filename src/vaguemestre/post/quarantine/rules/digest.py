"""The digest: when it is due, and what it says."""

import re
from collections.abc import Sequence
from datetime import datetime, time

from vaguemestre.foundation.kernel.text.french_dates import dated_moment_fr
from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.post.outbox.rules.hours import Hours
from vaguemestre.post.quarantine.values import Reason, ToldMessage

AT = time(8)  # Paris
_MAX_LINES = 20
# what may be quoted in a letter of the house: a link or a sentence is no address
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.ASCII | re.IGNORECASE)
_WORDS = {
    Reason.VIRUS: "virus",
    Reason.FRAUD: "lien signalé comme dangereux",
    Reason.MACRO: "document avec macros",
}


def digest_moment(now: datetime) -> datetime | None:
    """8:00 of today, before which what arrived is told; None before it, and on days that are not worked."""
    local = now.astimezone(PARIS)
    moment = datetime.combine(local.date(), AT, PARIS)
    return moment if local >= moment and Hours().is_worked(local.date()) else None


def digest_text(messages: Sequence[ToldMessage]) -> str:
    """One line per message: when, from whom, why. Subjects are strangers' words: never quoted."""
    lines = [_line(message) for message in messages[:_MAX_LINES]]
    rest = len(messages) - len(lines)
    if rest:
        lines.append(f"– et {rest} de plus")
    return "\n".join(lines)


def _line(message: ToldMessage) -> str:
    sender = message.sender if _ADDRESS.fullmatch(message.sender) else "expéditeur illisible"
    return f"– {dated_moment_fr(message.arrived_at)}, {sender} : {_WORDS[message.reason]}"
