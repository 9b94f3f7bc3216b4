"""The right each page of a shared mailbox requires, and the names of its sessions."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from vaguemestre.schools.sharing.values import ActivityRecord, Right

_PREFIX = re.compile(
    r"/boites/([1-9][0-9]{0,9})(/(?:messagerie|parametres|contacts)/.*|/accueil/bandeaux)", re.DOTALL
)
_SESSION = re.compile(r"([^+]+)\+([1-9][0-9]{0,9})\+([1-9][0-9]{0,9})")

# Pages of other rooms, by URL name. Pages not listed here open in the person's own mailbox.
_READ = (
    "inbox list-rows show-folder list-folders find-day open-message show-conversation show-body show-source "
    "show-header print-message save-message save-all-parts save-part preview-part make-preview show-card "
    "open-enclosed show-picture renew-ticket pdf-reader list-attachments show-bulk choose-showing "
    "list-reminders offer-choices"
)
_SORT = (
    "act change-folder start-bulk undo-bulk report-message unsubscribe save-choices change-label "
    "change-search snooze-messages await-answer cancel-reminders"
)
_MANAGE = "list-deleted recover"
_SEND = "answer-receipt answer-invitation free-time"
_PAGES: Mapping[str, Right] = {
    **{f"webmail:{name}": Right.READ for name in _READ.split()},
    **{f"webmail:{name}": Right.SORT for name in _SORT.split()},
    **{f"webmail:{name}": Right.SEND for name in _SEND.split()},
    **{f"webmail:{name}": Right.MANAGE for name in _MANAGE.split()},
    "portal:lines": Right.READ,
    "tracking:where": Right.READ,
}
_ROOMS: Mapping[str, Right] = {
    "compose": Right.SEND,
    "tracking": Right.SEND,
    "quarantine": Right.SORT,
    "sorting": Right.MANAGE,
    "contacts": Right.SEND,
    "filelinks": Right.SEND,
}
_UNRECORDED = ("read", "unread")


class _CountedAct(NamedTuple):
    """An act on rows of a page, and the fields of its form: the rows chosen, the folder they go to."""

    action: str
    chosen: str
    to: str = ""


_COUNTED: Mapping[str, _CountedAct] = {
    "webmail:cancel-reminders": _CountedAct("reminder", "reminder"),
    "webmail:recover": _CountedAct("recover", "ref", "to"),
}
_SETTINGS = ("signatures", "identities", "identity", "stock-text")
_OWN = frozenset(
    [
        "webmail:count-shared-unread",
        "webmail:all-boxes",
        "webmail:list-all-rows",
        "webmail:list-reports",
        "webmail:close-reports",
        "tracking:account-messages",
        "tracking:all-held",
        "tracking:messages",
        "tracking:decide-held",
        "quarantine:verdicts",
        "quarantine:release-for-owner",
    ]
)


# In a delegated mailbox, only reading, sorting and answering are allowed.
_LENT_SORT = "act report-message"
_NOT_LENT = frozenset(
    {
        *(f"webmail:{name}" for name in _SORT.split() if name not in _LENT_SORT.split()),
        *(f"webmail:{name}" for name in _MANAGE.split()),
        "webmail:list-attachments",
        "webmail:show-bulk",
        "webmail:list-reminders",
        "compose:list-waiting",
        "compose:hand-over",
        "portal:lines",
    }
)
_LENT_ROOMS = ("webmail:", "compose:", "tracking:hours")
# Served for the colleague even there: recipients come from their address book, not the owner's.
AS_ONESELF = frozenset({"compose:suggest-recipients", "compose:describe-recipients", "tracking:hours"})


def parse_box_path(path: str) -> tuple[int, str] | None:
    """(box id, path inside the box) of a path in a shared mailbox, or None for any other path."""
    match = _PREFIX.fullmatch(path)
    return (int(match[1]), match[2]) if match else None


def box_prefix(box_id: int) -> str:
    """The URL prefix of the pages of a mailbox."""
    return f"/boites/{box_id}/"


def required_right(view_name: str, *, lent: bool = False) -> Right | None:
    """The right a page requires, or None if it does not open in a shared mailbox.

    `lent`: a mailbox delegated by its person.
    """
    if lent and (view_name in _NOT_LENT or not view_name.startswith(_LENT_ROOMS)):
        return None
    if view_name in _OWN:
        return None
    if view_name in _PAGES:
        return _PAGES[view_name]
    room, _, page = view_name.partition(":")
    if room == "webmail":
        return None
    if room == "compose" and page.endswith(_SETTINGS):
        return Right.MANAGE
    return _ROOMS.get(room)


def activity_for(
    view_name: str, url_kwargs: Mapping[str, object], form: Mapping[str, Sequence[str]]
) -> ActivityRecord | None:
    """The activity to record for a page and the form sent to it, or None if its use is not recorded."""
    if view_name in ("webmail:open-message", "webmail:save-message", "webmail:print-message"):
        action = "open" if view_name == "webmail:open-message" else "save"
        folder, uid_validity, uid = (url_kwargs.get(name) for name in ("folder", "uid_validity", "uid"))
        return ActivityRecord(action, f"{folder}/{uid_validity}/{uid}", 1)
    if view_name == "quarantine:release":
        return ActivityRecord("release", "", 1)
    if view_name in _COUNTED:
        action, counted, to = _COUNTED[view_name]
        number = len(form.get(counted, ()))
        return ActivityRecord(action, next(iter(form.get(to, ())), ""), number) if number else None
    if view_name == "webmail:start-bulk":
        act, folder = (next(iter(form.get(field, ())), "") for field in ("act", "folder"))
        return None if act in _UNRECORDED else ActivityRecord(f"{act[:16]}-all", folder, 0)
    if view_name not in ("webmail:act", "webmail:snooze-messages"):
        return None
    act, refs = str(url_kwargs.get("act", "put-off")), form.get("ref", ())
    folder = refs[0].partition("/")[0] if refs else ""
    return None if act in _UNRECORDED else ActivityRecord(act[:20], folder, max(len(refs), 1))


class BoxSession(NamedTuple):
    """A session in a shared mailbox: the person's own session, the box and the member's account."""

    session_key: str
    box_id: int
    account_id: int


def box_session_key(session_key: str, box_id: int, account_id: int) -> str:
    """The name of a person's session in a shared mailbox; either can be revoked without the other."""
    return f"{session_key}+{box_id}+{account_id}"


def membership_name(box_id: int, account_id: int) -> str:
    """The name under which the end of somebody's access to a mailbox is told to every process."""
    return f"box:{box_id}:{account_id}"


def names_ending(session_name: str) -> tuple[str, ...]:
    """The names whose end ends a session: its own, or its browser session's and its membership's."""
    session = parse_box_session(session_name)
    if session is None:
        return (session_name,)
    return session.session_key, membership_name(session.box_id, session.account_id)


def parse_box_session(name: str) -> BoxSession | None:
    """The parts of a session name in a shared mailbox, or None for an ordinary session."""
    match = _SESSION.fullmatch(name)
    return BoxSession(match[1], int(match[2]), int(match[3])) if match else None
