"""Scripts of a mailbox over ManageSieve: kept, compiled, run, left alone when they are somebody else's."""

import socket
import threading
from collections.abc import Callable

import pytest
from tests.engines.live import LiveEngines, Someone, wait_until
from tests.mailbox.sorting.samples import composed as compose

from vaguemestre.engines.memory.scripts import MemorySieve
from vaguemestre.engines.sieve.client import ManageSieve
from vaguemestre.engines.sieve.scripts import OpenManageSieve
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.mailbox.sorting.ports import OpenScripts
from vaguemestre.mailbox.sorting.values import (
    SCRIPT_NAME,
    Aspect,
    Condition,
    Filter,
    Outcome,
    Owner,
    Relation,
)
from vaguemestre.post.trace.values import StepKind

pytestmark = pytest.mark.engines

FACTURES = Filter("Été", (Condition(Aspect.SUBJECT, Relation.CONTAINS, "é"),), Outcome(is_flagged=True))


@pytest.fixture
def opened(engines: LiveEngines) -> OpenManageSieve:
    return OpenManageSieve("127.0.0.1", engines.config.ports.managesieve, engines.token)


@pytest.fixture(params=["memory", "live"])
def either(request: pytest.FixtureRequest, opened: OpenManageSieve) -> OpenScripts:
    """The fake and the real one, same promises."""
    return MemorySieve() if request.param == "memory" else opened


@pytest.fixture
def marie(engines: LiveEngines) -> Someone:
    return engines.someone()


def owner(person: Someone, name: str = "Marie Éa") -> Owner:
    addresses = (*person.expected.receives, person.mailbox)
    return Owner(1, person.mailbox, name, person.address, addresses, (person.address.rpartition("@")[2],))


def test_a_script_comes_back_as_it_was_put(either: OpenScripts, marie: Someone) -> None:
    content = compose([FACTURES], owner(marie))
    with either(marie.mailbox) as scripts:
        assert scripts.list_scripts().names == ()
        assert scripts.read(SCRIPT_NAME) == ""
        scripts.put(SCRIPT_NAME, content)
        scripts.activate(SCRIPT_NAME)
        assert scripts.read(SCRIPT_NAME) == content
        assert scripts.list_scripts().active == SCRIPT_NAME


@pytest.mark.parametrize("name", ["OK", "mes règles", 'un "nom"', "NO\\"])
def test_a_script_may_have_any_name(either: OpenScripts, marie: Someone, name: str) -> None:
    with either(marie.mailbox) as scripts:
        scripts.put(name, "keep;\r\n")
        scripts.activate(name)
        assert scripts.list_scripts().active == name
        assert scripts.read(name) == "keep;\r\n"
        scripts.activate("")
        scripts.drop(name)
        assert scripts.list_scripts().names == ()


def test_the_script_that_runs_is_not_removed_and_one_that_is_not_there_does_not_run(
    either: OpenScripts, marie: Someone
) -> None:
    with either(marie.mailbox) as scripts:
        scripts.put(SCRIPT_NAME, "keep;\r\n")
        scripts.activate(SCRIPT_NAME)
        with pytest.raises(EngineRefused):
            scripts.drop(SCRIPT_NAME)
        with pytest.raises(EngineRefused):
            scripts.activate("absent")
        assert scripts.list_scripts().active == SCRIPT_NAME


def test_a_script_that_does_not_compile_is_refused_and_the_old_one_stays(
    opened: OpenManageSieve, marie: Someone
) -> None:
    with opened(marie.mailbox) as scripts:
        scripts.put(SCRIPT_NAME, "keep;\r\n")
        with pytest.raises(EngineRefused, match="PUTSCRIPT"):
            scripts.put(SCRIPT_NAME, "garder;\r\n")
        assert scripts.read(SCRIPT_NAME) == "keep;\r\n"


def test_nobody_opens_the_scripts_of_another(
    engines: LiveEngines, opened: OpenManageSieve, marie: Someone
) -> None:
    other = engines.someone()
    token = engines.token(other.mailbox)
    with (
        pytest.raises(EngineDown),
        ManageSieve("127.0.0.1", engines.config.ports.managesieve, marie.mailbox, token),
    ):
        pass


def test_a_withdrawn_token_opens_nothing(engines: LiveEngines, marie: Someone) -> None:
    refused = OpenManageSieve(
        "127.0.0.1",
        engines.config.ports.managesieve,
        lambda mailbox: engines.token(mailbox, allowed=False),
    )
    with pytest.raises(EngineDown), refused(marie.mailbox):
        pass


def test_an_engine_away_is_down(engines: LiveEngines, marie: Someone) -> None:
    away = OpenManageSieve("127.0.0.1", engines.config.port_base + 2, engines.token)
    with pytest.raises(EngineDown), away(marie.mailbox):
        pass


def _cut_after(count: int) -> Callable[[], int]:
    """A server that says `count` bytes of a greeting and hangs up."""
    listening = socket.create_server(("127.0.0.1", 0))
    greeting = b'"SASL" "OAUTHBEARER"\r\n{12}\r\nunfinished'[:count]

    def serve() -> None:
        with listening, listening.accept()[0] as peer:
            peer.sendall(greeting)

    thread = threading.Thread(target=serve, daemon=True)

    def port() -> int:
        thread.start()
        return int(listening.getsockname()[1])

    return port


@pytest.mark.parametrize("count", [0, 5, 24, 30])
def test_a_conversation_cut_short_is_down(count: int) -> None:
    with pytest.raises(EngineDown), ManageSieve("127.0.0.1", _cut_after(count)(), "a@b.test", "t"):
        pass


def test_the_script_of_another_program_goes_on_after_ours(
    engines: LiveEngines, opened: OpenManageSieve, marie: Someone
) -> None:
    theirs = 'require "fileinto"; if header :contains "subject" "facture" { fileinto "Archive"; }\r\n'
    with opened(marie.mailbox) as scripts:
        scripts.put("autre logiciel", theirs)
        scripts.put(SCRIPT_NAME, compose([FACTURES], owner(marie), kept="autre logiciel"))
        scripts.activate(SCRIPT_NAME)
        assert scripts.read("autre logiciel") == theirs


def test_a_script_that_a_program_activates_is_a_step_of_its_mailbox(
    engines: LiveEngines, opened: OpenManageSieve, marie: Someone
) -> None:
    with opened(marie.mailbox) as scripts:
        for name in ("tri", SCRIPT_NAME):
            scripts.put(name, "keep;\r\n")
            scripts.activate(name)
        scripts.activate("")

    def logged() -> list[str]:
        steps = engines.logged_steps()
        return [
            s.detail for s in steps if (s.kind, s.recipient) == (StepKind.SCRIPTED, marie.mailbox.lower())
        ]

    expected = ["PUTSCRIPT tri", "SETACTIVE tri", "SETACTIVE "]
    wait_until(lambda: logged() == expected)
