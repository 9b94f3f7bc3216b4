"""What each of our processes may do: its user, its groups, its folders, secrets and sockets.

`bin/up` starts its children by this table, and systemd units are rendered from it. The engines' own masters
(Dovecot, Postfix, rspamd) change users by themselves and are not in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from vaguemestre.engines.database.database_login import DATABASE_SECRET
from vaguemestre.engines.system_users import (
    DOVECOT_NOBODY,
    FILES_GROUP,
    FILTER_USER,
    LOGS_GROUP,
    MAIL_USER,
    POSTFIX_USER,
    SHARED_GROUP,
    USER_PREFIX,
)
from vaguemestre.site.config.files import S3_KEYS

FRONT_USER = "www-data"  # of every Debian (base-passwd)
POSTFIX_GROUP = POSTFIX_USER
DATABASE = DATABASE_SECRET  # the password of the role that the duty has in PostgreSQL


@dataclass(frozen=True)
class Duty:
    """One process. Folders are relative to the instance's home, sockets to its folder of sockets (`run/d`).

    `user`: a system user, whose primary group has its name. `groups`: supplementary groups, of the process
    alone: nobody is added to /etc/group. `writes`: folders whose content it changes; `reads`: others needed.
    `secrets`: files of the folder `secrets`, given to it as credentials. `listens`: folders in which it makes
    its socket; `opens`: folders of sockets it connects to. `capabilities`: what it keeps of root's rights.
    `sandboxes`: it starts bubblewrap, which needs namespaces of users.
    """

    name: str
    user: str
    groups: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    listens: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    sandboxes: bool = False

    @property
    def role(self) -> str:
        """The end of its user's name: that of its role in PostgreSQL, and of the file of its password."""
        return self.user.removeprefix(USER_PREFIX)

    @property
    def uses_database(self) -> bool:
        return DATABASE in self.secrets

    @property
    def is_root(self) -> bool:
        return self.user == "root"


POD_SECRETS = ("doveadm_key", "pod.key")  # given where there are pods; the second on the machine of one
_DJANGO = ("django_key", DATABASE)
_NUMENS = ("numen_key", "numen_key.former")
_MAILBOXES = ("seal_key", "notify_key")
_DATABASES = ("data", "engines/db")
_SHARING = (SHARED_GROUP, POSTFIX_GROUP)  # Postfix's group: of the SQLite projection, which Postfix reads
_AGENTS = ("mail-agent", "queue-agent", "token-agent")
_PAGES = (*_AGENTS, "numen-agent")

_WEB = Duty(
    "web", "vaguemestre-web", (*_SHARING, FILES_GROUP),
    writes=(*_DATABASES, "run/revocations", "run/web.heartbeat"),
    reads=("static", "engines/tls"),
    secrets=(*_DJANGO, "field_key", *_MAILBOXES, "push_key", "moving_key", "server.key", S3_KEYS),
    listens=("pools/web",), opens=_PAGES, sandboxes=True,
)  # fmt: skip

_ASKED_BY_POSTFIX = ("gate", "arrivals", "mta-sts", "dane-policy", "tls-reports")

