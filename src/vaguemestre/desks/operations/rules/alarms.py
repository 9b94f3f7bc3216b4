"""Which alarms hold, from the last readings and from what was counted lately.

The same conditions as `docs/operations/alerts/rules.yml`, for an installation that no Prometheus looks at.
An alarm is raised as soon as its condition is true: the page says since when.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from vaguemestre.desks.operations.values import Raised, Readings
from vaguemestre.foundation.cluster.values import MachineState
from vaguemestre.foundation.kernel.texts import counted

MEASURED, METRICS_UP = "measured", "metrics.up"
_STALE_SECONDS = 180
_SILENT_SECONDS = 45  # of a sign every five, so that it is named within a minute
LIVE_BEAT = "live-beat."  # of this machine, as the page is made; `beat.`: as the round measured
_MAX_QUIET_SECONDS = 240  # seconds of a log whose engine is greeted, and so writes, every half minute
_DAY = 86_400
_TOLD_APART = frozenset(("jobs", "certificates", "backup", "logs"))  # by alarms of their own
_DOWN = {
    "certificates": "l’un d’eux est fini",
    "database-writes": "rien n’est plus enregistré",
    "disk": "il n’en reste presque plus",
    "logs": "l’un d’eux se tait",
}
_MIN_COMMANDS = 20
_ROUNDS_TO_RETURN = 10  # two a minute, before the first message that goes round is said to be lost
_MIN_DAYS = 2  # before somebody is told that no backup was ever made

# Thresholds of `docs/operations/alerts/rules.yml`.
_MAX_JOB_WAIT_SECONDS = 600
_MAX_OUTBOX_DELAY_SECONDS = 300
_MAX_DEFERRED = 500
_MAX_QUEUED_SECONDS = 1800
_MAX_UNWANTED_AN_HOUR = 50
_MAX_PUT_OFF_A_QUARTER = 50
_MAX_SELF_MAIL_SILENCE_SECONDS = 300
_MAX_SELF_MAIL_SECONDS = 15
_MAX_FEED_AGE_SECONDS = 3 * _DAY
_MIN_CERTIFICATE_SECONDS = 14 * _DAY
_MIN_FREE_SHARE = 0.10


@dataclass(frozen=True, slots=True)
class Facts:
    """`hour`, `quarter`, `ten_minutes`: what each series counted lately. `now`: Unix time."""

    readings: Readings
    now: float
    hour: Readings
    quarter: Readings
    ten_minutes: Readings
    machines: Sequence[MachineState] = ()  # the others of an installation of several
    days_measured: int = 0
    rounds: int = 0  # within ten minutes

    def under(self, prefix: str) -> Iterator[tuple[str, float]]:
        for series, value in sorted(self.readings.items()):
            if series.startswith(prefix):
                yield series.removeprefix(prefix), value

    def value(self, series: str) -> float:
        return self.readings.get(series, 0.0)


def alarms_of(facts: Facts) -> tuple[Raised, ...]:
    """Every alarm that holds, the gravest kinds first."""
    return tuple(raised for rule in _RULES for raised in rule(facts))


def _metrics(facts: Facts) -> Iterator[Raised]:
    measured = facts.value(MEASURED)
    if not measured:
        return
    if facts.now - measured > _STALE_SECONDS:
        yield Raised("metrics-gone", "worker", f"Plus rien n’est mesuré depuis {_span(facts.now - measured)}")
    elif facts.readings.get(METRICS_UP) == 0:
        yield Raised("metrics-gone", "metrics", "Le service de mesure ne répond pas")
    for source, up in facts.under("source."):
        if not up:
            yield Raised("source-unreadable", source, f"Mesure illisible : {source}")


def _parts(facts: Facts) -> Iterator[Raised]:
    for part, up in facts.under("up."):
        if not up:
            yield Raised("part-down", part, f"{part_fr(part)} : {_DOWN.get(part, 'pas de réponse')}")
    for part, wants in facts.under("wants."):
        if wants and part not in _TOLD_APART:
            yield Raised("part-wants", part, f"{part_fr(part)} : à voir de près")
    for process in sorted(set(_silent_processes(facts))):
        if not process.endswith("stand-in") and process != "names":
            yield Raised("heartbeat-lost", process, f"{process} ne donne plus signe de vie")


def _machines(facts: Facts) -> Iterator[Raised]:
    """What the other machines said of themselves, or that they say nothing any more."""
    for machine in facts.machines:
        if machine.is_gone:
            since = _span(machine.silent.total_seconds())
            words = f"La machine {machine.name} ne donne plus signe de vie depuis {since}"
            yield Raised("heartbeat-lost", f"machine {machine.name}", words)
            continue
        for part in machine.down:
            words = f"{machine.name}, {part_fr(part)} : {_DOWN.get(part, 'pas de réponse')}"
            yield Raised("part-down", f"{machine.name} {part}", words)


def _silent_processes(facts: Facts) -> Iterator[str]:
    measured = facts.value(MEASURED)
    if facts.readings.get(METRICS_UP, 1.0):  # else they are old ones
        yield from (name for name, at in facts.under("beat.") if measured - at > _SILENT_SECONDS)
    yield from (name for name, at in facts.under(LIVE_BEAT) if facts.now - at > _SILENT_SECONDS)


def _logs(facts: Facts) -> Iterator[Raised]:
    measured = facts.value(MEASURED)
    for engine, written_at in facts.under("log-line."):
        answers = facts.readings.get(METRICS_UP, 1.0) and facts.readings.get(f"up.{engine}", 1.0)
        if answers and measured - written_at > _MAX_QUIET_SECONDS:
            since = _span(measured - written_at)
            yield Raised("log-silent", engine, f"Le journal de {engine.title()} se tait depuis {since}")


def _jobs(facts: Facts) -> Iterator[Raised]:
    failed = sum(value for name, value in facts.under("jobs.") if name.endswith(".failed"))
    if failed:
        yield Raised("jobs-failed", "", f"{counted(int(failed), 'travail', 'travaux')} en échec")
    if facts.value("jobs-wait") > _MAX_JOB_WAIT_SECONDS:
        yield Raised("jobs-late", "", f"Un travail attend depuis {_span(facts.value('jobs-wait'))}")
    if facts.value("outbox-overdue") > _MAX_OUTBOX_DELAY_SECONDS:
        yield Raised(
            "outbox-late", "", f"Un courriel part avec {_span(facts.value('outbox-overdue'))} de retard"
        )


def _queue(facts: Facts) -> Iterator[Raised]:
    if (deferred := facts.value("queue.deferred")) > _MAX_DEFERRED:
        yield Raised("postfix-deferred", "", f"{deferred:.0f} courriels remis à plus tard")
    for queue in ("incoming", "active"):
        oldest = facts.value(f"queue-oldest.{queue}")
        if oldest and facts.now - oldest > _MAX_QUEUED_SECONDS:
            yield Raised(
                "postfix-old", queue, f"Un courriel n’avance plus depuis {_span(facts.now - oldest)}"
            )
    if (unwanted := facts.hour.get("unwanted", 0)) > _MAX_UNWANTED_AN_HOUR:
        yield Raised("refused-outside", "", f"{unwanted:.0f} courriels refusés ailleurs en une heure")
    if (late := facts.quarter.get("put-off-here", 0)) > _MAX_PUT_OFF_A_QUARTER:
        yield Raised("deliveries-put-off", "", f"{late:.0f} remises reportées en un quart d’heure")


def _round_trip(facts: Facts) -> Iterator[Raised]:
    sent = facts.readings.get("self-mail.sent")
    is_late = facts.now - sent > _MAX_SELF_MAIL_SILENCE_SECONDS if sent else facts.rounds >= _ROUNDS_TO_RETURN
    if sent is not None and is_late:
        since = f" depuis {_span(facts.now - sent)}" if sent else ""
        yield Raised("self-mail-lost", "", f"Le courriel témoin ne revient plus{since}")
    if facts.value("self-mail.seconds") > _MAX_SELF_MAIL_SECONDS:
        yield Raised("self-mail-slow", "", f"Un courriel met {facts.value('self-mail.seconds'):.0f} s")


def _ends(facts: Facts) -> Iterator[Raised]:
    applied = facts.readings.get("feed.applied")
    if applied and facts.now - applied > _MAX_FEED_AGE_SECONDS:
        yield Raised("feed-old", "", f"Aucun import RH depuis {_span(facts.now - applied)}")
    for name, ends in facts.under("certificate."):
        if ends - facts.now < _MIN_CERTIFICATE_SECONDS:
            when = f"finit dans {_span(ends - facts.now)}" if ends > facts.now else "est fini"
            yield Raised("certificate-ends", name, f"Le certificat « {name} » {when}")
    made, late_after = facts.readings.get("backup.made"), facts.value("backup.late-after")
    if made and late_after and facts.now - made > late_after:
        yield Raised("backup-old", "", f"La dernière sauvegarde a {_span(facts.now - made)}")
    elif made is None and late_after and facts.days_measured >= _MIN_DAYS:
        yield Raised("backup-old", "", "Aucune sauvegarde entière n’a été faite")


def _room(facts: Facts) -> Iterator[Raised]:
    for volume, free in facts.under("disk-free."):
        size = facts.value(f"disk-size.{volume}")
        if size and free / size < _MIN_FREE_SHARE:
            yield Raised("disk-full", volume, f"Il reste {100 * free / size:.0f} % de place ({volume})")
    for volume, free in facts.under("disk-free-files."):
        most = facts.value(f"disk-files.{volume}")
        if most and free / most < _MIN_FREE_SHARE:
            words = f"Il reste {100 * free / most:.0f} % des fichiers que le disque peut tenir ({volume})"
            yield Raised("disk-full", f"{volume}.files", words)


def _imap(facts: Facts) -> Iterator[Raised]:
    buckets = {
        float("inf") if le == "+Inf" else float(le): value
        for series, value in facts.ten_minutes.items()
        if (le := series.removeprefix("imap.")) != series
    }
    total = buckets.get(float("inf"), 0.0)
    within = max((value for le, value in buckets.items() if le <= 1.0), default=0.0)
    if total >= _MIN_COMMANDS and within / total < 0.95:
        yield Raised("imap-slow", "", "Une commande IMAP sur vingt prend plus d’une seconde")


_RULES: tuple[Callable[[Facts], Iterator[Raised]], ...] = (
    _metrics, _parts, _machines, _logs, _room, _queue, _round_trip, _jobs, _ends, _imap,
)  # fmt: skip

PARTS = {
    "database": "Base de données",
    "database-writes": "Enregistrement dans la base",
    "dovecot": "Boîtes (IMAP)",
    "postfix": "Arrivée du courrier",
    "front": "Accueil des pages (nginx)",
    "push": "Avis en direct",
    "worker": "Travaux",
    "long-worker": "Travaux longs",
    "import-worker": "Imports de courriels",
    "untrusted-worker": "Lecture des rapports et du courrier des listes",
    "jobs": "File des travaux",
    "gate": "Contrôle des envois",
    "arrivals": "Contrôle du courrier reçu",
    "collector": "Trace des messages",
    "logs": "Journaux de Postfix et de Dovecot",
    "carddav": "Carnets (CardDAV)",
    "disk": "Place sur le disque",
    "backup": "Sauvegarde",
    "certificates": "Certificats",
    "filter": "Filtre",
    "antivirus": "Antivirus",
    "signer": "Signature des envois (DKIM)",
    "mta-sts": "Chiffrement exigé par les autres (MTA-STS)",
    "dane-policy": "Clés des autres serveurs (DANE)",
    "postsrsd": "Adresses de ce qui est renvoyé (SRS)",
    "valkey": "Mémoire du filtre",
    "resolver": "Serveur de noms (DNS)",
    "relay": "Relais de sortie",
    "queue-agent": "Agent de la file",
    "mail-agent": "Agent des boîtes",
    "token-agent": "Agent des jetons",
    "numen-agent": "Agent des NUMEN",
}


def part_fr(part: str) -> str:
    """The name of a part of the service, as pages write it."""
    return PARTS.get(part, part)


def _span(seconds: float) -> str:
    """« 3 jours », « 5 h », « 12 min »."""
    for size, unit in ((2 * _DAY, "jours"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // (_DAY if unit == 'jours' else size):.0f} {unit}"
    return f"{max(0, seconds):.0f} s"
