"""Parser of the search box.

Words and "phrases" are searched everywhere; `operator:value` limits where, in French or English, with or
without accents: `de:marie`, `objet:"conseil de classe"`, `après:01/09/2026`, `a:pièce`, `dans:archives`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from vaguemestre.foundation.kernel.texts import without_accents
from vaguemestre.post.mailstore.values import Clause, Where

MAX_TERMS = 12
_TOKEN_PATTERN = re.compile(
    r"""(?P<not>-(?=[^\s-]))?
    (?:(?P<name>[^\W\d]{1,12}):[ ]?)?
    (?:"(?P<quoted>[^"]+)"|«\s*(?P<french>[^»]+?)\s*»|(?P<word>\S+))""",
    re.VERBOSE,
)
_OPERATOR_WORDS = {
    Where.FROM: "de from expediteur",
    Where.TO: "a to pour destinataire",
    Where.SUBJECT: "objet sujet subject",
    Where.BEFORE: "avant before older_than",
    Where.SINCE: "apres depuis after since newer_than",
    Where.LARGER: "larger larger_than",
    Where.SMALLER: "smaller smaller_than",
    Where.LABEL: "etiquette label tag",
    Where.FOLDER: "dans in dossier folder",
    Where.STATE: "est is",
    Where.WITH: "avec has",
}
_OPERATORS = {word: where for where, words in _OPERATOR_WORDS.items() for word in words.split()}
_SELF = frozenset(("moi", "me"))
_AGE = re.compile(r"(\d{1,3})([dwmy])")  # as Gmail writes it
_AGE_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_SIZE = re.compile(r"(\d{1,6})([kmg]?)[bo]?")  # as Gmail writes it, or in French
_UNIT_BYTES = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
_ATTACHED = frozenset(("piece", "pieces", "pj", "attachment", "attachments"))
_STATES = {
    "lu": Where.READ, "read": Where.READ,
    "non-lu": Where.UNREAD, "nonlu": Where.UNREAD, "unread": Where.UNREAD,
    "suivi": Where.FLAGGED, "starred": Where.FLAGGED, "flagged": Where.FLAGGED,
    "repondu": Where.ANSWERED, "answered": Where.ANSWERED,
}  # fmt: skip
# Stop words of the search index too. Highlighted, they would hide the matches; searched beside other words,
# they match only messages indexed as another language. Words that mean more without accents (« été ») are not
# listed.
_STOP_WORD_LIST = (
    "a ai aie aient aies ait as au aura aurai auraient aurais aurait auras aurez auriez aurions aurons "
    "auront aux avaient avais avait avec avez aviez avions avons ayant ayez ayons c ce ceci cela ces "
    "cet cette d dans de des du elle en es est et eu eue eues eurent eus eusse eussent eusses eussiez "
    "eussions eut eux furent fus fusse fussent fusses fussiez fussions fut ici il ils j je l la le les "
    "leur leurs lui m ma mais me mes moi mon n ne nos notre nous on ont ou par pas pour qu que quel "
    "quelle quelles quels qui s sa sans se sera serai seraient serais serait seras serez seriez "
    "serions serons seront ses soi soient sois soit sommes son sont soyez soyons suis sur t ta te tes "
    "toi ton tu un une vos votre vous y"
)
_STOP_WORDS = frozenset(_STOP_WORD_LIST.split())
EVERYWHERE = frozenset(("partout", "tout", "anywhere", "all"))
_ANY_DAY = date(2000, 1, 1)  # where days do not matter; a thousand years can be taken from it
_DAYS = ("%d/%m/%Y", "%Y/%m/%d", "%d/%m/%y")


@dataclass(frozen=True)
class SearchQuery:
    """A parsed search. `folder`: value of `dans:`, as typed, or empty."""

    terms: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()
    folder: str = ""


def parse_query(text: str, today: date, keyword: Callable[[str], str], *, own: str = "") -> SearchQuery:
    """Parse a search, at most `MAX_TERMS` terms and as many clauses. `keyword`: gives the keyword of a label.

    `own`: the address that « moi » stands for, as sender or recipient.

    Unknown operators and invalid values are searched as typed. Stop words count between quotes or alone.
    """
    terms: list[str] = []
    clauses: list[Clause] = []
    folder = ""
    for token in tokens(text):
        clause = clause_of(token.operator, token.value, today, keyword) if token.operator else None
        if clause is not None and clause.where is Where.FOLDER:
            folder = token.value
        elif clause is not None:
            value = own if own and _is_self(clause) else clause.value
            clauses.append(Clause(clause.where, value, is_not=token.is_not))
        elif token.is_not:
            clauses.append(Clause(Where.TEXT, token.typed, is_not=True))
        else:
            terms.append(token.typed)
    return SearchQuery(
        significant_words(tuple(dict.fromkeys(terms)))[:MAX_TERMS],
        tuple(dict.fromkeys(clauses))[:MAX_TERMS],
        folder[:100],
    )


def _is_self(clause: Clause) -> bool:
    return clause.where in (Where.FROM, Where.TO) and clause.value.lower() in _SELF


def plain_terms(text: str) -> tuple[str, ...]:
    """Words and phrases of a search, without operators."""
    return parse_query(text, _ANY_DAY, lambda name: name).terms


def highlighted_words(query: SearchQuery) -> tuple[str, ...]:
    """Words to highlight in the results: those searched in texts, names and subjects."""
    places = (Where.FROM, Where.TO, Where.SUBJECT)
    values = tuple(clause.value for clause in query.clauses if clause.where in places and not clause.is_not)
    return significant_words(query.terms + values)


def significant_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without stop words, unless there are no others."""
    return tuple(word for word in words if without_accents(word) not in _STOP_WORDS) or words


class Token(NamedTuple):
    """One item of a search. `operator`: empty if none is known; `typed`: what to search then.

    `start`, `end`: its place in the text.
    """

    is_not: bool
    operator: str
    value: str
    typed: str
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """Items of a search, in order."""
    plain = "".join(char if char.isprintable() else " " for char in text[:500])
    for match in _TOKEN_PATTERN.finditer(plain):
        value = next(filter(None, match.group("quoted", "french", "word"))).strip().strip('"«»').strip()
        name = match["name"] or ""
        typed = f"{name}:{value}" if name else value
        if name and without_accents(name) not in _OPERATORS:
            name = ""
        if value:
            yield Token(bool(match["not"]), name, value, typed, match.start(), match.end())


def clause_of(name: str, value: str, today: date, keyword: Callable[[str], str]) -> Clause | None:
    """Clause of a known operator and its value; None if the value is none of its own."""
    where, plain = _OPERATORS[without_accents(name)], without_accents(value)
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
        case Where.LARGER | Where.SMALLER:
            size = _SIZE.fullmatch(plain)
            return Clause(where, str(int(size[1]) * _UNIT_BYTES[size[2]])) if size else None
        case Where.LABEL:
            mark = keyword(value)
            return Clause(where, mark) if mark else None
        case _:
            return Clause(where, value)


def _day(typed: str, today: date) -> date | None:
    """A day, one so long ago (`7d`, `1y`), or the first day of a month (`11/2026`) or of a year."""
    near = {"aujourd'hui": 0, "aujourd’hui": 0, "today": 0, "hier": 1, "yesterday": 1}
    if typed in near:
        return today - timedelta(days=near[typed])
    if age := _AGE.fullmatch(typed):
        return today - timedelta(days=int(age[1]) * _AGE_DAYS[age[2]])
    tidy = typed.replace("-", "/").replace(".", "/")
    if tidy.isdecimal() and len(tidy) == 4:
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
