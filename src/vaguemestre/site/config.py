"""One typed, frozen configuration, read once at start. An unknown key or a wrong type refuses to start."""

import dataclasses
import json
import os
import tomllib
from dataclasses import dataclass, field, replace
from datetime import date, time
from pathlib import Path
from types import UnionType
from typing import Any, get_type_hints

from vaguemestre.credentials.rules.second_factors import DUE_ROLES
from vaguemestre.lives.values import Numbers
from vaguemestre.outbox.rules.hours import Hours
from vaguemestre.outbox.rules.limits import Limits, Window

PROJECT = Path(__file__).resolve().parents[3]


class ConfigWrong(Exception):
    """The configuration cannot be used; the message is one clear sentence (exit code 78)."""


@dataclass(frozen=True)
class AcademySection:
    """The académie an empty instance starts with."""

    code: str = "20"
    name: str = "Académie d’Amiens"
    domain: str = "ac-amiens.test"
    departments: tuple[str, ...] = ("002", "060", "080")
    # The template of signatures: HTML with variables.
    signature: str = "<b>{nom}</b><br>{fonction}<br>{etablissement}<br>{academie}"
    numen_layout: str = "seed"
    school_zone: str = "B"  # of the school holidays: A, B, C, or empty
    colleague_domains: tuple[str, ...] = ()  # others answered as colleagues when DMARC proves them
    proof: str = (
        "numen"  # of a first activation: NUMEN and birth date, or "numen+code" (a delivered code too)
    )
    numen_at_sign_in: bool = True  # identifiant + NUMEN on the sign-in page lead into a first activation
    siret: str = "17800000000004"  # told to ProConnect; the demonstration's belongs to nobody
    help_phone: str = ""  # the three lines of the help desk on `/aide`; empty: not shown
    help_hours: str = ""
    help_address: str = ""
    privacy_address: str = ""  # the data protection officer, on `/donnees-personnelles`


@dataclass(frozen=True)
class WebSection:
    host: str = "127.0.0.1"
    public_url: str = ""  # empty: http://localhost:<port>
    files_url: str = ""  # origin of files, another name than public_url's; empty: fichiers. before it
    workers: int = 2
    threads: int = 4
    behind_tls: bool = False


@dataclass(frozen=True)
class DatabaseSection:
    """`engine` is sqlite or postgresql; the other keys are for PostgreSQL only."""

    engine: str = "sqlite"
    host: str = ""
    port: int = 5432
    name: str = "vaguemestre"
    user: str = "vaguemestre"
    password_file: str = ""


@dataclass(frozen=True)
class MailSection:
    host: str = "127.0.0.1"
    message_size_limit: int = 20_971_520
    quota_mb: int = 2048
    undo_seconds: int = 10  # « Annuler l’envoi » is shown that long
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

    warn_1_minute: int = 500
    most_1_minute: int = 700
    warn_10_minutes: int = 800
    most_10_minutes: int = 1000
    warn_1_hour: int = 2000
    most_1_hour: int = 4000
    warn_10_hours: int = 5000
    most_10_hours: int = 8000
    night_divisor: int = 4
    weekend_divisor: int = 2
    strangers_an_hour: int = 50  # people never written to before
    exempt: tuple[str, ...] = ()
    day_starts: int = 7  # hours, Paris
    day_ends: int = 20
    quiet_hours: str = "offer"

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

    second_factor_for: tuple[str, ...] = ()  # "agent": everybody
    second_factor_from: str = ""  # AAAA-MM-JJ: the day that was decided, for those already there
    second_factor_days: int = 14  # what is left to set it up, from the activation or the new role


@dataclass(frozen=True)
class FeedSection:
    closure_limit_percent: float = 2.0
    grace_days: int = 60


@dataclass(frozen=True)
class LivesSection:
    """What follows from what happens to people, in days (DOMAIN.md §3.6); contracts: `[feed] grace_days`."""

    overlap: int = 15  # a former post's memberships, after a move within the académie
    overlap_before: int = 15  # a head to come has the school's mailbox, before their post
    long_leave_withdrawn: int = 0  # shared mailboxes, lists and delegations, from the first day of the leave
    departure_withdrawn: int = 0  # the same, from the day of a departure
    long_leave_suspended: int = 60
    transfer_closed: int = 60
    retirement_closed: int = 60
    purged: int = 180  # after the event, for a mailbox that was closed
    death_frozen: int = 365
    notices: str = "60 30 10 1"  # days before a closing
    civil_status_months: int = 12  # from the closing of an account to its civil status being erased
    fed_days: int = 60  # human resources still give a civil status, that long after a feed spoke of somebody
    compromise_hours: int = 48  # a mailbox stays shut that long after a compromise, applications do not


