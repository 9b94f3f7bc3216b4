"""What becomes of a message that came to a list."""

from vaguemestre.schools.lists.values import Arrival, Decision, Files, Policy, Standing, State, Writers

MOST_OCTETS = 1_000_000  # of a copy; beyond, attachments become links
MOST_WITH_FILES = 20_000_000
LARGE = 100  # members: an answer to all of them is somebody's decision
MOST_ANSWERS = 5  # to one conversation in an hour, on a smaller list


def decided(arrival: Arrival, policy: Policy, standing: Standing) -> Decision:
    """Goes through, waits for a moderator, or not.

    Machines' mail, loops and the same message again are dropped without a word: nothing is ever answered to a
    machine. An answer sent to many waits, unless it is a keeper's.
    """
    if arrival.is_machine or arrival.loops or standing.is_twice or not arrival.sender:
        return Decision(State.DROPPED, _why_dropped(arrival, standing))
    if too_heavy(arrival):
        return Decision(State.REFUSED, "lists.too-large")
    if standing.is_keeper:
        return Decision(State.SENDING)
    if not _may_write(arrival, policy.writers, standing):
        return Decision(State.REFUSED if policy.refuses_others else State.HELD, "lists.not-a-writer")
    reason = _why_held(arrival, policy, standing)
    return Decision(State.HELD, reason) if reason else Decision(State.SENDING)


def files_as_links(arrival_size: int, *, has_files: bool, files: Files) -> bool:
    """Whether attachments stay in the archive: the list's choice, or their weight."""
    return has_files and (files is Files.LINK or arrival_size > MOST_OCTETS)


def too_heavy(arrival: Arrival) -> bool:
    return arrival.size > (MOST_WITH_FILES if arrival.has_files else MOST_OCTETS)


def _why_dropped(arrival: Arrival, standing: Standing) -> str:
    if arrival.loops:
        return "lists.loop"
    return "lists.twice" if standing.is_twice else "lists.machine"


def _may_write(arrival: Arrival, writers: Writers, standing: Standing) -> bool:
    match writers:
        case Writers.ANYBODY:
            return True
        case Writers.INSIDE:
            return bool(arrival.author_id)
        case Writers.MEMBERS:
            return standing.is_member and bool(arrival.author_id)
        case Writers.KEEPERS:
            return False


def _why_held(arrival: Arrival, policy: Policy, standing: Standing) -> str:
    if policy.is_moderated:
        return "lists.moderated"
    if arrival.other_list:
        return "lists.other-list"
    if arrival.roots and standing.members > LARGE:
        return "lists.answer-to-many"
    if arrival.roots and standing.answers_lately >= MOST_ANSWERS:
        return "lists.answers-storm"
    return ""
