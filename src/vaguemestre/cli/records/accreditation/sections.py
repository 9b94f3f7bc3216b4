"""The sections of the file: what is accredited, who has power over it, what it keeps, how it fares."""

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from vaguemestre.access.signin.queries import last_sign_ins
from vaguemestre.cli.records.accreditation.components import Component
from vaguemestre.cli.records.accreditation.flows import flows_of
from vaguemestre.desks.backoffice.rules.roles import ROLE_LABELS
from vaguemestre.desks.operations.queries import open_alarms
from vaguemestre.desks.removals.queries import security_officers
from vaguemestre.foundation.cluster.queries import machine_states
from vaguemestre.foundation.kernel.text.french_dates import dated_moment_fr
from vaguemestre.people.credentials.queries import holds_second_factor, usernames_of
from vaguemestre.people.credentials.queries.roles import accounts_with_role
from vaguemestre.people.credentials.values import AccountRole
from vaguemestre.people.directory.queries import academy_summaries
from vaguemestre.processes.duties import duty_of
from vaguemestre.processes.production.units.children import children_of
from vaguemestre.site import secrets
from vaguemestre.site.config import Config
from vaguemestre.site.config.backup import LAST_BACKUP, LAST_DRILL
from vaguemestre.site.register.sheets import sheets

_POWERS = (AccountRole.ADMINISTRATOR, AccountRole.HELPDESK, AccountRole.HR_OFFICER, AccountRole.AUDITOR)
_MAX_ACCOUNTS = 100_000
_KINDS = {"deb": "Debian", "npm": "navigateur", "pypi": "Python"}


class Table(NamedTuple):
    """A section: a title, the heads of its columns, its rows; `empty` says what no row means."""

    title: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    empty: str = "Rien."


def tables(config: Config, parts: Sequence[Component], now: datetime) -> Iterator[Table]:
    """The tables of the file, in the order in which a commission reads them."""
    yield _inventory(config, now)
    yield _processes(config)
    yield _flows(config)
    yield _powers()
    yield _security_officers()
    yield _keys(config)
    yield _purposes(config)
    yield _backups(config)
    yield _alarms()
    yield _versions(parts)


def _inventory(config: Config, now: datetime) -> Table:
    rows = [("académie", academy.name, academy.domain) for academy in academy_summaries()]
    states = {state.name: state.as_json()["status"] for state in machine_states(now)}
    rows += [(f"machine {node.name}", ", ".join(node.duties), node.address) for node in config.topology.nodes]
    rows += [(f"machine {name}", f"dit d’elle-même : {status}", "") for name, status in states.items()]
    rows.append(("base de données", config.database.engine, config.database.host or "dans l’instance"))
    return Table("Inventaire", ("Quoi", "Ce que c’est", "Où"), rows)


def _processes(config: Config) -> Table:
    rows = []
    for child in children_of(config, sys.executable):
        duty = duty_of(child.name)
        user = duty.user if duty else "celui de son paquet Debian"
        rows.append((child.name, user, ", ".join(duty.secrets) if duty else ""))
    return Table("Processus, leurs utilisateurs, leurs secrets", ("Processus", "Utilisateur", "Lit"), rows)


def _flows(config: Config) -> Table:
    rows = [
        (str(number), flow.whence, flow.purpose, flow.protection) for number, flow in sorted(flows_of(config))
    ]
    return Table("Flux", ("Port", "Depuis", "Pour", "Protection"), rows)


def _powers() -> Table:
    rows = []
    for role in _POWERS:
        ids = accounts_with_role(role, limit=_MAX_ACCOUNTS)
        names, seen = usernames_of(ids), last_sign_ins(ids)
        rows += [
            (
                ROLE_LABELS[role],
                names[account_id],
                "oui" if holds_second_factor(account_id) else "non",
                dated_moment_fr(seen[account_id]) if account_id in seen else "jamais",
            )
            for account_id in ids
        ]
    heads = ("Rôle", "Compte", "Second facteur", "Dernière connexion")
    return Table("Comptes qui ont un pouvoir sur d’autres ou les surveillent", heads, rows, "Aucun compte.")


def _security_officers() -> Table:
    rows = [(username,) for _, username in security_officers()]
    return Table("Comptes qui retirent un courriel de toutes les boîtes", ("Compte",), rows, "Aucun compte.")


def _keys(config: Config) -> Table:
    """Names and ages, never a key: a file of another format is told like the others."""
    rows = [
        (name, dated_moment_fr(datetime.fromtimestamp(path.stat().st_mtime, UTC)))
        for name in sorted(secrets.digests(config.secrets_dir))
        if (path := secrets.path_of(config.secrets_dir, name)).is_file()
    ]
    return Table("Clés communes aux machines", ("Clé", "Écrite le"), rows, "Aucune clé n’est lisible ici.")


def _purposes(config: Config) -> Table:
    rows = [(sheet.key, sheet.purpose) for sheet in sheets(config)]
    return Table("Traitements (« vaguemestre register » en a les fiches)", ("Clé", "Finalité"), rows)


def _backups(config: Config) -> Table:
    rows = [
        ("Dernière sauvegarde entière", _date_of(config.home / LAST_BACKUP), ""),
        ("Dernier exercice de restauration", _date_of(config.home / LAST_DRILL), _result(config)),
    ]
    return Table("Sauvegarde et restauration", ("Quoi", "Quand", "Résultat"), rows)


def _date_of(note: Path) -> str:
    try:
        return dated_moment_fr(datetime.fromtimestamp(note.stat().st_mtime, UTC))
    except OSError:
        return "jamais"


def _result(config: Config) -> str:
    try:
        return str(json.loads((config.home / LAST_DRILL).read_text(encoding="utf-8"))["words"])
    except (OSError, ValueError, KeyError):
        return ""


def _alarms() -> Table:
    rows = [(alarm.words, dated_moment_fr(alarm.opened_at)) for alarm in open_alarms()]
    return Table("Alarmes ouvertes", ("Alarme", "Depuis"), rows, "Aucune alarme n’est ouverte.")


def _versions(parts: Sequence[Component]) -> Table:
    rows = [(_KINDS[part.kind], part.name, part.version) for part in parts]
    return Table("Composants et versions", ("Origine", "Composant", "Version"), rows)
