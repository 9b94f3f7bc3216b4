"""Which removed copy goes back to which folder."""

from collections import defaultdict
from collections.abc import Iterable

from vaguemestre.desks.removals.values import Undone


def copies_to_return(kept: Iterable[tuple[str, str]], removed: Iterable[tuple[int, str]]) -> Undone:
    """Match copies out of sight with the folders they left, by GUID.

    `kept`: folder and GUID of each copy taken; `removed`: UID and GUID of each copy out of sight. Two copies
    of one message have one GUID: each goes to a folder that lost one. A copy no longer out of sight was
    given back before.
    """
    by_guid: dict[str, list[int]] = defaultdict(list)
    for uid, guid in removed:
        by_guid[guid].append(uid)
    uids: dict[str, list[int]] = defaultdict(list)
    total = 0
    for folder, guid in kept:
        if by_guid[guid]:
            uids[folder].append(by_guid[guid].pop(0))
            total += 1
    return Undone(dict(uids), total)
