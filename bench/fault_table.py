"""The faults that `bench/faults.py` injects, each as a context: made at its beginning, mended at its end."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from bench.fault_acts import Here, dated, held, touched
from bench.neighbours import Neighbours

from vaguemestre.site.config import load

PATIENCE_SECONDS = 130
_STILL = "à voir de près"
_SILENT = "pas de réponse"

# the service whose first process stands still → the alarm
_STOPPED = {
    "dovecot": ("part-down", f"Boîtes (IMAP) : {_SILENT}"),
    "postfix": ("part-down", f"Arrivée du courrier : {_SILENT}"),
    "queue-agent": ("part-wants", f"Agent de la file : {_STILL}"),
    "metrics": ("metrics-gone", "Le service de mesure ne répond pas"),
    "collector": ("part-wants", f"Trace des messages : {_STILL}"),
    "gate": ("part-down", f"Contrôle des envois : {_SILENT}"),
    "arrivals": ("part-wants", f"Contrôle du courrier reçu : {_STILL}"),
    "valkey": ("part-wants", f"Mémoire du filtre : {_STILL}"),
    "mail-agent": ("part-wants", f"Agent des boîtes : {_STILL}"),
    "token-agent": ("part-down", f"Agent des jetons : {_SILENT}"),
    "numen-agent": ("part-wants", f"Agent des NUMEN : {_STILL}"),
    "worker-long": ("part-wants", f"Travaux longs : {_STILL}"),
    "worker-imports": ("part-wants", f"Imports de courriels : {_STILL}"),
    "worker-untrusted": ("part-wants", "Lecture des rapports et du courrier des listes"),
    "worker-2": ("heartbeat-lost", "worker-2 ne donne plus signe de vie"),
    "web": ("heartbeat-lost", "web ne donne plus signe de vie"),
    "reading": ("heartbeat-lost", "reading ne donne plus signe de vie"),
    "door": ("heartbeat-lost", "door ne donne plus signe de vie"),
    "carddav": ("heartbeat-lost", "carddav ne donne plus signe de vie"),
    "pictures": ("heartbeat-lost", "pictures ne donne plus signe de vie"),
    "push": ("heartbeat-lost", "push ne donne plus signe de vie"),
    "rspamd": ("part-wants", f"Filtre : {_STILL}"),
    "signer": ("part-down", f"Signature des envois (DKIM) : {_SILENT}"),
    "mta-sts": ("part-down", f"Chiffrement exigé par les autres (MTA-STS) : {_SILENT}"),
    "dane-policy": ("part-down", f"Clés des autres serveurs (DANE) : {_SILENT}"),
    "postsrsd": ("part-wants", f"Adresses de ce qui est renvoyé (SRS) : {_STILL}"),
    "tls-reports": ("heartbeat-lost", "tls-reports ne donne plus signe de vie"),
    "dmarc-reports": ("heartbeat-lost", "dmarc-reports ne donne plus signe de vie"),
}


@dataclass(frozen=True)
class Fault:
    """`alarm`: the page « Que faire », and how the words begin that name it; `ended_within`: seconds."""

    name: str
    alarm: tuple[str, str]
    during: Callable[[], AbstractContextManager[object]]
    ended_within: float = PATIENCE_SECONDS


def faults(home: Path, base: int, neighbours: Neighbours) -> Iterator[Fault]:
    """All of them, those that lame the whole instance last."""
    config = load(home, base)
    here = Here(config, neighbours)
    for name, alarm in _STOPPED.items():
        yield Fault(f"{name}: first process frozen", alarm, partial(here.stopped, name))
    yield from _whole_services(here)
    yield from _around(here)
    yield from _late(here)
    yield from _mail(here)
    yield from _database(here)


# Not the front, through which the page is read: tests/journeys/test_t41_alarms_by_their_fault.py
def _whole_services(here: Here) -> Iterator[Fault]:
    silent = {
        "push": ("part-down", f"Avis en direct : {_SILENT}"),
        "carddav": ("part-down", f"Carnets (CardDAV) : {_SILENT}"),
        "rspamd": ("part-wants", f"Filtre : {_STILL}"),
        "signer": ("part-down", f"Signature des envois (DKIM) : {_SILENT}"),
        "dovecot": ("part-down", f"Boîtes (IMAP) : {_SILENT}"),
        "postfix": ("part-down", f"Arrivée du courrier : {_SILENT}"),
    }
    for name, alarm in silent.items():
        yield Fault(f"{name}: every process frozen", alarm, partial(here.stopped, name, whole=True))
    workers = ("part-down", f"Travaux : {_SILENT}")
    yield Fault("both workers frozen", workers, partial(here.stopped, "worker", "worker-2"))
    yield Fault("worker dies again and again", workers, partial(here.killed, "worker", "worker-2"))
    yield Fault(
        "gate dies again and again", ("part-down", f"Contrôle des envois : {_SILENT}"),
        partial(here.killed, "gate"),
    )  # fmt: skip
    for program, alarm in (
        ("auth", ("part-down", "Boîtes (IMAP)")),
        ("qmgr", ("part-down", "Arrivée du courrier : pas de réponse")),
    ):
        yield Fault(f"{program}: frozen", alarm, partial(here.frozen_program, program))


def _around(here: Here) -> Iterator[Fault]:
    near = here.neighbours
    antivirus, names = ("part-wants", f"Antivirus : {_STILL}"), ("part-wants", "Serveur de noms (DNS)")
    yield Fault("clamd killed", antivirus, here.without_virus_check)
    yield Fault("clamd frozen", antivirus, lambda: held((near.virus_check.pid,)))
    yield Fault("resolver silent", names, lambda: held((near.resolver.pid or 0,)))
    yield Fault("resolver verifies nothing", names, lambda: touched(near.lax))
    yield Fault("disk: a tenth left", ("disk-full", "Il reste"), partial(here.small_disk, 0.06))
    yield Fault("disk: full", ("part-down", "Place sur le disque"), partial(here.small_disk, 0.0))
    yield Fault("disk: no inodes", ("disk-full", "Il reste"), here.no_inodes)


def _late(here: Here) -> Iterator[Fault]:
    home = here.config.home
    yield Fault("backup old", ("backup-old", "La dernière"), lambda: dated(home / "last_backup.json", 7200))
    soon = ("certificate-ends", "Le certificat « internal » finit dans 9 jours")
    yield Fault("certificate ends soon", soon, partial(here.certificate, timedelta(days=9, hours=1)))
    yield Fault(
        "certificate ended", ("part-down", "Certificats"), partial(here.certificate, timedelta(hours=-1))
    )
    for engine in ("postfix", "dovecot"):
        alarm = ("log-silent", f"Le journal de {engine.title()} se tait")
        yield Fault(f"{engine}: log silent", alarm, partial(here.silent_log, engine))
    yield Fault("feed old", ("feed-old", "Aucun import RH"), here.old_feed)
    yield Fault("a job failed", ("jobs-failed", "1 travail"), partial(here.job, status="FAILED"))
    yield Fault("a job waits", ("jobs-late", "Un travail attend"), partial(here.job, minutes=12, to="nobody"))
    yield Fault("IMAP slow", ("imap-slow", "Une commande IMAP"), here.slow_imap)


def _mail(here: Here) -> Iterator[Fault]:
    arrivals = ("part-down", "Arrivée du courrier")
    yield Fault(
        "others refuse our mail", ("refused-outside", ""), partial(here.letters, 52, "ici"), ended_within=5
    )
    yield Fault("queue long", ("postfix-deferred", ""), partial(here.letters, 502, "plus-tard"))
    yield Fault("mailboxes take nothing", ("deliveries-put-off", ""), here.closed_mailboxes, ended_within=5)
    # the queue manager itself is asked, and says it before any letter is old or any self-mail late
    yield Fault("a letter stands in the queue", arrivals, here.stuck_letter)
    yield Fault("queue manager slow", arrivals, partial(here.slow_queue, 18))
    yield Fault("queue manager frozen", arrivals, partial(here.slow_queue, 3600))


def _database(here: Here) -> Iterator[Fault]:
    stores, answers = ("part-down", "Enregistrement dans la base"), ("part-down", "Base de données")
    yield Fault("database: somebody holds a lock", stores, here.locked)
    yield Fault("database: read-only", stores, here.stores_nothing)
    yield Fault("database: no connection left", answers, here.no_connections)
    yield Fault("database frozen", answers, here.frozen_database)
