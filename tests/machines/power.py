"""The power of machines of a test, as a management card has it: Pacemaker asks that one be cut, and it is."""

import contextlib
import socketserver
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.machines.machine import Machine

AGENT = "fence_essai"
HOST, PORT = "10.78.0.1", 8622


@dataclass
class PowerSwitch:
    """`cuts`: the machines that Pacemaker had cut, each with its time (time.monotonic)."""

    machines: Mapping[str, Machine]
    cuts: list[tuple[str, float]] = field(default_factory=list)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def cut(self, name: str) -> None:
        """End a machine, whoever wants it ended."""
        with self._turn:
            if self.machines[name].pid:
                self.machines[name].cut()

    def answer(self, action: str, name: str) -> str:
        """What the agent is told."""
        if action in ("off", "reboot") and name in self.machines:
            self.cut(name)
            self.cuts.append((name, time.monotonic()))
            return "ok"
        if action == "status" and name in self.machines:
            return "on" if self.machines[name].pid else "off"
        return "ok" if action in ("monitor", "list", "on") else "unknown"

    @contextlib.contextmanager
    def answering(self) -> Iterator["PowerSwitch"]:
        """Listen on the bridge of the machines until the block ends."""
        switch = self

        class Asked(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                action, _, name = self.rfile.readline().decode().strip().partition(" ")
                self.wfile.write(f"{switch.answer(action, name)}\n".encode())

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True

        with Server((HOST, PORT), Asked) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield self
            server.shutdown()


def bring_agent(machine: Machine) -> None:
    text = Path(__file__).with_name(f"{AGENT}.py").read_text(encoding="utf-8")
    machine.must("tee", f"/usr/sbin/{AGENT}", text=text)
    machine.must("chmod", "755", f"/usr/sbin/{AGENT}")
