"""How Django connects to the instance's database."""

from typing import Any

from vaguemestre.engines.database.database_login import database_login
from vaguemestre.site.config import Config, ConfigWrong

# Of a machine that lost its power: the server ends its sessions, and their locks, within half a minute.
_KEEPALIVES = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"

# Of a server that lost its power, or stands still: whoever asks it is told, and tries again with another.
_PATIENCE = {
    "connect_timeout": 5,  # seconds
    "tcp_user_timeout": 10_000,  # milliseconds
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
}


def django_database(config: Config) -> dict[str, Any]:
    """An entry of Django's DATABASES. Raises ConfigWrong."""
    chosen = config.database
    if chosen.engine == "postgresql":
        login = database_login(config)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": chosen.host,
            "PORT": chosen.port,
            "NAME": chosen.name,
            "USER": login.user,
            "PASSWORD": login.password,
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,  # another server took over: nobody is told so by a refused page
            "OPTIONS": {"options": _KEEPALIVES, **_PATIENCE},
        }
    if chosen.engine != "sqlite":
        raise ConfigWrong("[database] « engine » est sqlite ou postgresql.")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": config.data_dir / "vaguemestre.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",  # a writer waits at BEGIN rather than failing at COMMIT
            "timeout": 20,
            # FULL: what was committed outlives a power cut; NORMAL would give back an older state
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-20000",
        },
    }


def notice_connection(config: Config) -> dict[str, Any]:
    """How a thread that hears or sends notices connects: it learns within seconds that nobody answers."""
    login = database_login(config)
    return {
        "host": config.database.host or None,
        "port": config.database.port,
        "dbname": config.database.name,
        "user": login.user,
        "password": login.password or None,
        "connect_timeout": 3,
        "tcp_user_timeout": 3000,
        "keepalives_idle": 2,
        "keepalives_interval": 1,
        "keepalives_count": 2,
    }


def reading_only(database: dict[str, Any]) -> dict[str, Any]:
    """The same entry for a process that changes nothing, and gives up what takes more than two seconds."""
    options = dict(database.get("OPTIONS", {}))
    if database["ENGINE"].endswith("postgresql"):
        options["options"] += " -c default_transaction_read_only=on -c statement_timeout=2000"
        return {**database, "OPTIONS": options}
    options |= {
        "timeout": 2,
        "transaction_mode": "DEFERRED",
        "init_command": f"{options['init_command']}; PRAGMA query_only=ON",
    }
    return {**database, "OPTIONS": options}
