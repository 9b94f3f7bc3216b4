"""The programs beside Postfix and the filter: each is known to work, and to be dead or to stand still."""

import signal
from collections.abc import Iterator

import pytest
from tests.engines.frozen import standing_still
from tests.engines.live import LiveEngines, wait_until
from tests.engines.postfix.sender import sending
from tests.engines.postfix.test_policies import Follower
from tests.engines.postfix.world import NOBODY, RESOLVER

from vaguemestre.engines.outgoing.liveness import PROGRAMS, silent_programs
from vaguemestre.engines.remote.resolver import ResolverState, resolver_state
from vaguemestre.site.config import MailSection, OutgoingSection

pytestmark = pytest.mark.engines
BESIDE = [name for name in PROGRAMS if not name.endswith("-agent")]  # our agents are asked in test_agent


@pytest.fixture(scope="module")
def whole() -> Iterator[LiveEngines]:
    """An instance that really sends, with all of them."""
    outgoing = OutgoingSection(mode="direct", ipv6=False)
    with sending(MailSection(outgoing=outgoing), Follower) as engines:
        engines.start_filter(f"{RESOLVER}:53")
        yield engines
        for name in ("rspamd", "valkey"):
            engines.end(name, signal.SIGKILL)


def test_each_that_works_is_known_to_work(whole: LiveEngines) -> None:
    wait_until(lambda: silent_programs(whole.config, " ".join(BESIDE)) == [])


@pytest.mark.parametrize("name", BESIDE)
def test_one_that_stands_still_is_named_alone_until_it_goes_on(whole: LiveEngines, name: str) -> None:
    with standing_still(whole.children[name].pid):
        assert silent_programs(whole.config, " ".join(BESIDE)) == [name]
    wait_until(lambda: silent_programs(whole.config, " ".join(BESIDE)) == [])


def test_what_was_never_started_is_silent(engines: LiveEngines) -> None:
    assert silent_programs(engines.config, "mta-sts signer rspamd unknown") == [
        "mta-sts", "signer", "rspamd", "unknown",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("server", "zone", "state"),
    [
        ("resolver", "sur.example", ResolverState.VALIDATES),
        ("resolver", "loin.example", ResolverState.ANSWERS),
        ("nobody", "sur.example", ResolverState.SILENT),
    ],
)
def test_a_resolver_that_validates_is_told_from_one_that_does_not_and_from_silence(
    whole: LiveEngines, server: str, zone: str, state: ResolverState
) -> None:
    assert resolver_state([{"resolver": RESOLVER, "nobody": NOBODY}[server]], zone) is state
