from datetime import UTC, date, datetime

from hypothesis import strategies as st

from vaguemestre.sorting.script import compose
from vaguemestre.sorting.values import Absence, Decided, Owner

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
OWNER = Owner(
    account_id=7,
    mailbox="nmorel@ac-amiens.test",
    name="Nadia Morel",
    address="nadia.morel@ac-amiens.test",
    addresses=("nadia.morel@ac-amiens.test", "nmorel@ac-amiens.test"),
    internal_domains=("ac-amiens.test",),
)
WINTER = Absence(
    is_on=True,
    starts_on=date(2026, 12, 19),
    ends_on=date(2027, 1, 3),
    internal_text="Bonjour,\n\nJe suis en congé jusqu’au 3 janvier.",
    external_text="Bonjour,\n\nJe vous répondrai à mon retour.",
)
HOSTILE = (
    '"; stop; #',
    '"; redirect "moi@dehors.example"; keep; "',
    "\\",
    '\\"; discard; "',
    "${dollar}",
    "${1}",
    "${hex:22}; discard;",
    "${unicode:0022}",
    "$${subject}",
    "${${dollar}{1}}",
    "$\\{1}",
    "text:\n.\ndiscard;\n",
    ".\n..\n",
    "/* */ # \n discard;",
    "a\r\nb\rc\nd",
    "\0",
    "{5+}\r\nabcde",
    "é\u202f\u00a0« ”\U0001f600",
    ']; require ["fileinto"',
)
texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=60),
    st.lists(
        st.sampled_from(['"', "\\", "$", "{", "}", "1", "\n", "\r", ";", "dollar", "a"]), max_size=12
    ).map("".join),
)


def composed(absence: Absence | None, owner: Owner, *, kept: str, now: datetime, filters=()) -> str:  # type: ignore[no-untyped-def]
    """The script of one absence and some filters."""
    decided = Decided(absences=(absence,) if absence else (), filters=tuple(filters))
    return compose(decided, owner, kept=kept, now=now)


def nobody(account_id: int) -> tuple[str, ...]:
    """An address book without anybody."""
    return ()
