"""What the running whole is judged by: a measure in, a line of `vaguemestre check --live` out. Pure."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from vaguemestre.engines.tls.certificates import covers

LEAST_FREE = 0.10  # of the file system that holds the mail
LEAST_MEMORY = 0.05
LEAST_INOTIFY_INSTANCES = 8192
LEAST_CERTIFICATE = timedelta(days=14)


class Finding(NamedTuple):
    """One line: what was looked at, whether it is well, a sentence, and what to do when it is not."""

    name: str
    is_well: bool
    sentence: str
    remedy: str = ""

    def line(self) -> str:
        mark = "bien  " if self.is_well else "ROUGE "
        return f"{mark} {self.name} : {self.sentence}" + ("" if self.is_well else f" → {self.remedy}")


def judge_unit(name: str, state: str) -> Finding:
    sentence = _STATES_OF_UNITS.get(state, state) or "inconnue"
    return Finding(f"unité {name}", state == "active", sentence, f"journalctl -u {name}")


_STATES_OF_UNITS = {
    "failed": "en échec", "inactive": "arrêtée", "activating": "démarre", "deactivating": "s’arrête",
}  # fmt: skip
_STATES_OF_PARTS = {"down": "en panne", "warning": "à voir de près", "waiting": "attend"}
_OURS = "vaguemestre-"
_UNITS = {  # part of /sante/ → unit, where it has another name
    "database": "postgresql",
    "long-worker": "vaguemestre-worker-long",
    "import-worker": "vaguemestre-worker-imports",
    "untrusted-worker": "vaguemestre-worker-untrusted",
    "filter": "vaguemestre-rspamd",
    "antivirus": "clamav-daemon",
    "resolver": "unbound",
}
_LOGS = "docs/operations/alerts/log-silent.md : la place des journaux, puis"
_REMEDIES = {  # of parts that no unit keeps alive
    "database-writes": "docs/operations/alerts/part-down.md, « database-writes » : qui retient la base",
    "logs": f"{_LOGS} systemctl reload",
    "disk": "du -xh --max-depth=2 /var/lib/vaguemestre | sort -h | tail",
    "backup": "journalctl -u vaguemestre-backup",
    "certificates": "vaguemestre certificate, après l’avoir renouvelé",
    "relay": "joignez qui tient [mail.outgoing] « relay_host », et le réseau jusqu’à lui",
}
_REMEDIES_UNDER_BIN_UP = {
    "logs": f"{_LOGS} kill -HUP du processus de postfix, ou de dovecot (vaguemestre status)",
    "disk": "du -xh --max-depth=2 du dossier de l’instance | sort -h | tail",
    "backup": "vaguemestre backup en fait une, ou dit ce qui manque",
    "certificates": "arrêtez bin/up et relancez-le : il refait ceux de l’instance",
}


def judge_part(name: str, status: str, detail: str, *, has_units: bool = True, database: str = "") -> Finding:
    """What /sante/ says of a part: what runs may stand still.

    `has_units`: False under bin/up. `database`: what to do where that one does not answer.
    """
    known = _REMEDIES if has_units else _REMEDIES | _REMEDIES_UNDER_BIN_UP
    if name == "jobs":
        remedy = _remedy_of_jobs(detail)
    elif name == "database" and database:
        remedy = database
    else:
        remedy = known.get(name) or _restart(name, has_units=has_units)
    return Finding(f"partie {name}", status == "ok", detail or _STATES_OF_PARTS.get(status, status), remedy)


def _remedy_of_jobs(detail: str) -> str:
    """`vaguemestre jobs list` shows those that failed alone."""
    remedies = ["vaguemestre jobs list"] if "en échec" in detail else []
    if "attend" in detail or not remedies:
        remedies.append("docs/operations/alerts/jobs-late.md : qui devait les faire")
    return " ; ".join(remedies)


def _restart(part: str, *, has_units: bool) -> str:
    unit = _UNITS.get(part, f"{_OURS}{part}")
    if has_units or not unit.startswith(_OURS):
        return f"systemctl restart {unit}, puis journalctl -u {unit}"
    process = unit.removeprefix(_OURS)
    return f"kill -9 du processus de {process} (vaguemestre status) : bin/up le relance ; logs/{process}.log"


def not_demonstrated(name: str) -> Finding:
    """Of names that exist nowhere but in a demonstration nobody can act on what the world says."""
    return Finding(name, is_well=True, sentence="pas en démonstration")


def judge_port(port: int, address: str, error: str) -> Finding:
    return Finding(
        f"port {port} sur {address}",
        not error,
        error or "répond",
        "vérifiez le pare-feu, puis l’unité qui le tient",
    )


def judge_postmaster(address: str, *, has_mailbox: bool, has_units: bool = True) -> Finding:
    """`address`: who reads it; empty for nobody. `has_units`: False under bin/up."""
    again = _apply_again(has_units=has_units)
    remedy = f"écrivez dans [mail] « postmaster » l’adresse de qui les lira, {again}"
    sentence = f"lus par {address or 'personne'}"
    if address and not has_mailbox:
        sentence = f"{address} n’a pas de boîte : ce qui leur est écrit revient à l’envoyeur"
    return Finding("postmaster@ et abuse@", bool(address) and has_mailbox, sentence, remedy)


def _apply_again(*, has_units: bool) -> str:
    """What makes the configuration count, once written."""
    if has_units:
        return "puis relancez bin/install"
    return "dans vaguemestre.toml du dossier de l’instance, puis arrêtez bin/up et relancez-le"


def judge_disk(free: int, total: int) -> Finding:
    share = free / total
    sentence = f"{share:.0%} libres ({free // 1_000_000_000} Go)"
    return Finding("disque", share >= LEAST_FREE, sentence, "agrandissez ou videz le volume des boîtes")


def judge_memory(available: int, total: int) -> Finding:
    share = available / total
    return Finding(
        "mémoire",
        share >= LEAST_MEMORY,
        f"{share:.0%} disponibles",
        "ajoutez de la mémoire, ou baissez [web] « workers »",
    )


def judge_clock(is_synchronised: bool) -> Finding:
    sentence = "synchronisée" if is_synchronised else "pas synchronisée"
    return Finding(
        "heure", is_synchronised, sentence, "installez chrony : jetons et codes dépendent de l’heure"
    )


def judge_waiting_programs(inotify_instances: int) -> Finding:
    """`inotify_instances`: how many the kernel gives one user; each program that waits has one."""
    return Finding(
        "logiciels en attente",
        inotify_instances >= LEAST_INOTIFY_INSTANCES,
        f"{inotify_instances} au plus apprennent aussitôt qu’un message arrive",
        "relancez bin/install, ou fs.inotify.max_user_instances = 65536 sur la machine qui porte celle-ci",
    )


def judge_certificate_end(ends_at: datetime, now: datetime) -> Finding:
    days = (ends_at - now).days
    return Finding(
        "certificat, fin",
        ends_at - now >= LEAST_CERTIFICATE,
        f"{ends_at:%d/%m/%Y}, dans {days} jours",
        "renouvelez-le, puis « vaguemestre certificate »",
    )


def judge_given_certificate(fault: str) -> Finding:
    """`fault`: why the files of `[tls]` cannot serve."""
    return Finding(
        "certificat, donné",
        is_well=False,
        sentence=f"un autre est montré à sa place : {fault.removesuffix('.')}",
        remedy="donnez-en un qui peut servir ([tls] nomme ses fichiers), puis « vaguemestre certificate »",
    )


def judge_certificate_issuer(*, is_own: bool) -> Finding:
    """Judge whether the awaited certificate is shown, or the instance's own in its place."""
    return Finding(
        "certificat, autorité",
        not is_own,
        "celui de l’instance est montré à la place du certificat attendu" if is_own else "c’est le bon",
        "lisez /var/log/letsencrypt/letsencrypt.log, puis relancez bin/install",
    )


