"""Transfer cards: this installation's own, and those of trusted partner installations."""

from collections.abc import Mapping
from pathlib import Path

from vaguemestre.mailbox.portability.rules.sealed import Card, Identity, identity, read_card, written_card
from vaguemestre.site import secrets
from vaguemestre.site.config import Config

_NAME = "moving_key"


def own(config: Config) -> Identity:
    return identity(config.academy.domain, secrets.read(config.secrets_dir, _NAME))


def known(config: Config) -> Mapping[str, Card]:
    """Trusted cards by domain."""
    cards = (read_card(path.read_text(encoding="utf-8")) for path in sorted(_folder(config).glob("*.json")))
    return {card.domain: card for card in cards}


class Partners:
    """Implements `portability.ports.Partners`; read again each time."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def own(self) -> Identity:
        return own(self._config)

    def known(self) -> Mapping[str, Card]:
        return known(self._config)


def trust(config: Config, card: Card) -> None:
    """Trust a partner's card for transfers; replaces an earlier card of that domain."""
    folder = _folder(config)
    folder.mkdir(mode=0o770, parents=True, exist_ok=True)
    name = "".join(char if char.isalnum() or char in "-." else "_" for char in card.domain)
    fresh = folder / f"{name}.new"
    fresh.write_text(written_card(card), encoding="utf-8")
    fresh.replace(folder / f"{name}.json")


def _folder(config: Config) -> Path:
    return config.data_dir / "partners"
