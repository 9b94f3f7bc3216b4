"""Kinds of acts that owners are notified of: news, sensitive ones, and how a disowned one is undone."""

from collections.abc import Mapping

# Told for information: nobody did anything to the account.
AUTOMATIC = frozenset(  # nobody is suspected
    {
        "administrator-named", "box-refused", "closing-withdrawn", "delegate-away", "delegation-apart",
        "mailing-withdrawn", "member-mailing-stopped", "message-refused",
    }
)  # fmt: skip
NEWS = frozenset({"judged-late", "quarantine-digest", "virus-found-late"})  # of mail set aside for some days

# Typical acts of an intruder (docs/security.md §2): also mailed to recovery contacts, with a link to undo.
SENSITIVE: frozenset[str] = frozenset(
    {
        "new-browser", "application-added", "application-removed", "recovery-codes-made", "passkey-added",
        "passkey-removed", "contact-set", "contact-dropped", "recovered", "password-changed",
        "app-password-made", "key-pin-chosen", "key-lost", "forward-set", "filter-deletes", "expert-saved",
        "reply-to-set", "delegation-given", "export-asked", "ent-linked", "script-by-program",
    }
)  # fmt: skip

# Done by a session, which must stand until they are: whoever shuts the account looks for them, to undo them.
OF_A_SESSION: frozenset[str] = SENSITIVE - {"new-browser", "recovered"}

# Owner and intruder may both know the former password: the reader of the notice may only lock the account.
PASSWORD_ACTS: frozenset[str] = frozenset({"password-changed", "recovered"})

# Acts that can be undone one by one.
UNDOABLE: frozenset[str] = SENSITIVE - PASSWORD_ACTS - {"new-browser"}

# Undone by the owner alone, just signed in: an intruder who reads the notice would take a factor that
# protects the account away, or put a means of entry back.
PROVED: frozenset[str] = frozenset(
    {
        "application-added", "application-removed", "contact-dropped", "contact-set", "key-lost",
        "key-pin-chosen", "passkey-added", "passkey-removed", "recovery-codes-made",
    }
)  # fmt: skip

# Journal action → act: undone as well when the account is locked, if done in the days before.
UNDONE_ON_LOCK: Mapping[str, str] = {
    "sorting.forward-set": "forward-set",
    "sorting.filter-deletes": "filter-deletes",
    "sorting.expert-saved": "expert-saved",
    "sorting.script-by-program": "script-by-program",
    "compose.reply-to-set": "reply-to-set",
    "sharing.delegation-given": "delegation-given",
    "portability.export-asked": "export-asked",
    "portability.sealed-asked": "export-asked",
    "rosters.ent-linked": "ent-linked",
    "credentials.key-pin-chosen": "key-pin-chosen",
}
