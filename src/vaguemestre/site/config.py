"""One typed, frozen configuration, read once at start. An unknown key or a wrong type refuses to start."""

import difflib
import json
import os
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import time
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, NamedTuple, get_args, get_type_hints

from vaguemestre.credentials.rules.second_factors import DUE_ROLES
from vaguemestre.directory.rules.academies import ACADEMIES
from vaguemestre.directory.rules.departments import NAMES as DEPARTMENTS
from vaguemestre.directory.rules.places import department_label
from vaguemestre.kernel.toml_errors import toml_error
from vaguemestre.lives.values import Numbers
from vaguemestre.outbox.rules.hours import Hours
from vaguemestre.outbox.rules.limits import Limits, Window
from vaguemestre.site import config_checks as checks

PROJECT = Path(__file__).resolve().parents[3]


_RECIPIENTS = checks.between(1, 10_000_000)
_ROLES = checks.each(checks.one_of("agent", *sorted(DUE_ROLES)))
_ACADEMY = checks.Check(ACADEMIES.__contains__, "est le code d’une académie, sur deux chiffres (20 : Amiens)")
_DEPARTMENTS = checks.each(
    checks.Check(
        lambda code: len(code) == 3 and department_label(code) in DEPARTMENTS,
        "est un département connu, écrit comme dans un UAI (002, 080, 620)",
    )
)
_NOTICES = checks.Check(
    lambda text: all(word.isascii() and word.isdigit() and 0 < int(word) <= 3650 for word in text.split()),
    "se compose de nombres de jours, séparés par des espaces",
)


class ConfigWrong(Exception):
    """The configuration cannot be used: one French sentence per fault, each on its line (exit code 78)."""


@dataclass(frozen=True)
class AcademySection:
    """The académie an empty instance starts with."""

    code: Annotated[str, _ACADEMY] = "20"
    name: Annotated[str, checks.LINE] = "Académie d’Amiens"
    domain: Annotated[str, checks.DOMAIN] = "ac-amiens.test"
    departments: Annotated[tuple[str, ...], _DEPARTMENTS] = ("002", "060", "080")
    # The template of signatures: HTML with variables.
    signature: Annotated[str, checks.HTML] = "<b>{nom}</b><br>{fonction}<br>{etablissement}<br>{academie}"
    numen_layout: Annotated[str, checks.one_of("standard", "seed")] = "seed"
    school_zone: Annotated[str, checks.one_of("A", "B", "C", "")] = (
        "B"  # of the school holidays: A, B, C, or empty
    )
    colleague_domains: Annotated[
        tuple[str, ...], checks.DOMAINS
    ] = ()  # others answered as colleagues when DMARC proves them
    # Names that nobody outside signs with, unless to deceive.
    house_names: Annotated[tuple[str, ...], checks.LINES] = (
        "Académie", "Rectorat", "Recteur", "Rectrice", "DSI", "DSDEN", "Inspection académique", "Assistance",
        "Éducation nationale", "Support informatique", "Messagerie", "Webmail", "Ressources humaines",
        "Administrateur",
    )  # fmt: skip
    # Of a first activation: NUMEN and birth date, or "numen+code" (a delivered code too).
    proof: Annotated[str, checks.one_of("numen", "numen+code")] = "numen"
    numen_at_sign_in: bool = True  # identifiant + NUMEN on the sign-in page lead into a first activation
    siret: Annotated[str, checks.SIRET] = (
        "17800000000004"  # told to ProConnect; the demonstration's belongs to nobody
    )
    help_phone: Annotated[str, checks.OPTIONAL_LINE] = (
        ""  # the three lines of the help desk on `/aide`; empty: not shown
    )
    help_hours: Annotated[str, checks.OPTIONAL_LINE] = ""
    help_address: Annotated[str, checks.ADDRESS] = ""
    privacy_address: Annotated[str, checks.ADDRESS] = (
        ""  # the data protection officer, on `/donnees-personnelles`
    )


