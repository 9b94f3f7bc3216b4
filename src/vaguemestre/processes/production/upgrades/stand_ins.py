"""Stand-ins of the processes whose absence somebody would notice while an upgrade restarts them. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from vaguemestre.engines import stand_in
from vaguemestre.processes.supervisor.plan import Ask, Child, Question

_ENDING = f"-{stand_in.NAME}"
# Whose clients know where a stand-in is. While « reading » is away, nginx has « web » answer.
_ANSWERING = frozenset(
    ("web", "door", "carddav", "pictures", "push", "gate", "arrivals",
     "mail-agent", "queue-agent", "token-agent", "numen-agent")
)  # fmt: skip


def stand_ins_of(children: Iterable[Child], pools: Path) -> tuple[Child, ...]:
    """Stand-ins of the processes that answer others; workers and engines have none.

    `pools`: nginx's sockets.
    """
    return tuple(filter(None, (stand_in_of(child, pools) for child in children)))


def stand_in_of(child: Child, pools: Path) -> Child | None:
    """The process that answers in another's place, on the socket beside; None if it has no stand-in."""
    if child.name not in _ANSWERING:
        return None
    if child.name in ("gate", "arrivals"):  # takes Postfix's own socket over, since it knows no other
        return _made(child, child.argv, tuple(map(_heartbeat_beside, child.ready)))
    child = replace(child, ready=tuple(q for q in child.ready if q.ask is not Ask.HEARTBEAT))
    if child.name == "push":  # the port is the other one's
        own = stand_in.socket_of(pools / child.name / "http")
        ready = tuple(replace(question, port=0, socket=own) for question in child.ready)
        return _made(child, (*child.argv, str(own)), ready)
    place = next((question.socket for question in child.ready if question.socket), None)
    if place is None:
        return None
    beside = str(stand_in.socket_of(place))
    argv = tuple(beside if word == str(place) else word for word in child.argv)
    return _made(child, argv, tuple(map(_socket_beside, child.ready)))


def process_of(name: str) -> str:
    """The name of the process that a stand-in stands in for; any other name is its own."""
    return name.removesuffix(_ENDING)


def _made(child: Child, argv: tuple[str, ...], ready: tuple[Question, ...]) -> Child:
    return replace(
        child,
        name=f"{child.name}{_ENDING}",
        argv=argv,
        ready=ready,
        environment=(*child.environment, (stand_in.VARIABLE, "yes")),
        socket=child.socket and stand_in.socket_of(child.socket),
    )


def _socket_beside(question: Question) -> Question:
    return replace(question, socket=question.socket and stand_in.socket_of(question.socket))


def _heartbeat_beside(question: Question) -> Question:
    if question.ask is not Ask.HEARTBEAT:
        return question
    return replace(question, expect=stand_in.heartbeat_of(question.expect))
