"""Late examination on pods: the virus check is beside the mailboxes, the filter beside whoever asks."""

import base64
import io
from typing import Any

from vaguemestre.engines.dovecot.copies.unexamined import LEAVE_UNJUDGED, VERDICT, Judge
from vaguemestre.engines.dovecot.mail_agent import FILTER_VERBS
from vaguemestre.engines.dovecot.pods.pod_agent import PodAgents

_TEXT, _MARK = FILTER_VERBS


def examine_copies(agents: PodAgents, judge: Judge, pod: str, mailbox: str, words: str) -> list[list[str]]:
    """What `UnexaminedCopies.examine` finds, by the virus check of the pod and the filter of this machine.

    A copy is marked as examined once the filter has answered: one that is away leaves it for the next look.
    Raises EngineDown, EngineRefused.
    """
    results = []
    for row in agents.ask(pod, "examine-copies", mailbox, words, LEAVE_UNJUDGED):
        place: tuple[Any, ...] = (mailbox, *row[:2])
        if not row[VERDICT]:
            text = base64.b64decode(agents.ask(pod, _TEXT, *place))
            row[VERDICT] = judge(io.BytesIO(text))
        if row[VERDICT]:
            results.append(row)
        else:
            agents.ask(pod, _MARK, *place)
    return results
