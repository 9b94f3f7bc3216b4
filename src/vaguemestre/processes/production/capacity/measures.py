"""What acts were measured to cost, by kind of machine. Each figure says where it can be measured again."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """A kind of machine, by what it serves."""

    ENTRY = "entrée"
    WEB = "pages"
    DATABASE = "base"
    PROXY = "accès des logiciels"
    POD = "boîtes"
    MX = "réception et filtre"


class Source(NamedTuple):
    """Place and day of a measurement."""

    where: str
    day: str


class Act(NamedTuple):
    """Something done again and again. `rate`: the habit it follows; `cost`: milliseconds of processor."""

    rate: str
    means: str
    cost: Mapping[Kind, float]
    source: Source


class Holding(NamedTuple):
    """Something kept open. `share`: the habit it follows; `memory`: MiB each."""

    share: str
    means: str
    memory: Mapping[Kind, float]
    source: Source


class Room(NamedTuple):
    """Room on disk, in the unit that `means` says."""

    means: str
    figure: float
    source: Source


_CAPACITY = Source("bench/capacity.py", "2026-11-29")
_WAITING = Source("bench/capacity.py --programs 800", "2026-11-30")
_SENDING = Source("bench/README.md, « Sending » (SQLite : la base n’y est pas)", "2026-11-28")
_STEPS = Source("bench/README.md, « Steps of messages »", "2026-11-28")
_MARKS = Source("bench/README.md, « Steps of messages »", "2026-11-30")
_SESSIONS = Source("bench/README.md, « A thousand people »", "2026-11-25")

ACTS = (
    Act(
        "deliveries_a_day",
        "un message reçu, filtré, rangé, indexé",
        {Kind.MX: 12.8, Kind.POD: 22.8, Kind.WEB: 10.2, Kind.DATABASE: 6.4},
        _CAPACITY,
    ),
    Act(
        "sends_a_day",
        "un message envoyé, sans sa réception",
        {Kind.WEB: 10.6, Kind.PROXY: 9.3, Kind.POD: 2.0},
        _SENDING,
    ),
    Act(
        "lists_a_day",
        "une liste",
        {Kind.ENTRY: 0.12, Kind.WEB: 1.8, Kind.POD: 0.48, Kind.DATABASE: 0.06},
        _CAPACITY,
    ),
    Act(
        "pages_a_day",
        "une page entière",
        {Kind.ENTRY: 0.17, Kind.WEB: 14.8, Kind.POD: 3.4, Kind.DATABASE: 1.0},
        _CAPACITY,
    ),
    Act(
        "openings_a_day",
        "un message ouvert pour la première fois",
        {Kind.WEB: 4.4, Kind.POD: 1.3, Kind.DATABASE: 0.39},
        _CAPACITY,
    ),
    Act(
        "sign_ins_at_once",
        "une identification, et ce qui la suit",
        {Kind.ENTRY: 0.38, Kind.WEB: 122.7, Kind.POD: 23.3, Kind.DATABASE: 22.2},
        _CAPACITY,
    ),
    Act(
        "program_visits_a_day",
        "un logiciel qui se connecte et ouvre INBOX",
        {Kind.PROXY: 6.3, Kind.POD: 13.0, Kind.WEB: 22.7, Kind.DATABASE: 8.6},
        _CAPACITY,
    ),
    Act(
        "programs",
        "une minute d’un logiciel qui attend (IDLE)",
        {Kind.POD: 0.6, Kind.WEB: 0.8},
        _CAPACITY,
    ),
)
HOLDINGS = (
    Holding("programs", "un logiciel qui attend (IDLE, TLS)", {Kind.PROXY: 0.18, Kind.POD: 0.13}, _WAITING),
    Holding("open_pages", "une personne dont une page est ouverte", {Kind.WEB: 0.07}, _SESSIONS),
)
BESIDE_LETTER = Room("octets sur disque à côté de chaque message (index, mots)", 7600.0, _CAPACITY)
STEP = Room("octets par étape d’un message, index compris", 238.0, _STEPS)
STEPS_EACH = Room("étapes par message", 6.0, _STEPS)
MARK = Room("octets par empreinte d’un message, index compris", 128.0, _MARKS)
