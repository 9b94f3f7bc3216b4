from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

from hypothesis import strategies as st

from vaguemestre.engines.memory.scripts import MemorySieve
from vaguemestre.mailbox.sorting.ports import open_scripts, put_house_script
from vaguemestre.mailbox.sorting.script import absence_script, personal_script
from vaguemestre.mailbox.sorting.values import (
    Absence,
    Aspect,
    Condition,
    Filter,
    Outcome,
    Owner,
    SortingSettings,
)

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
ALL = Filter("Tout", (Condition(Aspect.OUTSIDE),), Outcome(is_flagged=True))
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
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.lists(
        st.sampled_from(['"', "\\", "$", "{", "}", "1", "\n", "\r", ";", "dollar", "a"]), max_size=12
    ).map("".join),
)


def composed(filters: Iterable[Filter], owner: Owner, *, kept: str = "") -> str:
    """The personal script of some filters."""
    return personal_script(SortingSettings(filters=tuple(filters)), owner, foreign_script=kept)


def replying(absence: Absence | None, owner: Owner, *, now: datetime) -> str:
    """The house's script of one absence."""
    return absence_script(SortingSettings(absences=(absence,) if absence else ()), owner, now=now)


def nobody(account_id: int) -> tuple[str, ...]:
    """An address book without anybody."""
    return ()


@contextmanager
def memory_sieve() -> Iterator[MemorySieve]:
    """Scripts kept in memory, the house's too, in the place of Dovecot's."""
    held, fake = (open_scripts.get(), put_house_script.get()), MemorySieve()
    open_scripts.replace(fake)
    put_house_script.replace(fake.put_house_script)
    try:
        yield fake
    finally:
        open_scripts.replace(held[0])
        put_house_script.replace(held[1])