@dataclass(frozen=True)
class MovingSection:
    """Mail brought in. `private_servers`: `host:port` of mail servers whose address may be a private one."""

    upload_mb: int = 2000
    private_servers: tuple[str, ...] = ()


@dataclass(frozen=True)
class FilesSection:
    """Files too large for a message. `clamd`: where the virus check listens, a path or `host:port`."""

    most_mb: int = 2000  # one file
    most_in_all_mb: int = 10_000  # of one account
    days: int = 30  # how long one is lent unless said otherwise
    most_days: int = 90
    clamd: str = ""


@dataclass(frozen=True)
class EntSection:
    """The ENT of the académie's schools. `domain`: of the addresses it gives pupils and families."""

    name: str = "l’ENT"
    domain: str = "ent-amiens.test"
    cas_url: str = ""  # its CAS server, for those who come from it; empty: nobody does
    saml_metadata: str = ""  # or its SAML metadata: a file in the home; before CAS
    saml_name: str = ""  # the attribute that names them there; empty: the NameID


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
        return self.web.public_url or f"http://localhost:{self.ports.web}"

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
)


def load(home: Path | None = None, port_base: int | None = None) -> Config:
    """Read the configuration of an instance.

    `vaguemestre.toml` in the home, else beside the project, else defaults. The home comes from the argument,
    `VAGUEMESTRE_HOME`, or `var/`; the port base from the argument, `VAGUEMESTRE_PORT_BASE`, the last start
    (`run/instance.json`), the file, or 8000. Raises ConfigWrong.
    """
    home = (home or Path(os.environ.get("VAGUEMESTRE_HOME") or PROJECT / "var")).resolve()
    file = next((f for f in (home / "vaguemestre.toml", PROJECT / "vaguemestre.toml") if f.is_file()), None)
    given = _read_toml(file) if file else {}
    base = port_base if port_base is not None else _known_port_base(home)
    if base is None:
        base = given.get("port_base", 8000)
    unknown = set(given) - {*_SECTIONS, "port_base"}
    if unknown:
        raise ConfigWrong(f"{file} : clé inconnue « {sorted(unknown)[0]} ».")
    if not isinstance(base, int) or isinstance(base, bool) or not 0 < base < 64000:
        raise ConfigWrong(f"{file or home} : « port_base » doit être un nombre entre 1 et 63999.")
    sections = {}
    for section, hint in get_type_hints(Config).items():
        if section in _SECTIONS:
            sections[section] = _section(hint, given.get(section, {}), f"{file} [{section}]")
    if "domain" not in given.get("academy", {}):
        sections["academy"] = _of_the_demonstration(sections["academy"])
    config = Config(home=home, port_base=base, **sections)
    _check(config, str(file or home))
    return config


def _of_the_demonstration(academy: AcademySection) -> AcademySection:
    """Where nobody named an académie: a desk that can be shown, with a number kept for fiction by Arcep."""
    return replace(
        academy,
        help_phone=academy.help_phone or "03 53 01 20 26",
        help_hours=academy.help_hours or "du lundi au vendredi, de 8 h à 18 h",
    )


