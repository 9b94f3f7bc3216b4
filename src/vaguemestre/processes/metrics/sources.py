"""The table of what is measured at each look. Imported once Django is set up."""

from collections.abc import Mapping
from functools import partial

from django.db import connections
from prometheus_client.registry import CollectorRegistry

from vaguemestre.processes.metrics import counters, database, machine
from vaguemestre.processes.metrics.cache import CachedSources, Source
from vaguemestre.site.config import Config


def sources(config: Config) -> Mapping[str, Source]:
    """Name → what yields metrics. Add one here."""
    return {
        "health": partial(machine.health, config),
        "heartbeats": partial(machine.heartbeats, config),
        "logs": partial(machine.engine_logs, config),  # after the health, which greets the engines
        "pools": partial(counters.pools, config),
        "jobs": database.jobs,
        "outbox": database.outbox,
        "steps": database.message_steps,
        "postfix": partial(machine.postfix_queue, config),
        "self-mail": partial(machine.self_mail, config),
        "push": partial(machine.push_streams, config),
        "feeds": database.feeds,
        "certificates": partial(machine.certificates, config),
        "backup": partial(machine.backup, config),
        "disk": partial(machine.disk, config),
        "database": database.size,
    }


def registry(config: Config) -> CollectorRegistry:
    """What the server of `/metrics` encodes."""
    registry = CollectorRegistry()
    seconds = config.metrics.cache_seconds
    registry.register(CachedSources(sources(config), seconds=seconds, release=connections.close_all))
    return registry