_ALL = (
    _WEB,
    # The same pages, apart: what one message costs holds no thread that lists and forms need.
    replace(
        _WEB, name="reading", writes=(*_DATABASES, "run/revocations", "run/reading.heartbeat"),
        listens=("pools/reading",),
    ),
    Duty(
        "door", "vaguemestre-door", (*_SHARING, FILES_GROUP),
        writes=(*_DATABASES, "run/revocations", "run/door.heartbeat"),
        reads=("static", "engines/tls"), secrets=(*_DJANGO, "field_key", *_MAILBOXES, "push_key", S3_KEYS),
        listens=("pools/door",), opens=_PAGES,
    ),
    Duty(
        "push", "vaguemestre-push", (SHARED_GROUP,),
        writes=("data", "run/revocations", "run/push.heartbeat"),
        secrets=(*_DJANGO, "field_key", "push_key", "notify_key", "throttle_key"), listens=("pools/push",),
    ),
    Duty(
        "carddav", "vaguemestre-carddav", (SHARED_GROUP,),
        writes=("data", "run/revocations", "run/carddav.heartbeat"),
        secrets=(*_DJANGO, "field_key"), listens=("pools/carddav",),
    ),
    Duty(
        "pictures", "vaguemestre-pictures", writes=("run/pictures.heartbeat",), listens=("pools/pictures",)
    ),
    Duty(
        "gate", "vaguemestre-gate", _SHARING, writes=(*_DATABASES, "run/gate.heartbeat"),
        secrets=(*_DJANGO, "seal_key"), listens=("policy",),
    ),
    # Reads what strangers send, and tells Postfix a yes or a no: it knows nobody, and holds no key.
    Duty("arrivals", "vaguemestre-arrivals", writes=("run/arrivals.heartbeat",), listens=("arrivals",)),
    # Reads what engines log, and writes the steps of messages: no other table.
    Duty(
        "collector", "vaguemestre-collector", (SHARED_GROUP, LOGS_GROUP),
        writes=("data", "run/collector.heartbeat"), reads=("logs",), secrets=_DJANGO,
    ),
    Duty(
        "worker", "vaguemestre-worker", (*_SHARING, FILES_GROUP),
        writes=(
            *_DATABASES, "engines/dkim", "engines/rspamd/refused", "run/revocations", "run/worker.heartbeat",
        ),
        reads=("engines/tls",),
        secrets=(
            *_DJANGO, "field_key", *_NUMENS, *_MAILBOXES, "push_key", "filter_key", "moving_key", S3_KEYS,
        ),
        opens=_AGENTS, sandboxes=True,
    ),
    Duty(
        "worker-long", "vaguemestre-worker", (*_SHARING, FILES_GROUP),
        writes=(
            *_DATABASES, "engines/dkim", "engines/rspamd/refused", "run/revocations",
            "run/worker-long.heartbeat",
        ),
        reads=("engines/tls",),
        secrets=(
            *_DJANGO, "field_key", *_NUMENS, *_MAILBOXES, "push_key", "filter_key", "moving_key", S3_KEYS,
        ),
        opens=_AGENTS, sandboxes=True,
    ),
    # Reads what people bring from elsewhere: it has no key of NUMENs, and signs nothing.
    Duty(
        "worker-imports", "vaguemestre-worker", (*_SHARING, FILES_GROUP),
        writes=(*_DATABASES, "run/revocations", "run/worker-imports.heartbeat"),
        reads=("engines/tls",),
        secrets=(
            *_DJANGO, "field_key", *_MAILBOXES, "push_key", "filter_key", "moving_key", S3_KEYS,
        ),
        opens=_AGENTS, sandboxes=True,
    ),
    # Reads what strangers sent, unasked: as the one of imports.
    Duty(
        "worker-untrusted", "vaguemestre-worker", (*_SHARING, FILES_GROUP),
        writes=(*_DATABASES, "run/revocations", "run/worker-untrusted.heartbeat"),
        reads=("engines/tls",),
        secrets=(*_DJANGO, "field_key", *_MAILBOXES, "push_key", "filter_key", S3_KEYS),
        opens=_AGENTS, sandboxes=True,
    ),
    Duty(
        "front", FRONT_USER, (FILES_GROUP,), writes=("run/front",),
        reads=("static", "engines/nginx", "data/deposits", "data/moves"),
        opens=("pools/web", "pools/reading", "pools/door", "pools/carddav", "pools/pictures", "pools/push"),
    ),
    # Owns the mail: house scripts, erasure of closed mailboxes, and the commands of doveadm that we use.
    # It asks the filter, by its key, about what arrived while that was away. Before pods, it passes on
    # to theirs what is asked of mailboxes.
    Duty(
        "mail-agent", MAIL_USER, writes=("mail",), secrets=("filter_key", *POD_SECRETS),
        listens=("mail-agent",), opens=("doveadm-server",),
    ),
    # postsuper is for root. Its verbs: list the queue; hold, release, return, try or discard named messages.
    Duty(
        "queue-agent", "root", writes=("engines/postfix/spool",), listens=("queue-agent",),
        capabilities=("CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_SETGID", "CAP_SETUID"),
    ),
    # Starts the sandbox in which attachments are read for the index, by the nobody that Dovecot asks it as.
    Duty(
        "words-agent", DOVECOT_NOBODY, writes=("engines/dovecot/files",), listens=("words-agent",),
        sandboxes=True,
    ),
    # Alone with the key of mail tokens; it looks sessions up, and writes the list of tokens that stand.
    Duty(
        "token-agent", "vaguemestre-tokens", _SHARING, writes=_DATABASES,
        secrets=(DATABASE, "token_key.pem"), listens=("token-agent",),
    ),
    # With the worker, alone with the keys of NUMENs.
    Duty(
        "numen-agent", "vaguemestre-numens", (SHARED_GROUP,), writes=("data",), secrets=(DATABASE, *_NUMENS),
        listens=("numen-agent",),
    ),
    # Alone with the key of return paths (SRS), which it makes and undoes for the gate and for Postfix.
    Duty("postsrsd", "vaguemestre-srs", secrets=("srs_key",)),
    # What Postfix asks about others' servers: their policies (MTA-STS), their keys in DNS (DANE).
    Duty("mta-sts", "vaguemestre-sts", writes=("engines/mta-sts/db",), listens=("mta-sts",)),
    Duty("dane-policy", "vaguemestre-dane", listens=("dane-policy",)),
    # Counts rows by columns that name nobody, and is asked by machines: it reads, and holds no key.
    Duty(
        "metrics", "vaguemestre-metrics", (SHARED_GROUP,), writes=("data",), secrets=(DATABASE,),
        opens=("queue-agent",),
    ),
    # Tells others once a day what came in their name (DMARC): the filter's user alone opens its memory.
    Duty("dmarc-reports", FILTER_USER, writes=("run/dmarc-reports.heartbeat",)),
    # Hears from Postfix how TLS with others went, and tells them; the key opens the door of reports.
    Duty(
        "tls-reports", "vaguemestre-tlsrpt", writes=("engines/tls-reports", "run/tls-reports.heartbeat"),
        secrets=("filter_key",), listens=("tls-reports",),
    ),
    # What the content filter remembers. It knows nobody else, and nobody else opens its socket.
    Duty("valkey", "vaguemestre-valkey", writes=("engines/valkey/db",)),
    Duty("names", "vaguemestre-demo", writes=("run/names.heartbeat",)),
    Duty("accolad", "vaguemestre-demo", secrets=("accolad",)),
    Duty("salles", "vaguemestre-demo"),
)  # fmt: skip