def _check(config: Config, where: str) -> None:
    """What types alone do not say."""
    web, url = config.web, config.web.public_url
    rules = (
        (
            config.database.engine in ("sqlite", "postgresql"),
            "[database] « engine » est sqlite ou postgresql",
        ),
        (
            0 <= config.sending.day_starts < config.sending.day_ends <= 23,
            "[sending] « day_starts » et « day_ends » sont deux heures de la journée, dans l’ordre",
        ),
        (
            config.sending.quiet_hours in ("offer", "ask", "off"),
            "[sending] « quiet_hours » : offer, ask ou off",
        ),
        (
            min(config.sending.night_divisor, config.sending.weekend_divisor) >= 1,
            "[sending] un diviseur vaut au moins 1",
        ),
        (
            set(config.signin.second_factor_for) <= {"agent"} | DUE_ROLES,
            "[signin] « second_factor_for » : rôles parmi agent, hr_officer, helpdesk, administrator",
        ),
        (
            not config.signin.second_factor_for or _is_day(config.signin.second_factor_from),
            "[signin] « second_factor_from » : le jour de la décision, AAAA-MM-JJ",
        ),
        (0 <= config.signin.second_factor_days <= 365, "[signin] « second_factor_days » va de 0 à 365"),
        (
            not config.ent.cas_url or config.ent.cas_url.startswith(("https://", "http://localhost")),
            "[ent] « cas_url » commence par https",
        ),
        (
            all(word.isdigit() and int(word) for word in config.lives.notices.split()),
            "[lives] « notices » : des nombres de jours, séparés par des espaces",
        ),
        (
            min(
                config.lives.overlap,
                config.lives.overlap_before,
                config.lives.long_leave_withdrawn,
                config.lives.departure_withdrawn,
                config.lives.long_leave_suspended,
                config.lives.transfer_closed,
                config.lives.retirement_closed,
                config.lives.death_frozen,
                config.lives.compromise_hours,
                config.lives.fed_days,
            )
            >= 0
            and config.lives.civil_status_months >= 1
            and config.lives.purged
            >= max(config.lives.transfer_closed, config.lives.retirement_closed, config.feed.grace_days),
            "[lives] des nombres de jours ; « purged » ne précède aucune fermeture ; un mois au moins",
        ),
        (1 <= web.workers <= 64, "[web] « workers » va de 1 à 64"),
        (1 <= web.threads <= 64, "[web] « threads » va de 1 à 64"),
        (not url or url.startswith(("http://", "https://")), "[web] « public_url » commence par http"),
        (
            config.files_url.startswith(("http://", "https://")) and config.files_url != config.public_url,
            "[web] « files_url » est une adresse http, d’un autre nom que « public_url »",
        ),
        (
            1 <= config.files.days <= config.files.most_days and config.files.most_mb >= 1,
            "[files] « days » va de 1 à « most_days », « most_mb » vaut au moins 1",
        ),
        ("." in config.academy.domain.strip("."), "[academy] « domain » n’est pas un nom de domaine"),
        (_is_siret(config.academy.siret), "[academy] « siret » n’est pas un SIRET (14 chiffres, clé juste)"),
        (
            config.academy.numen_layout in ("standard", "seed"),
            "[academy] « numen_layout » : standard ou seed",
        ),
        (config.academy.school_zone in ("A", "B", "C", ""), "[academy] « school_zone » : A, B, C ou vide"),
        (
            config.academy.proof in ("numen", "numen+code"),
            "[academy] « proof » : numen ou numen+code",
        ),
    )
    for holds, sentence in rules:
        if not holds:
            raise ConfigWrong(f"{where} : {sentence}.")


def _is_siret(text: str) -> bool:
    """Fourteen digits whose Luhn sum is a multiple of ten; or nothing."""
    if not text:
        return True
    if len(text) != 14 or not text.isascii() or not text.isdigit():
        return False
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(text))]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigWrong(f"{file} ne peut pas être lu : {error}.") from error


def _known_port_base(home: Path) -> int | None:
    if text := os.environ.get("VAGUEMESTRE_PORT_BASE"):
        if not text.isdigit():
            raise ConfigWrong("VAGUEMESTRE_PORT_BASE doit être un nombre.")
        return int(text)
    try:
        return int(json.loads((home / "run" / "instance.json").read_text())["port_base"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _section(kind: type[Any], given: object, where: str) -> Any:
    if not isinstance(given, dict):
        raise ConfigWrong(f"{where} doit être une section.")
    hints = get_type_hints(kind)
    known = {f.name for f in dataclasses.fields(kind)}
    for key, value in given.items():
        if key not in known:
            raise ConfigWrong(f"{where} : clé inconnue « {key} ».")
        if not _fits(value, hints[key]):
            raise ConfigWrong(f"{where} : « {key} » n’a pas le bon type ({_type_name(hints[key])} attendu).")
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in given.items()})


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