@dataclass(frozen=True)
class WebSection:
    host: Annotated[str, checks.HOST] = "127.0.0.1"
    public_url: Annotated[str, checks.ORIGIN] = ""  # empty: http://localhost:<port>
    files_url: Annotated[str, checks.ORIGIN] = (
        ""  # origin of files, another name than public_url's; empty: fichiers. before it
    )
    workers: Annotated[int, checks.between(1, 64)] = 2
    threads: Annotated[int, checks.between(1, 64)] = 4
    behind_tls: bool = False
    # Who may say the client's address, with behind_tls: the reverse proxies in front of ours.
    proxies: Annotated[tuple[str, ...], checks.NETWORKS] = ("127.0.0.1", "::1")


@dataclass(frozen=True)
class DatabaseSection:
    """`engine` is sqlite or postgresql; the other keys are for PostgreSQL only."""

    engine: Annotated[str, checks.one_of("sqlite", "postgresql")] = "sqlite"
    host: Annotated[str, checks.OPTIONAL_LINE] = ""
    port: Annotated[int, checks.between(1, 65535)] = 5432
    name: Annotated[str, checks.LINE] = "vaguemestre"
    user: Annotated[str, checks.LINE] = "vaguemestre"
    password_file: Annotated[str, checks.FILE] = ""


@dataclass(frozen=True)
class MailSection:
    host: Annotated[str, checks.HOST] = "127.0.0.1"
    message_size_limit: Annotated[int, checks.between(1_000_000, 1_000_000_000)] = 20_971_520
    quota_mb: Annotated[int, checks.between(1, 1_000_000)] = 2048
    undo_seconds: Annotated[int, checks.between(0, 120)] = 10  # « Annuler l’envoi » is shown that long
    full_text_search: bool = True
    file_search: bool = True  # words of PDF and office documents, where bubblewrap works
    forward_outside: bool = False  # filters may send mail on to other domains
    office_previews: bool = True  # where LibreOffice and bubblewrap are installed
    content_filter: bool = True  # where rspamd is installed
    usual_ports: bool = False  # 993, 465 and 4190 lead to ours: programs are told these


@dataclass(frozen=True)
class SendingSection:
    """How much an account may send (recipients), and when people work.

    `quiet_hours`: outside working time, `offer` proposes to put off, `ask` wants an explicit « now », `off`
    says nothing. Lists and other mass senders in `exempt` are never counted.
    """

    warn_1_minute: Annotated[int, _RECIPIENTS] = 500
    most_1_minute: Annotated[int, _RECIPIENTS] = 700
    warn_10_minutes: Annotated[int, _RECIPIENTS] = 800
    most_10_minutes: Annotated[int, _RECIPIENTS] = 1000
    warn_1_hour: Annotated[int, _RECIPIENTS] = 2000
    most_1_hour: Annotated[int, _RECIPIENTS] = 4000
    warn_10_hours: Annotated[int, _RECIPIENTS] = 5000
    most_10_hours: Annotated[int, _RECIPIENTS] = 8000
    night_divisor: Annotated[int, checks.between(1, 100)] = 4
    weekend_divisor: Annotated[int, checks.between(1, 100)] = 2
    strangers_an_hour: Annotated[int, _RECIPIENTS] = 50  # people never written to before
    exempt: Annotated[tuple[str, ...], checks.ADDRESSES] = ()
    day_starts: Annotated[int, checks.between(0, 22)] = 7  # hours, Paris
    day_ends: Annotated[int, checks.between(1, 23)] = 20
    quiet_hours: Annotated[str, checks.one_of("offer", "ask", "off")] = "offer"

    def limits(self) -> Limits:
        """The limits of the submission door."""
        windows = (
            Window(1, self.warn_1_minute, self.most_1_minute),
            Window(10, self.warn_10_minutes, self.most_10_minutes),
            Window(60, self.warn_1_hour, self.most_1_hour),
            Window(600, self.warn_10_hours, self.most_10_hours),
        )
        return Limits(
            by_sender=windows,
            night_divisor=self.night_divisor,
            weekend_divisor=self.weekend_divisor,
            day_starts=time(self.day_starts),
            day_ends=time(self.day_ends),
            strangers=self.strangers_an_hour,
        )

    def hours(self) -> Hours:
        """Working time."""
        return Hours(time(self.day_starts), time(self.day_ends))


