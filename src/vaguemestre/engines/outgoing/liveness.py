"""Whether programs without a port answer, each asked in its own protocol for what costs it nothing.

An open socket says little: the kernel takes connections for a program that stands still.
"""

import socket
import struct
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from vaguemestre.engines.home_alias import (
    arrivals_socket,
    filter_memory_socket,
    rspamd_control,
    signer_socket,
    sockets,
)
from vaguemestre.engines.instance import Place
from vaguemestre.engines.outgoing.outgoing_services import dane_socket, policy_socket

_PATIENCE_SECONDS = 1.0
_NEGOTIATION = b"O"  # SMFIC_OPTNEG of the milter protocol, version 6: no action, every step
_MILTER = struct.pack("!IcIII", 13, _NEGOTIATION, 6, 0x1FF, 0x1FFFFF)
_NO_DOMAIN = b"10:postfix .x,"  # socketmap_table(5): a name that neither of ours looks up in DNS
_NOT_FOUND = b"9:NOTFOUND ,"
_NO_PAGE = b"GET /nothing HTTP/1.1\r\n\r\n"  # 404, at once
_SIGNS_OF_VALKEY = (b"+PONG", b"-LOADING", b"-MISCONF")  # it loads its file, or cannot write it: it lives


_NO_VERB = b'["are you there"]\n'  # of our agents (engines.agent), to whoever may ask them
_AGENTS = ("mail-agent", "token-agent", "numen-agent")


def _agent_socket(name: str, place: Place) -> Path:
    return sockets(place) / name / "s"


class Question(NamedTuple):
    """`is_sign`: whether these first bytes of an answer are those of a program that works."""

    socket: Callable[[Place], Path]
    asked: bytes
    is_sign: Callable[[bytes], bool]


def _milter(socket: Callable[[Place], Path]) -> Question:
    return Question(socket, _MILTER, lambda answer: answer[4:5] == _NEGOTIATION)


def _first_process(name: str) -> Question:
    """Probe of rspamd's main process: its workers go on without it, and none is replaced."""
    return Question(partial(rspamd_control, name), _NO_PAGE, lambda told: told.startswith(b"HTTP/1.1 404"))


PROGRAMS: Mapping[str, tuple[Question, ...]] = MappingProxyType(
    {
        "signer": (_milter(signer_socket), _first_process("signer")),
        "arrivals": (_milter(arrivals_socket),),
        "mta-sts": (Question(policy_socket, _NO_DOMAIN, lambda answer: answer == _NOT_FOUND),),
        "dane-policy": (Question(dane_socket, _NO_DOMAIN, lambda answer: answer == _NOT_FOUND),),
        "rspamd": (_first_process("rspamd"),),
        "valkey": (
            Question(filter_memory_socket, b"PING\r\n", lambda told: told.startswith(_SIGNS_OF_VALKEY)),
        ),
        **{
            name: (Question(partial(_agent_socket, name), _NO_VERB, lambda told: told.startswith(b"{")),)
            for name in _AGENTS
        },
    }
)


def silent_programs(place: Place, names: str) -> list[str]:
    """The programs, among `names` (separated by blanks), that do not answer. Unknown ones count as silent."""
    wanted = names.split()
    with ThreadPoolExecutor(len(PROGRAMS)) as pool:
        answers = list(pool.map(partial(_answers, place), wanted))
    return [name for name, is_well in zip(wanted, answers, strict=True) if not is_well]


def _answers(place: Place, name: str) -> bool:
    questions = PROGRAMS.get(name, ())
    return bool(questions) and all(_is_well(place, question) for question in questions)


def _is_well(place: Place, question: Question) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        peer.settimeout(_PATIENCE_SECONDS)
        try:
            peer.connect(str(question.socket(place)))
            peer.sendall(question.asked)
            return question.is_sign(peer.recv(64))
        except OSError:
            return False