def judge_certificate_chain(failure: str) -> Finding:
    """`failure`: why a client that trusts what this machine trusts refuses it; empty if it does not."""
    return Finding(
        "certificat, chaîne",
        not failure,
        f"elle ne mène à aucune autorité connue ({failure})" if failure else "une autorité connue la signe",
        "donnez le certificat suivi de sa chaîne entière (fullchain.pem) ; celui d’une autorité privée va "
        "dans /usr/local/share/ca-certificates, puis update-ca-certificates",
    )


def judge_certificate_names(names: frozenset[str], hosts: Collection[str]) -> Finding:
    missing = [host for host in hosts if not covers(names, host)]
    return Finding(
        "certificat, noms",
        not missing,
        f"il y manque {', '.join(missing)}" if missing else f"il porte les {len(hosts)} noms attendus",
        "demandez un certificat qui porte tous ces noms",
    )


def judge_backup(
    made_at: datetime | None,
    now: datetime,
    late_after: timedelta,
    *,
    is_planned: bool,
    has_units: bool = True,
) -> Finding:
    """`late_after`: the age that is too old. `is_planned`: a repository is named. `has_units`: as above."""
    remedy = (
        "systemctl start vaguemestre-backup en fait une ; journalctl -u vaguemestre-backup dit ce qui manque"
    )
    if not is_planned:
        remedy = f"écrivez [backup] « repository », {_apply_again(has_units=has_units)}"
    elif not has_units:
        remedy = _REMEDIES_UNDER_BIN_UP["backup"]
    if made_at is None:
        return Finding("sauvegarde", is_well=False, sentence="aucune n’est connue", remedy=remedy)
    minutes = (now - made_at) / timedelta(minutes=1)
    age = f"{minutes:.0f} minutes" if minutes < 120 else f"{minutes / 60:.0f} heures"
    return Finding("sauvegarde", now - made_at <= late_after, f"il y a {age}", remedy)