@dataclass(frozen=True)
class SignInSection:
    """`second_factor_for`: roles that must hold a second factor, besides those that always must."""

    second_factor_for: Annotated[tuple[str, ...], _ROLES] = ()  # "agent": everybody
    second_factor_from: Annotated[str, checks.DAY] = (
        ""  # AAAA-MM-JJ: the day that was decided, for those already there
    )
    second_factor_days: Annotated[int, checks.between(0, 365)] = (
        14  # what is left to set it up, from the activation or the new role
    )


@dataclass(frozen=True)
class FeedSection:
    closure_limit_percent: Annotated[float, checks.between(0, 100)] = 2.0
    refusal_limit_percent: Annotated[float, checks.between(0, 100)] = 5.0
    grace_days: Annotated[int, checks.DAYS] = 60


@dataclass(frozen=True)
class LivesSection:
    """What follows from what happens to people, in days (DOMAIN.md §3.6); contracts: `[feed] grace_days`."""

    overlap: Annotated[int, checks.DAYS] = 15  # a former post's memberships, after a move within the académie
    overlap_before: Annotated[int, checks.DAYS] = (
        15  # a head to come has the school's mailbox, before their post
    )
    long_leave_withdrawn: Annotated[int, checks.DAYS] = (
        0  # shared mailboxes, lists and delegations, from the first day of the leave
    )
    departure_withdrawn: Annotated[int, checks.DAYS] = 0  # the same, from the day of a departure
    long_leave_suspended: Annotated[int, checks.DAYS] = 60
    transfer_closed: Annotated[int, checks.DAYS] = 60
    retirement_closed: Annotated[int, checks.DAYS] = 60
    purged: Annotated[int, checks.DAYS] = 180  # after the event, for a mailbox that was closed
    death_frozen: Annotated[int, checks.DAYS] = 365
    notices: Annotated[str, _NOTICES] = "60 30 10 1"  # days before a closing
    civil_status_months: Annotated[int, checks.between(1, 1200)] = (
        12  # from the closing of an account to its civil status being erased
    )
    fed_days: Annotated[int, checks.DAYS] = (
        60  # human resources still give a civil status, that long after a feed spoke of somebody
    )
    compromise_hours: Annotated[int, checks.between(0, 8760)] = (
        48  # a mailbox stays shut that long after a compromise, applications do not
    )


@dataclass(frozen=True)
class MovingSection:
    """Mail brought in. `private_servers`: `host:port` of mail servers whose address may be a private one."""

    upload_mb: Annotated[int, checks.between(1, 100_000)] = 2000
    private_servers: Annotated[tuple[str, ...], checks.HOSTS_AND_PORTS] = ()


@dataclass(frozen=True)
class FilesSection:
    """Files too large for a message. `clamd`: where the virus check listens, a path or `host:port`."""

    most_mb: Annotated[int, checks.between(1, 100_000)] = 2000  # one file
    most_in_all_mb: Annotated[int, checks.between(1, 10_000_000)] = 10_000  # of one account
    days: Annotated[int, checks.between(1, 3650)] = 30  # how long one is lent unless said otherwise
    most_days: Annotated[int, checks.between(1, 3650)] = 90
    clamd: Annotated[str, checks.SOCKET] = ""


@dataclass(frozen=True)
class WorkerSection:
    """Processes that run the jobs. `count`: those of ordinary work, beside the one of long work."""

    count: Annotated[int, checks.between(1, 16)] = 2


@dataclass(frozen=True)
class EntSection:
    """The ENT of the académie's schools. `domain`: of the addresses it gives pupils and families."""

    name: Annotated[str, checks.LINE] = "l’ENT"
    domain: Annotated[str, checks.DOMAIN] = "ent-amiens.test"
    cas_url: Annotated[str, checks.SECURE_URL] = (
        ""  # its CAS server, for those who come from it; empty: nobody does
    )
    saml_metadata: Annotated[str, checks.FILE] = ""  # or its SAML metadata: a file in the home; before CAS
    saml_name: Annotated[str, checks.OPTIONAL_LINE] = (
        ""  # the attribute that names them there; empty: the NameID
    )


