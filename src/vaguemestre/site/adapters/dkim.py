"""`dkim.ports.LookUpText` on the DNS look-up that rooms share."""

from collections.abc import Sequence

from vaguemestre.engines.remote.dns_lookup import DnsLookup
from vaguemestre.mailbox.autoconfig.values import Question


class TextLookup:
    def __init__(self, look_up: DnsLookup) -> None:
        self._look_up = look_up

    def __call__(self, names: Sequence[str]) -> dict[str, tuple[str, ...] | None]:
        answers = self._look_up([Question(name, "TXT") for name in names])
        return {question.name: texts for question, texts in answers.items()}
