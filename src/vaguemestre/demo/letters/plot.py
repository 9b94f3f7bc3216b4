"""Timeline of the mailbox: conversations, newsletters and notices spread over school days."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from vaguemestre.demo.letters.newsletters import NEWSLETTERS, Newsletter
from vaguemestre.demo.letters.topics import Topic, topics
from vaguemestre.demo.letters.values import Writer
from vaguemestre.foundation.kernel.times import PARIS

_CONVERSATIONS, _ISSUES, _NOTICES = 70, 18, 12  # shares of what begins


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split("|"))


_PARENT_FIRST = _listed(
    "Nadège|Karim|Aurélie|Stéphane|Fatou|Jean-Marc|Sabrina|Olivier|Marta|Thi Mai|Laurent|Élodie"
)
_PARENT_LAST = _listed(
    "Morel|Benali|Lecocq|Da Silva|Diallo|Hénin|Flament|Nguyen|Petit|Kaczmarek|Dupré|Roussel"
)
_PUPILS = _listed(
    "Lina|Enzo|Jade|Mathis|Inaya|Hugo|Léonie|Adam|Zélie|Noé|Aminata|Gabin|Rose|Ilyes|Clémence|Tom"
)
_CLASSES = _listed("6e A|6e C|5e B|5e D|4e A|4e B|4e B|4e B|3e A|3e C")
_TOWNS = _listed("Amiens|Péronne|Laon|Compiègne|Saint-Valery-sur-Somme|Arras|Chantilly|Soissons|Paris|Lille")


@dataclass(slots=True)
class Thread:
    """A conversation under way: who takes part, the words of its slots, the letters already written."""

    number: int
    topic: Topic
    owner_starts: bool
    others: list[Writer]
    slots: dict[str, str]
    meets: datetime  # the day and the hour of the slots
    begins: datetime
    written: list[tuple[str, Writer, datetime, str]] = field(default_factory=list)  # id, who, when, text


@dataclass(frozen=True, slots=True)
class Turn:
    """One planned message: its rank in a conversation, or a message of its own."""

    at: datetime
    number: int
    thread: Thread | None = None
    rank: int = 0
    by_owner: bool = False
    is_answered: bool = False  # by the owner, next in the conversation
    issue: Newsletter | None = None


def turns(draw: Random, count: int, others: Sequence[Writer], until: datetime, days: int) -> list[Turn]:
    """`count` letters, oldest first."""
    drawn: list[Turn] = []
    number = 0
    subjects = topics()
    while len(drawn) < count:
        number += 1
        begins = _moment(draw, until, days)
        kind = draw.choices("cin", (_CONVERSATIONS, _ISSUES, _NOTICES))[0]
        if kind == "c":
            thread = _thread(draw, number, draw.choice(subjects), others, begins)
            drawn += _turns_of(draw, thread, until)
        elif kind == "i":
            drawn.append(Turn(begins, number, issue=draw.choice(NEWSLETTERS)))
        else:
            drawn.append(Turn(begins, number))
    drawn.sort(key=lambda turn: (turn.at, turn.number, turn.rank))
    return drawn[len(drawn) - count :]


def _moment(draw: Random, until: datetime, days: int) -> datetime:
    """Some working hour; few on Sundays and in summer."""
    while True:
        day = until - timedelta(days=draw.random() ** 1.7 * days)  # more is kept of what is recent
        moment = day.replace(
            hour=min(max(round(draw.gauss(13, 4)), 6), 22),
            minute=draw.randrange(60),
            second=draw.randrange(60),
            microsecond=0,
        )
        is_quiet = moment.weekday() == 6 or (moment.month == 7 and moment.day > 8) or moment.month == 8
        if moment <= until and not (is_quiet and draw.random() < 0.85):
            return moment


def _thread(draw: Random, number: int, topic: Topic, others: Sequence[Writer], begins: datetime) -> Thread:
    pupil = draw.choice(_PUPILS)
    day = begins + timedelta(days=draw.randint(2, 12))
    while day.weekday() > 4:  # nobody meets at the week-end
        day += timedelta(days=1)
    of_class, hour, minute = draw.choice(_CLASSES), draw.randint(8, 17), draw.choice((0, 15, 30))
    slots = {
        "pupil": pupil,
        "class": of_class,
        "day": f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}",
        "hour": f"{hour} h {minute or ''}".rstrip(),
        "room": f"{draw.choice('ABC')}{draw.randint(1, 3)}{draw.randint(0, 1)}{draw.randint(1, 9)}",
        "page": str(draw.randint(12, 240)),
        "town": draw.choice(_TOWNS),
    }
    if topic.who == "parent":
        first, last = draw.choice(_PARENT_FIRST), draw.choice(_PARENT_LAST)
        address = f"{_plain(first)}.{_plain(last)}@{draw.choice(('famille.example', 'courriel.example'))}"
        taking_part = [Writer(f"{first} {last}", address, "parent", f"parent de {pupil}")]
    else:
        fitting = [other for other in others if other.who == topic.who] or list(others)
        taking_part = draw.sample(fitting, min(len(fitting), draw.choice((1, 1, 1, 2, 3))))
    owner_starts = topic.who == "colleague" and draw.random() < 0.35
    meets = datetime(day.year, day.month, day.day, hour, minute, tzinfo=PARIS)
    return Thread(number, topic, owner_starts, taking_part, slots, meets, begins)


def _turns_of(draw: Random, thread: Thread, until: datetime) -> list[Turn]:
    length = 1 + min(len(thread.topic.answers), round(draw.triangular(0, 5, 1.6)))
    moments, at = [], thread.begins
    for _ in range(length):
        if at > until:
            break
        moments.append(at)
        at += timedelta(minutes=round(draw.expovariate(1 / 420)) + 6)
    by_owner = [thread.owner_starts]
    for _ in moments:
        # With several others, someone else may answer first.
        by_owner.append(not by_owner[-1] and (len(thread.others) == 1 or draw.random() < 0.5))
    by_owner[len(moments)] = False
    return [
        Turn(moment, thread.number, thread, rank, by_owner[rank], not by_owner[rank] and by_owner[rank + 1])
        for rank, moment in enumerate(moments)
    ]


def _plain(name: str) -> str:
    return name.lower().translate(str.maketrans("éèêàïô ", "eeeaio-"))


_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