@dataclass(frozen=True)
class Ports:
    web: int
    push: int
    intranet: int  # Accolad, beside a demonstration
    carddav: int
    rooms: int  # Salles, the other demonstration application
    imap: int
    imaps: int
    submission: int
    submissions: int
    mx: int
    managesieve: int
    filter: int  # rspamd's milter, on the loopback
    filter_controller: int
    names: int  # the demonstration's own name server (UDP), on the loopback


@dataclass(frozen=True)
class Config:
    home: Path
    port_base: int = 8000
    academy: AcademySection = field(default_factory=AcademySection)
    web: WebSection = field(default_factory=WebSection)
    database: DatabaseSection = field(default_factory=DatabaseSection)
    mail: MailSection = field(default_factory=MailSection)
    feed: FeedSection = field(default_factory=FeedSection)
    signin: SignInSection = field(default_factory=SignInSection)
    sending: SendingSection = field(default_factory=SendingSection)
    moving: MovingSection = field(default_factory=MovingSection)
    lives: LivesSection = field(default_factory=LivesSection)
    files: FilesSection = field(default_factory=FilesSection)
    ent: EntSection = field(default_factory=EntSection)
    worker: WorkerSection = field(default_factory=WorkerSection)

    @property
    def ports(self) -> Ports:
        base = self.port_base
        return Ports(
            web=base,
            push=base + 1,
            intranet=base + 2,
            carddav=base + 3,
            rooms=base + 4,
            imap=base + 143,
            imaps=base + 993,
            submission=base + 587,
            submissions=base + 465,
            mx=base + 25,
            managesieve=base + 190,
            filter=base + 332,
            filter_controller=base + 334,
            names=base + 53,
        )

    @property
    def public_url(self) -> str:
        return self.web.public_url.rstrip("/") or f"http://localhost:{self.ports.web}"

    @property
    def files_url(self) -> str:
        """Origin of files lent by a link: another name, so that no cookie of ours is ever sent there."""
        scheme, _, place = self.public_url.partition("://")
        return self.web.files_url.rstrip("/") or f"{scheme}://fichiers.{place.rstrip('/')}"

    def life_numbers(self) -> Numbers:
        """The numbers of the table of lives."""
        lives = self.lives
        return Numbers(
            overlap=lives.overlap,
            long_leave_withdrawn=lives.long_leave_withdrawn,
            departure_withdrawn=lives.departure_withdrawn,
            long_leave_suspended=lives.long_leave_suspended,
            transfer_closed=lives.transfer_closed,
            retirement_closed=lives.retirement_closed,
            contract_closed=self.feed.grace_days,
            purged=lives.purged,
            death_frozen=lives.death_frozen,
            civil_status_months=lives.civil_status_months,
            fed_days=lives.fed_days,
            notices=tuple(sorted(map(int, lives.notices.split()), reverse=True)),
        )

    @property
    def session_cookie(self) -> str:
        """Name of the session's cookie: of this host alone, or of this port on a plain loopback."""
        return "__Host-vaguemestre" if self.web.behind_tls else f"vaguemestre_{self.ports.web}"

    @property
    def carddav_url(self) -> str:
        """Where address books answer: behind the same proxy as the pages, else on a port of their own."""
        if self.web.behind_tls:
            return f"{self.public_url}/dav/"
        return f"http://localhost:{self.ports.carddav}/dav/"

    @property
    def intranet_url(self) -> str:
        """Where the demonstration's Accolad answers; it knows its secret by `intranet_secret`."""
        return f"http://localhost:{self.ports.intranet}"

    @property
    def intranet_secret(self) -> Path:
        return self.secrets_dir / "accolad"

    @property
    def rooms_url(self) -> str:
        """Where the demonstration's Salles answers; CAS services keep no secret."""
        return f"http://localhost:{self.ports.rooms}"

    @property
    def told_ports(self) -> tuple[int, int, int]:
        """IMAPS, submissions and ManageSieve as programs are told them."""
        ours = (self.ports.imaps, self.ports.submissions, self.ports.managesieve)
        return (993, 465, 4190) if self.mail.usual_ports else ours

    @property
    def run_dir(self) -> Path:
        return self.home / "run"

    @property
    def data_dir(self) -> Path:
        return self.home / "data"

    @property
    def moves_dir(self) -> Path:
        """Files brought in or to be taken away, for a few days."""
        return self.data_dir / "moves"

    @property
    def deposits_dir(self) -> Path:
        """Files too large for a message, while they are lent."""
        return self.data_dir / "deposits"

    @property
    def secrets_dir(self) -> Path:
        return self.home / "secrets"

    @property
    def engines_dir(self) -> Path:
        return self.home / "engines"

    @property
    def logs_dir(self) -> Path:
        return self.home / "logs"

    @property
    def projection_path(self) -> Path:
        """The engines' own small SQLite file (used unless the database is PostgreSQL)."""
        return self.engines_dir / "db" / "projection.sqlite3"


