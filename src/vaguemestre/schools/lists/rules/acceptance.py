"""Decision on a message delivered to a list."""

from vaguemestre.schools.lists.values import (
    AuthorStanding,
    Decision,
    Files,
    IncomingMessage,
    Policy,
    State,
    Writers,
)

MAX_COPY_BYTES = 1_000_000  # beyond, attachments become links
MAX_MESSAGE_BYTES = 20_000_000  # with attachments
LARGE_AUDIENCE = 100  # members: a reply to all of them is moderated
MAX_REPLIES_PER_HOUR = 5  # in one conversation, on a smaller list


def decide(message: IncomingMessage, policy: Policy, standing: AuthorStanding) -> Decision:
    """Accept, hold, refuse or drop a message.

    Automatic mail, loops and duplicates are dropped without notice: automatic mail is never answered. A reply
    to a large audience is held, unless a manager wrote it. What a filter redirected never passes by itself,
    whoever wrote it and whoever may write.
    """
    if message.is_automatic or message.is_loop or standing.is_duplicate or not message.sender:
        return Decision(State.DROPPED, _why_dropped(message, standing))
    if is_too_large(message):
        return Decision(State.REFUSED, "lists.too-large")
    if message.is_redirected:
        return Decision(State.REFUSED if policy.refuses_others else State.HELD, "lists.redirected")
    if standing.is_manager:
        return Decision(State.SENDING)
    if not _may_write(message, policy.writers, standing):
        return Decision(State.REFUSED if policy.refuses_others else State.HELD, "lists.not-a-writer")
    reason = _why_held(message, policy, standing)
    return Decision(State.HELD, reason) if reason else Decision(State.SENDING)


def are_files_linked(message_size: int, *, has_files: bool, files: Files) -> bool:
    """Whether attachments stay in the archive: by the list's setting, or by their size."""
    return has_files and (files is Files.LINK or message_size > MAX_COPY_BYTES)


def is_too_large(message: IncomingMessage) -> bool:
    return message.size > (MAX_MESSAGE_BYTES if message.has_files else MAX_COPY_BYTES)


def _why_dropped(message: IncomingMessage, standing: AuthorStanding) -> str:
    if message.is_loop:
        return "lists.loop"
    return "lists.twice" if standing.is_duplicate else "lists.machine"


def _may_write(message: IncomingMessage, writers: Writers, standing: AuthorStanding) -> bool:
    match writers:
        case Writers.ANYBODY:
            return True
        case Writers.INSIDE:
            return bool(message.author_id)
        case Writers.MEMBERS:
            return standing.is_member and bool(message.author_id)
        case Writers.MANAGERS:
            return False


def _why_held(message: IncomingMessage, policy: Policy, standing: AuthorStanding) -> str:
    if policy.is_moderated:
        return "lists.moderated"
    if message.is_from_list:
        return "lists.other-list"
    if message.references and standing.members > LARGE_AUDIENCE:
        return "lists.answer-to-many"
    if message.references and standing.recent_replies >= MAX_REPLIES_PER_HOUR:
        return "lists.answers-storm"
    return ""
