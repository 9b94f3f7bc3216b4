"""The network that learns from readers which broken rules make junk. Asked of rspamd itself."""

import signal
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from tests.engines.live import LiveEngines, letter, wait_until
from tests.engines.rspamd.asked import ask
from tests.engines.rspamd.zone import Zone

from vaguemestre.engines.rspamd import configuration as rspamd
from vaguemestre.engines.rspamd.controller import JunkTraining

pytestmark = pytest.mark.engines
TRAINS = 8


@pytest.fixture(scope="module")
def quick(engines: LiveEngines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveEngines]:
    """A filter whose network is trained by few votes."""
    zone = Zone(tmp_path_factory.mktemp("zone"), engines.config.ports.names)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rspamd, "_NEURAL_TRAINS", TRAINS)
        patch.setattr(rspamd, "_NEURAL_SECONDS", 2)
        engines.start_filter(f"127.0.0.1:{engines.config.ports.names}")
    yield engines
    zone.end()
    for name in ("rspamd", "valkey"):
        if name in engines.children:
            engines.end(name, signal.SIGKILL)


def written(number: int, *, is_junk: bool) -> EmailMessage:
    """A message that breaks rules of its kind, and some that say nothing, told by the bits of `number`."""
    message = letter(
        "jean@dehors.example", "marie@ac-amiens.test", "Réunion de lundi", "Bonjour, voir ci-joint. " * 9
    )
    if is_junk:
        message.replace_header("Subject", "GAGNEZ TOUT DE SUITE !")
        message["X-Priority"] = "1"
        message.set_content("<a href='http://192.0.2.9/x'>ici</a>" * 3, subtype="html")
    if number & 1:
        message["Reply-To"] = "autre@ailleurs.example"
    if number & 2:
        message["List-Unsubscribe"] = "<https://dehors.example/fin>"
    if number & 4:
        del message["Message-ID"]
    if number & 8:
        message.add_attachment(b"%PDF-1.7 x", maintype="application", subtype="pdf", filename="a.pdf")
    return message


def test_enough_votes_of_both_kinds_train_it_and_it_tells_them_apart(quick: LiveEngines) -> None:
    config = quick.config
    teach = JunkTraining(config.ports.filter_controller, config.secrets_dir / "filter_key")

    def symbols(*, is_junk: bool) -> dict[str, float]:
        return ask(quick, written(12, is_junk=is_junk)).symbols

    assert "NEURAL_SPAM" not in symbols(is_junk=True)

    def is_trained() -> bool:
        for number in range(16):
            for is_junk in (True, False):
                teach(written(number, is_junk=is_junk).as_bytes(policy=SMTP), is_junk=is_junk)
        return "NEURAL_SPAM" in symbols(is_junk=True)

    wait_until(is_trained, 240)
    assert symbols(is_junk=True)["NEURAL_SPAM"] > 0
    assert symbols(is_junk=False).get("NEURAL_HAM", 0) < 0
