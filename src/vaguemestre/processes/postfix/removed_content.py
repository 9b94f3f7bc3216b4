"""What the security desk removed is not sent again from inside: the gate asks for the filter's marks."""

from collections.abc import Callable, Collection

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.post.outbox.rules.authors import sole_address
from vaguemestre.post.outbox.values import SubmissionRequest


class RemovedContent:
    """`is_refused`: whether a message with those senders, that subject and that Message-ID bears a mark.

    A list sends on under an envelope sender of its own, so its author's address is asked about too.
    """

    def __init__(self, is_refused: Callable[[Collection[str], str, str], bool]) -> None:
        self._is_refused = is_refused

    def __call__(self, submission: SubmissionRequest) -> bool:
        senders = {submission.sender.lower(), *_authors(submission)} - {""}
        return self._is_refused(senders, submission.subject, submission.message_id)


def _authors(submission: SubmissionRequest) -> Collection[str]:
    try:
        return {sole_address(author).lower() for author in submission.authors}
    except Refusal:  # refused for that elsewhere, or somebody else's to answer for
        return ()
