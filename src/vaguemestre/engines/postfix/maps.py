"""What Postfix asks of the projection, and where."""

import pwd
from pathlib import Path
from urllib.parse import quote

from vaguemestre.engines.config_templates import render, write
from vaguemestre.engines.database.database_login import PostgresReader, postgres_reader
from vaguemestre.engines.home_alias import engine_path
from vaguemestre.engines.instance import OUTSIDE, Instance
from vaguemestre.engines.system_users import POSTFIX_USER

_HERE = Path(__file__).parent

# The demonstration's outside mailbox has a domain of its own that counts as foreign: its mail comes in like
# that of any other foreign domain.
_QUERIES = {
    "domains": f"SELECT domain FROM address WHERE domain = '%s' AND mailbox <> '{OUTSIDE}' LIMIT 1",  # noqa: S608
    "mailboxes": "SELECT mailbox FROM address WHERE address = '%s'",
    "ours": (
        "SELECT '553 5.7.1 sign in to send from this address' FROM address"  # noqa: S608
        f" WHERE domain = '%s' AND mailbox <> '{OUTSIDE}' LIMIT 1"
    ),
    "senders": (
        "SELECT address.mailbox FROM address JOIN mailbox ON mailbox.mailbox = address.mailbox"
        " WHERE address = '%s' AND sends = 1 AND active = 1"
    ),
}
# What the MX asks before it takes a message. Who may send is never asked of a database that may be behind.
_OF_ARRIVALS = frozenset(("domains", "mailboxes", "ours"))


def kind(instance: Instance) -> str:
    """The type of these maps, as main.cf names it."""
    return "proxy:pgsql" if _on_postgresql(instance) else "sqlite"


def write_maps(instance: Instance, folder: Path) -> None:
    """Write a file a map into that folder."""
    reader = postgres_reader(instance) if _on_postgresql(instance) else None
    for name, query in _QUERIES.items():
        text = render(
            _HERE,
            "map.j2",
            query=query,
            projection=engine_path(instance, instance.projection_path),
            postgresql=reader,
            hosts=_hosts(instance, reader, name) if reader else (),
        )
        write(folder / f"{name}.cf", text, mode=0o640, group=pwd.getpwnam(POSTFIX_USER).pw_gid)


def _hosts(instance: Instance, reader: PostgresReader, name: str) -> tuple[str, ...]:
    """`hosts` of a PostgreSQL map. Postfix 3.10 tries a URI only when the other host has failed."""
    if reader.host.startswith("/"):
        return (f"unix:{reader.host}",)
    if not instance.topology.database_nodes or name not in _OF_ARRIVALS:
        return (f"inet:{reader.host}:{reader.port}",)
    ports, role = instance.ports, f"{quote(reader.user, safe='')}:{reader.password}"
    place = f"{reader.host}:{ports.recipients_again}/{quote(reader.name, safe='')}"
    return f"inet:{reader.host}:{ports.recipients}", f"postgresql://{role}@{place}"


def _on_postgresql(instance: Instance) -> bool:
    return instance.database.engine == "postgresql"