_SECTIONS = (
    "academy",
    "web",
    "database",
    "mail",
    "feed",
    "lives",
    "sending",
    "moving",
    "signin",
    "files",
    "ent",
    "worker",
)


class Fault(NamedTuple):
    """One fault of the file: its line (0: none to point at) and a French sentence without its full stop."""

    line: int
    sentence: str


class Reading(NamedTuple):
    """A file read: the configuration with every faulty key at its default, its faults, where its keys are."""

    config: Config
    faults: list[Fault]
    lines: dict[str, int]
    file: Path


def load(home: Path | None = None, port_base: int | None = None) -> Config:
    """Return the configuration of an instance. Raises ConfigWrong with every fault of its file."""
    reading = read(home, port_base)
    refuse(reading.file, reading.faults)
    return reading.config


def refuse(file: Path, faults: Iterable[Fault]) -> None:
    """Raises ConfigWrong when there are any, in the order of the file."""
    if told := [_written(fault, file) for fault in sorted(set(faults))]:
        raise ConfigWrong("\n".join(told))


def read(home: Path | None = None, port_base: int | None = None) -> Reading:
    """Read the configuration of an instance and its faults.

    `vaguemestre.toml` in the home, else beside the project, else defaults. The home comes from the argument,
    `VAGUEMESTRE_HOME`, or `var/`; the port base from the argument, `VAGUEMESTRE_PORT_BASE`, the last start
    (`run/instance.json`), the file, or 8000. Raises ConfigWrong for a file that cannot be opened.
    """
    home = (home or Path(os.environ.get("VAGUEMESTRE_HOME") or PROJECT / "var")).resolve()
    file = next((f for f in (home / "vaguemestre.toml", PROJECT / "vaguemestre.toml") if f.is_file()), None)
    parsed = _parsed(_text_of(file)) if file else Parsed({}, [], [])
    base = port_base if port_base is not None else _known_port_base(home)
    lines = _lines_of_keys(parsed.lines) if parsed.given else {}
    return Reading(*_read(parsed, lines, home, base), lines, file or home)


def _read(
    parsed: "Parsed", lines: dict[str, int], home: Path, port_base: int | None
) -> tuple[Config, list[Fault]]:
    given, faults, wrong = dict(parsed.given), list(parsed.faults), set()
    base = port_base if port_base is not None else given.get("port_base", Config.port_base)
    given.pop("port_base", None)
    if not isinstance(base, int) or isinstance(base, bool) or not 0 < base < 64000:
        faults.append(Fault(lines.get("port_base", 0), "« port_base » doit être un nombre entre 1 et 63999"))
        base = Config.port_base
    sections: dict[str, Any] = {}
    for section, kind in get_type_hints(Config).items():
        if section in _SECTIONS:
            keys = given.pop(section, {})
            told = dict(_wrong_keys(section, kind, keys))
            faults += [Fault(lines.get(key) or lines.get(section, 0), words) for key, words in told.items()]
            wrong |= set(told)
            right = {k: v for k, v in keys.items() if f"{section}.{k}" not in told} if _is_table(keys) else {}
            sections[section] = kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in right.items()})
            if section == "academy" and "domain" not in right:
                sections[section] = _of_the_demonstration(sections[section])
    faults += [Fault(lines.get(key, 0), f"clé inconnue « {key} »{_perhaps(key, _SECTIONS)}") for key in given]
    config = Config(home=home, port_base=base, **sections)
    for rule in _broken_rules(config):
        if not wrong.intersection(rule.keys) and (lines or not parsed.faults):
            faults.append(Fault(_first_line(lines, rule.keys), rule.sentence))
    return config, faults


