"""Keys handed over in person (docs/domain.md §4.4): serial numbers, PINs, and the receipt both sign."""

import re

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.text.french_dates import dated_moment_fr
from vaguemestre.foundation.ui.printed import PrintedDocument
from vaguemestre.people.credentials.values import KeyReceipt

_SERIAL = re.compile(r"[0-9A-Z][0-9A-Z-]{3,39}", re.ASCII)
_PIN = re.compile(r"\d{4,8}", re.ASCII)
_RUNS = "01234567890 98765432109"


def serial_typed(text: str) -> str:
    """The serial number in capitals, without spaces. Raises Refusal `credentials.serial-malformed`."""
    plain = "".join(text.split()).upper()
    if not _SERIAL.fullmatch(plain):
        raise Refusal("credentials.serial-malformed")
    return plain


def check_pin(pin: str) -> None:
    """Require four to eight digits, neither one digit repeated nor a run.

    Raises Refusal `credentials.pin-malformed` or `credentials.pin-too-easy`.
    """
    if not _PIN.fullmatch(pin):
        raise Refusal("credentials.pin-malformed")
    if len(set(pin)) == 1 or pin in _RUNS:
        raise Refusal("credentials.pin-too-easy")


def key_receipt(receipt: KeyReceipt) -> bytes:
    """The receipt, in PDF."""
    page = PrintedDocument("Remise d’une clé OTP", receipt.academy)
    page.facts(
        (
            ("Numéro de série", receipt.serial),
            ("Remise à", receipt.holder),
            ("Remise par", receipt.issuer),
            ("Le", dated_moment_fr(receipt.at)),
        ),
        codes=("Numéro de série",),
    )
    page.paragraph(
        "La clé est personnelle et reste la propriété de l’académie. Son détenteur choisit seul son code "
        "PIN, dans ses paramètres de sécurité, et ne le communique à personne. Perdue, volée ou cassée, elle "
        "est déclarée sans attendre, dans les mêmes paramètres ou à l’assistance : elle n’ouvre alors plus "
        "rien. Elle est rendue en quittant l’académie."
    )
    page.signatures((receipt.holder, receipt.issuer))
    return page.content()