DUTIES: Mapping[str, Duty] = MappingProxyType({duty.name: duty for duty in _ALL})


COUNTING = ("web", "reading", "door")  # pools that write in a folder of theirs what they count


def duty_of(process: str) -> Duty | None:
    """The duty of a child by its name (`worker-2` has that of `worker`); None for an engine."""
    base, _, number = process.rpartition("-")
    return DUTIES.get(base if number.isdigit() else process)


def users() -> tuple[str, ...]:
    """The system users that an instance needs besides those of Debian's packages, sorted."""
    return tuple(sorted({duty.user for duty in _ALL} - {"root", FRONT_USER, DOVECOT_NOBODY, FILTER_USER}))


def groups() -> tuple[str, ...]:
    """The groups that have no user of their name."""
    return (SHARED_GROUP, FILES_GROUP, LOGS_GROUP)


def holders_of(secret: str) -> tuple[str, ...]:
    """The duties that are given a secret, in the table's order."""
    return tuple(duty.name for duty in _ALL if secret in duty.secrets)


def group_of_socket(duty: Duty) -> str:
    """The group of the folder in which a duty makes its socket: those who open it are in it."""
    if any(folder.startswith("pools/") for folder in duty.listens):
        return FILES_GROUP
    return POSTFIX_GROUP if duty.name in _ASKED_BY_POSTFIX else SHARED_GROUP


def openers_of(folder: str) -> frozenset[str]:
    """The users whose processes connect to the socket of that folder."""
    return frozenset(duty.user for duty in _ALL if folder in duty.opens)