def _of_the_demonstration(academy: AcademySection) -> AcademySection:
    """Where nobody named an académie: a desk that can be shown, with a number kept for fiction by Arcep."""
    return replace(
        academy,
        help_phone=academy.help_phone or "03 53 01 20 26",
        help_hours=academy.help_hours or "du lundi au vendredi, de 8 h à 18 h",
    )


def _written(fault: Fault, file: Path) -> str:
    place = f"{file}, ligne {fault.line}" if fault.line else f"{file}"
    return f"{place} : {fault.sentence}."


class Rule(NamedTuple):
    """What several keys must be together; `keys` are written `section.key`."""

    holds: bool
    keys: tuple[str, ...]
    sentence: str


def _broken_rules(config: Config) -> list[Rule]:
    """What no key says alone."""
    academy, web, lives, files = config.academy, config.web, config.lives, config.files
    known = ACADEMIES.get(academy.code)
    elsewhere = [code for code in academy.departments if known and department_label(code) not in known[1]]
    rules = [
        Rule(
            not elsewhere,
            ("academy.departments", "academy.code"),
            f"[academy] « departments » : {', '.join(elsewhere)} n’est pas dans l’académie « code » = "
            f"{academy.code} ({known.name if known else ''})",
        ),
        Rule(bool(academy.departments), ("academy.departments",), "[academy] « departments » est vide"),
        Rule(
            config.mail.quota_mb * 1_000_000 >= config.mail.message_size_limit,
            ("mail.quota_mb", "mail.message_size_limit"),
            "[mail] « quota_mb » (en Mo) ne contient pas un message de « message_size_limit » (en octets)",
        ),
        Rule(
            config.sending.day_starts < config.sending.day_ends,
            ("sending.day_starts", "sending.day_ends"),
            "[sending] « day_starts » vient avant « day_ends »",
        ),
        Rule(
            not config.signin.second_factor_for or bool(config.signin.second_factor_from),
            ("signin.second_factor_for",),
            "[signin] « second_factor_from » manque : le jour de la décision, AAAA-MM-JJ",
        ),
        Rule(
            lives.purged >= max(lives.transfer_closed, lives.retirement_closed, config.feed.grace_days),
            ("lives.purged", "lives.transfer_closed", "lives.retirement_closed", "feed.grace_days"),
            "[lives] « purged » ne précède aucune fermeture (« transfer_closed », « retirement_closed », "
            "[feed] « grace_days »)",
        ),
        Rule(
            not web.public_url.startswith("https://") or web.behind_tls,
            ("web.public_url", "web.behind_tls"),
            "[web] « public_url » en https demande « behind_tls » = true et un serveur mandataire devant",
        ),
        Rule(
            not web.behind_tls or web.public_url.startswith("https://"),
            ("web.behind_tls", "web.public_url"),
            "[web] « behind_tls » demande une « public_url » en https",
        ),
        Rule(
            config.files_url != config.public_url.rstrip("/"),
            ("web.files_url", "web.public_url"),
            "[web] « files_url » est une adresse d’un autre nom que « public_url »",
        ),
        Rule(
            files.days <= files.most_days,
            ("files.days", "files.most_days"),
            "[files] « days » ne dépasse pas « most_days »",
        ),
        Rule(
            files.most_mb <= files.most_in_all_mb,
            ("files.most_mb", "files.most_in_all_mb"),
            "[files] « most_mb » ne dépasse pas « most_in_all_mb »",
        ),
    ]
    for span in ("1_minute", "10_minutes", "1_hour", "10_hours"):
        warn, most = (f"{word}_{span}" for word in ("warn", "most"))
        rules.append(
            Rule(
                getattr(config.sending, warn) <= getattr(config.sending, most),
                (f"sending.{warn}", f"sending.{most}"),
                f"[sending] « {warn} » ne dépasse pas « {most} »",
            )
        )
    return [rule for rule in rules if not rule.holds]


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigWrong(f"{file} ne peut pas être lu : il n’est pas écrit en UTF-8.") from error
    except OSError as error:
        raise ConfigWrong(f"{file} ne peut pas être lu : {error.strerror}.") from error


