"""A run: faults one after the other under load, then the count of every number."""

import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from bench.drills import choice, health, strikes
from bench.drills.accounts import Account, account
from bench.drills.choice import Fault
from bench.drills.cluster import FRONTS, HOSTS, Cluster, comes, say
from bench.drills.interruptions import Sample, Span, longest_silence, percentile, seconds_outside
from bench.drills.load import Load
from bench.drills.records import Record
from bench.drills.watch import Watch
from tests.machines.machine import MachineBroken
from tests.machines.visitor import Visitor

_CALM_SECONDS, _WHOLE_SECONDS, _ARRIVE_SECONDS = 8.0, 240.0, 420.0
_BUCKET_SECONDS = 5
_SLOWEST = 6
ENDED_SECONDS = 2.0


@dataclass
class Drive:
    """`first`: how many faults of this seed other runs had. `rate`: messages a second."""

    cluster: Cluster
    seed: int
    rate: float
    count: int = choice.RUN_FAULTS
    first: int = 0
    run: str = field(default_factory=lambda: time.strftime("%m%dT%H%M"))
    spans: list[Span] = field(default_factory=list)
    opened: int = 0  # by sessions that had ended

    def go(self, record: Record) -> Account:
        """Raises MachineBroken when a machine does not come back."""
        record.add(
            "run",
            {"run": self.run, "seed": self.seed, "first": self.first, "rate": self.rate, "began": time.time(),
             "cores": os.cpu_count(), "load": os.getloadavg()[0], "machines": len(self.cluster.machines)},
        )  # fmt: skip
        with Watch(self.cluster) as watch, Load(self.cluster, self.run, self.rate) as load:
            time.sleep(_CALM_SECONDS)  # how it is without a fault is measured too
            for number, fault in enumerate(self._faults(), start=self.first + 1):
                struck = self._where_it_hurts(fault)
                record.add("fault", {"number": number, **self._suffer(struck, load, watch)})
        for bucket in _buckets(load):
            record.add("bucket", bucket)
        outcome = self._count(load)
        record.add("end", self._sum(outcome, load, watch))
        return outcome

    def _faults(self) -> Iterator[Fault]:
        return islice(choice.faults(self.seed, strikes.PLACES), self.first, self.first + self.count)

    def _where_it_hurts(self, fault: Fault) -> Fault:
        """What only runs where the pod is freezes there."""
        is_of_pod = fault.node in HOSTS and fault.unit == "vaguemestre-dovecot"
        return fault._replace(node=health.server(self.cluster)) if is_of_pod else fault

    def _suffer(self, fault: Fault, load: Load, watch: Watch) -> dict[str, object]:
        """One fault, from its start until all is whole again."""
        ended = self._ended_session()
        server, cuts = health.server(self.cluster), len(self.cluster.switch.cuts)
        began = time.time()
        say(f"{fault.words}")
        trouble = ""
        try:
            strikes.strike(self.cluster, fault)
        except MachineBroken as error:
            trouble = str(error)[-300:]
        opened = self._opens_ended(ended)
        time.sleep(max(0.0, fault.seconds - (time.time() - began)))  # the length that was drawn for it
        strikes.mend(self.cluster, fault)
        mended, words = time.time(), [""]

        def is_whole() -> bool:
            words[0] = health.missing(self.cluster)
            for machine in self.cluster.machines.values():
                if not machine.pid:  # Pacemaker had it cut
                    machine.boot()
            return not words[0]

        is_back = comes(is_whole, _WHOLE_SECONDS, pause=1.0)
        whole = time.time()
        time.sleep(_CALM_SECONDS)  # so that no fault is charged with the one before
        span = Span(began, whole)
        self.spans.append(span)
        told = {
            "kind": str(fault.kind), "node": fault.node, "unit": fault.unit, "at": began, "mended": mended,
            "whole": whole, "is_back": is_back, "left": words[0], "trouble": trouble, "server": server,
            "server_after": health.server(self.cluster),
            "fenced": [name for name, _ in self.cluster.switch.cuts[cuts:]],
            "away": {what: round(longest_silence(load.samples[what], span), 2)
                     for what in ("mx", "pages", "mail")},
            "slow": _slow(load.samples["pages"], span), "ended_opened": opened,
            "mounts": len(watch.mounts), "primaries": len(watch.primaries),
            "open_together": len(watch.open_together), "load": os.getloadavg()[0],
        }  # fmt: skip
        say(f"  whole after {whole - began:.0f} s; away {told['away']} {words[0]} {trouble}")
        return told

    # Sessions

    def _ended_session(self) -> Visitor | None:
        """Somebody signs in; ended just before the fault."""
        visitor = Visitor(self.cluster.client(), timeout=20)
        try:
            if visitor.sign_in(self.cluster.agents[1]) == 302 and visitor.reads_mail():
                return visitor
        except Exception:  # noqa: BLE001 — the load tells of pages
            return None
        return None

    def _opens_ended(self, visitor: Visitor | None) -> int:
        """Sign out while the fault is on, then ask each front with the same cookies. How many opened."""
        if visitor is None:
            return 0
        cookies = dict(visitor.cookies)
        try:
            if visitor.ask("/deconnexion", {}) != 302:
                return 0
        except Exception:  # noqa: BLE001
            return 0
        time.sleep(ENDED_SECONDS)  # what is allowed: from then on nothing opens
        opened = 0
        for name in FRONTS:
            try:
                opened += (
                    Visitor(self.cluster.client(name), dict(cookies), timeout=5).ask("/messagerie/") == 200
                )
            except Exception:  # noqa: BLE001
                continue
        self.opened += opened
        return opened

    # The count

    def _count(self, load: Load) -> Account:
        """Until every number is there, or nothing comes any more."""
        deadline = time.monotonic() + _ARRIVE_SECONDS
        while True:
            outcome = account(load.sent, health.mailboxes(self.cluster))
            say(f"{outcome.found} of {outcome.expected} are there")
            if not outcome.lost or time.monotonic() > deadline:
                return outcome
            time.sleep(10)  # each look asks the pod for every mailbox

    def _sum(self, outcome: Account, load: Load, watch: Watch) -> dict[str, object]:
        calm = seconds_outside(load.samples["pages"], self.spans)
        idle = Counter(sample.is_good for sample in load.samples["idle"])
        return {
            **outcome._asdict(), "ended": time.time(), "opened": self.opened, "looks": watch.looks,
            "mounts": watch.mounts, "primaries": watch.primaries, "open_together": watch.open_together,
            "calm_p95": round(percentile(calm, 0.95), 3), "calm_pages": len(calm),
            "all_p95": round(percentile(seconds_outside(load.samples["pages"], []), 0.95), 3),
            "idle_words": idle[True], "idle_failed": idle[False],
        }  # fmt: skip


def _slow(samples: Iterable[Sample], span: Span) -> list[str]:
    """Of pages in that span, the tries that took longest: when after the fault, how long, what came."""
    inside = sorted((one for one in samples if span.holds(one)), key=lambda one: one.began - one.ended)
    return [
        f"{one.who} +{one.began - span.since:.1f} s: {one.ended - one.began:.1f} s, {one.word}"
        for one in inside[:_SLOWEST]
    ]


def _buckets(load: Load) -> Iterator[dict[str, object]]:
    """Of each five seconds: tries that went well, and those that did not, of each kind."""
    buckets: dict[int, Counter[str]] = {}
    for what, samples in load.samples.items():
        for sample in samples:
            bucket = buckets.setdefault(int(sample.ended) // _BUCKET_SECONDS * _BUCKET_SECONDS, Counter())
            bucket[what if sample.is_good else f"{what}_failed"] += 1
    for at in sorted(buckets):
        yield {"at": at, **buckets[at]}
