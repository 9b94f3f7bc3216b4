"""What each page of a shared mailbox asks of whoever opens it."""

import re
from collections.abc import Mapping, Sequence

from vaguemestre.schools.sharing.values import Right

_PREFIX = re.compile(r"/boites/([1-9][0-9]{0,9})(/(?:messagerie|parametres|contacts)/.*)", re.DOTALL)
_SESSION = re.compile(r"([^+]+)\+([1-9][0-9]{0,9})\+([1-9][0-9]{0,9})")

# Pages of other rooms, by the name of their address. What is not named here is asked of oneself.
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
_SEND = "answer-receipt answer-invitation"
_PAGES: Mapping[str, Right] = {
    **{f"webmail:{name}": Right.READ for name in _READ.split()},
    **{f"webmail:{name}": Right.SORT for name in _SORT.split()},
    **{f"webmail:{name}": Right.SEND for name in _SEND.split()},
    "sorting:banner": Right.READ,
    "tracking:banner": Right.READ,
}
_ROOMS: Mapping[str, Right] = {
    "compose": Right.SEND,
    "tracking": Right.SEND,
    "sorting": Right.MANAGE,
    "contacts": Right.SEND,
    "filelinks": Right.SEND,
}
_SETTINGS = ("signatures", "identities", "identity", "stock-text")
_OWN = frozenset(
    [
        "webmail:count-shared-unread",
        "webmail:list-reports",
        "webmail:close-reports",
        "tracking:all-held",
        "tracking:decide-held",
    ]
)


# In a mailbox lent by its person: what is not reading, sorting or answering stays theirs.
_LENT_SORT = "act report-message"
_NOT_LENT = frozenset(
    {
        *(f"webmail:{name}" for name in _SORT.split() if name not in _LENT_SORT.split()),
        "webmail:list-attachments",
        "webmail:show-bulk",
        "webmail:list-reminders",
        "compose:list-waiting",
        "compose:hand-over",
        "sorting:banner",
        "tracking:banner",
    }
)
_LENT_ROOMS = ("webmail:", "compose:")
# Answered as oneself even there: whom one writes to is not the owner's address book.
AS_ONESELF = frozenset({"compose:suggest-recipients", "compose:describe-recipients"})


def box_in(path: str) -> tuple[int, str] | None:
    """(number of the mailbox, the path as in one's own), for the addresses of a shared one."""
    found = _PREFIX.fullmatch(path)
    return (int(found[1]), found[2]) if found else None


def prefix_of(box_id: int) -> str:
    """What stands before the addresses of a mailbox."""
    return f"/boites/{box_id}/"


def right_for(view_name: str, *, lent: bool = False) -> Right | None:
    """The right that page asks for; None for a page that is not opened in a shared mailbox.

    `lent`: one that its own person lends.
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


def deed_of(view_name: str, where: Mapping[str, object], refs: Sequence[str]) -> tuple[str, str, int] | None:
    """(what is done, to which message or folder, how many) for the pages whose use is written down."""
    if view_name in ("webmail:open-message", "webmail:save-message", "webmail:print-message"):
        what = "open" if view_name == "webmail:open-message" else "save"
        return what, f"{where.get('folder')}/{where.get('uid_validity')}/{where.get('uid')}", 1
    if view_name == "webmail:act" and where.get("act") not in ("read", "unread"):
        return str(where.get("act"))[:20], refs[0].partition("/")[0] if refs else "", max(len(refs), 1)
    return None


def session_of(session_key: str, box_id: int, account_id: int) -> str:
    """The name of a session in a shared mailbox: what it has open there ends without it, or with it."""
    return f"{session_key}+{box_id}+{account_id}"


def session_named(text: str) -> tuple[str, int, int] | None:
    """(session key, box, member's account), or None for an ordinary session."""
    found = _SESSION.fullmatch(text)
    return (found[1], int(found[2]), int(found[3])) if found else None