class Parsed(NamedTuple):
    """A file read: its keys, its lines (those that cannot be read are emptied) and its syntax errors."""

    given: dict[str, Any]
    lines: list[str]
    faults: list[Fault]


def _parsed(text: str) -> Parsed:
    """Read the keys, leaving out each line `key = …` that cannot be read, so that all are told at once.

    Nothing is given when a section's name or a text over several lines is at fault: the keys below it
    belong nowhere.
    """
    lines = text.splitlines()
    faults: list[Fault] = []
    while len(faults) < _MAX_SYNTAX_ERRORS:
        try:
            return Parsed(tomllib.loads("\n".join(lines)), lines, faults)
        except tomllib.TOMLDecodeError as error:
            line, sentence = toml_error(error, text)
        faults.append(Fault(line, f"le fichier ne peut pas être lu : {sentence}"))
        if not _KEY_AT_START.match(lines[line - 1]):
            break
        lines[line - 1] = ""
    return Parsed({}, [], faults)


_MAX_SYNTAX_ERRORS = 20
_KEY_AT_START = re.compile(r"\s*[\w-]+\s*=")


def _lines_of_keys(lines: list[str]) -> dict[str, int]:
    """`section.key` (and `section`) → its line, from 1: the first one with which the reader knows it."""
    places: dict[str, int] = {}
    start = 1
    for number in range(1, len(lines) + 1):
        try:
            given = tomllib.loads("\n".join(lines[:number]))
        except tomllib.TOMLDecodeError:  # inside a text or a list of several lines
            continue
        for section, keys in given.items():
            places.setdefault(section, start)
            for key in keys if _is_table(keys) else ():
                places.setdefault(f"{section}.{key}", start)
        start = number + 1
    return places


def _first_line(lines: dict[str, int], keys: tuple[str, ...]) -> int:
    return next((lines[key] for key in keys if key in lines), 0)


def _known_port_base(home: Path) -> int | None:
    if text := os.environ.get("VAGUEMESTRE_PORT_BASE"):
        if not text.isdigit():
            raise ConfigWrong("VAGUEMESTRE_PORT_BASE doit être un nombre.")
        return int(text)
    try:
        return int(json.loads((home / "run" / "instance.json").read_text())["port_base"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_table(keys: object) -> bool:
    return isinstance(keys, dict)


def _wrong_keys(section: str, kind: type[Any], keys: object) -> Iterator[tuple[str, str]]:
    """`section.key` and its sentence, for each key unknown, of another type or out of its bounds."""
    if not isinstance(keys, dict):
        yield section, f"« {section} » doit être une section : [{section}] seul sur sa ligne"
        return
    hints = get_type_hints(kind, include_extras=True)
    for key, value in keys.items():
        if key not in hints:
            yield f"{section}.{key}", f"[{section}] clé inconnue « {key} »{_perhaps(key, hints)}"
            continue
        hint, bounds = _apart(hints[key])
        if not _fits(value, hint):
            yield (
                f"{section}.{key}",
                f"[{section}] « {key} » n’a pas le bon type ({_type_name(hint)} attendu)",
            )
        elif bounds and (wrong := bounds.wrong(value)):
            typed = ", ".join(map(_as_typed, wrong))
            yield f"{section}.{key}", f"[{section}] « {key} » {bounds.sentence} ; ici {typed}"


def _apart(hint: Any) -> tuple[Any, checks.Check | None]:
    """The type of a key and its check."""
    if not hasattr(hint, "__metadata__"):
        return hint, None
    kind, check, *_ = get_args(hint)
    return kind, check


def _perhaps(key: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(key, list(known), 1)
    return f" (peut-être « {near[0]} »)" if near else ""


def _as_typed(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)[:120]


def _fits(value: object, hint: Any) -> bool:
    if hint == tuple[str, ...]:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if isinstance(value, bool):
        return hint is bool
    return isinstance(value, hint) if isinstance(hint, (type, UnionType)) else False


def _type_name(hint: Any) -> str:
    names = {str: "texte", int: "nombre entier", float: "nombre", bool: "true ou false"}
    return names.get(hint, "liste de textes")
