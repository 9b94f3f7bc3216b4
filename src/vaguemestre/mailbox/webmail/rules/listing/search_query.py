"""What is typed in the search box → what the store looks for.

Words and "phrases" are looked for anywhere; `operator:value` says where, in French or in English, with or
without accents: `de:marie`, `objet:"conseil de classe"`, `après:01/09/2026`, `a:pièce`, `dans:archives`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from vaguemestre.foundation.kernel.texts import bare
from vaguemestre.post.mailstore.values import Clause, Where

MOST_TERMS = 12
_PIECE = re.compile(
    r"""(?P<not>-(?=[^\s-]))?
    (?:(?P<name>[^\W\d_]{1,12}):[ ]?)?
    (?:"(?P<quoted>[^"]+)"|«\s*(?P<french>[^»]+?)\s*»|(?P<word>\S+))""",
    re.VERBOSE,
)
_WORDS = {
    Where.FROM: "de from expediteur",
    Where.TO: "a to pour destinataire",
    Where.SUBJECT: "objet sujet subject",
    Where.BEFORE: "avant before",
    Where.SINCE: "apres depuis after since",
    Where.LABEL: "etiquette label tag",
    Where.FOLDER: "dans in dossier folder",
    Where.STATE: "est is",
    Where.WITH: "avec has",
}
_OPERATORS = {word: where for where, words in _WORDS.items() for word in words.split()}
_ATTACHED = frozenset(("piece", "pieces", "pj", "attachment", "attachments"))
_STATES = {
    "lu": Where.READ, "read": Where.READ,
    "non-lu": Where.UNREAD, "nonlu": Where.UNREAD, "unread": Where.UNREAD,
    "suivi": Where.FLAGGED, "starred": Where.FLAGGED, "flagged": Where.FLAGGED,
    "repondu": Where.ANSWERED, "answered": Where.ANSWERED,
}  # fmt: skip
# Those the index leaves out as well: marked, they would hide what was found; asked for beside others, they
# would be found in letters taken for another language only. Without those that are more once bare (« été »).
_SMALL_WORDS = (
    "a ai aie aient aies ait as au aura aurai auraient aurais aurait auras aurez auriez aurions aurons "
    "auront aux avaient avais avait avec avez aviez avions avons ayant ayez ayons c ce ceci cela ces "
    "cet cette d dans de des du elle en es est et eu eue eues eurent eus eusse eussent eusses eussiez "
    "eussions eut eux furent fus fusse fussent fusses fussiez fussions fut ici il ils j je l la le les "
    "leur leurs lui m ma mais me mes moi mon n ne nos notre nous on ont ou par pas pour qu que quel "
    "quelle quelles quels qui s sa sans se sera serai seraient serais serait seras serez seriez "
    "serions serons seront ses soi soient sois soit sommes son sont soyez soyons suis sur t ta te tes "
    "toi ton tu un une vos votre vous y"
)
_SMALL = frozenset(_SMALL_WORDS.split())
EVERYWHERE = frozenset(("partout", "tout", "anywhere", "all"))
_DAYS = ("%d/%m/%Y", "%Y/%m/%d", "%d/%m/%y")


@dataclass(frozen=True)
class Asked:
    """`folder`: what `dans:` said, as typed; empty when nothing did."""

    terms: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()
    folder: str = ""


def asked(text: str, today: date, keyword: Callable[[str], str]) -> Asked:
    """`keyword`: the mark of a label's name, empty for a name that none can have.

    What is no operator, or says nothing sensible, is looked for as it stands; at most a dozen of each. Small
    words of the language count between quotes only, or alone.
    """
    terms: list[str] = []
    clauses: list[Clause] = []
    folder = ""
    for is_not, name, value, typed in _pieces(text):
        found = _clause(name, value, today, keyword) if name else None
        if found is not None and found.where is Where.FOLDER:
            folder = value
        elif found is not None:
            clauses.append(Clause(found.where, found.value, is_not=is_not))
        elif is_not:
            clauses.append(Clause(Where.TEXT, typed, is_not=True))
        else:
            terms.append(typed)
    return Asked(
        telling(tuple(dict.fromkeys(terms)))[:MOST_TERMS],
        tuple(dict.fromkeys(clauses))[:MOST_TERMS],
        folder[:100],
    )


def terms(text: str) -> tuple[str, ...]:
    """Words and phrases alone, operators left aside."""
    return asked(text, date.min, lambda name: name).terms


def shown_words(found: Asked) -> tuple[str, ...]:
    """What is marked among the results: words looked for in texts, names and subjects."""
    said = (Where.FROM, Where.TO, Where.SUBJECT)
    named = tuple(one.value for one in found.clauses if one.where in said and not one.is_not)
    return telling(found.terms + named)


def telling(words: tuple[str, ...]) -> tuple[str, ...]:
    """Without the small words of the language, unless nothing else was looked for."""
    return tuple(word for word in words if bare(word) not in _SMALL) or words


def _pieces(text: str) -> Iterator[tuple[bool, str, str, str]]:
    """(is it excluded, operator or nothing, value, what to look for when the operator is none)."""
    plain = "".join(char if char.isprintable() else " " for char in text[:500])
    for match in _PIECE.finditer(plain):
        value = next(filter(None, match.group("quoted", "french", "word"))).strip().strip('"«»').strip()
        name = match["name"] or ""
        typed = f"{name}:{value}" if name else value
        if name and bare(name) not in _OPERATORS:
            name = ""
        if value:
            yield bool(match["not"]), name, value, typed


def _clause(name: str, value: str, today: date, keyword: Callable[[str], str]) -> Clause | None:
    where, plain = _OPERATORS[bare(name)], bare(value)
    match where:
        case Where.TO | Where.WITH if plain in _ATTACHED:
            return Clause(Where.ATTACHED)
        case Where.WITH:
            return None
        case Where.STATE:
            state = _STATES.get(plain)
            return Clause(state) if state else None
        case Where.BEFORE | Where.SINCE:
            day = _day(plain, today)
            return Clause(where, day.isoformat()) if day else None
        case Where.LABEL:
            mark = keyword(value)
            return Clause(where, mark) if mark else None
        case _:
            return Clause(where, value)


def _day(said: str, today: date) -> date | None:
    """A day, or the first one of a month (`11/2026`) or a year."""
    near = {"aujourd'hui": 0, "aujourd’hui": 0, "today": 0, "hier": 1, "yesterday": 1}
    if said in near:
        return today - timedelta(days=near[said])
    tidy = said.replace("-", "/").replace(".", "/")
    if tidy.isdigit() and len(tidy) == 4:
        tidy = f"01/01/{tidy}"
    elif tidy.count("/") == 1:
        month, _, year = tidy.partition("/")
        tidy = f"01/{month}/{year}" if len(year) == 4 else f"{tidy}/{today.year}"
    for form in _DAYS:
        try:
            return datetime.strptime(tidy, form).date()  # noqa: DTZ007 - a day, in no zone
        except ValueError:
            continue
    return None
