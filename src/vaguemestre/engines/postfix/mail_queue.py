"""Postfix's queue, as `postqueue -j` lists it."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vaguemestre.engines.instance import Instance, Place
from vaguemestre.engines.postfix import queue_agent

type ListMessages = Callable[[Place], str]


def _list_as_root(instance: Place) -> str:
    return queue_agent.Queue(instance).list_messages()


@dataclass(frozen=True)
class Queued:
    """A message in the queue: `size` in bytes, `reasons` one per recipient still waiting."""

    queue_id: str
    queue: str
    arrived_at: dt.datetime
    size: int
    sender: str
    recipients: tuple[str, ...]
    reasons: tuple[str, ...]
    reason_of: tuple[tuple[str, str], ...] = ()  # each recipient and its reason, empty before an attempt


def queue(instance: Instance, list_messages: ListMessages = _list_as_root) -> tuple[Queued, ...]:
    """The messages of the queue, oldest first. Raises EngineDown."""
    waiting = (_queued(json.loads(line)) for line in list_messages(instance).splitlines())
    return tuple(sorted(waiting, key=lambda message: message.arrived_at))


def _queued(fields: dict[str, Any]) -> Queued:
    recipients = fields["recipients"]
    rows = recipients if isinstance(recipients, list) else []
    return Queued(
        queue_id=str(fields["queue_id"]),
        queue=str(fields["queue_name"]),
        arrived_at=dt.datetime.fromtimestamp(int(str(fields["arrival_time"])), dt.UTC),
        size=int(str(fields["message_size"])),
        sender=str(fields["sender"]),
        recipients=tuple(str(row["address"]) for row in rows),
        reasons=tuple(str(row["delay_reason"]) for row in rows if "delay_reason" in row),
        reason_of=tuple((str(row["address"]), str(row.get("delay_reason", ""))) for row in rows),
    )
