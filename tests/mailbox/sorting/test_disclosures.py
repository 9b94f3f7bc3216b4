"""What an external text tells strangers."""

import pytest

from vaguemestre.mailbox.sorting.rules.disclosures import disclosures
from vaguemestre.mailbox.sorting.values import Disclosure


@pytest.mark.parametrize(
    "text",
    [
        "06 12 34 56 78",
        "0612345678",
        "03.22.82.38.23",
        "+33 6 12 34 56 78",
        "+33 (0)6 12 34 56 78",
        "00 33 322823823",
    ],
)
def test_a_phone_number_is_seen(text: str) -> None:
    assert disclosures(f"Appelez le {text}.") == (Disclosure.PHONE,)


@pytest.mark.parametrize(
    "text",
    [
        "en arrêt maladie",
        "à l’HÔPITAL",
        "un congé de maternité",
        "arrêt de travail",
        "suite à un accident",
        "Covid",
    ],
)
def test_a_word_of_health_is_seen(text: str) -> None:
    assert disclosures(f"Je suis absente, {text}.") == (Disclosure.HEALTH,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Je suis absente jusqu’au 3 janvier 2027 et vous répondrai à mon retour.",
        "Du 19/12/2026 au 03/01/2027, classe de 4e B, UAI 0801234A.",
        "Le numéro de dossier est 20261234567890.",
        "Pour l’opération « Écoles ouvertes », voyez le secrétariat.",
    ],
)
def test_an_ordinary_text_tells_nothing(text: str) -> None:
    assert disclosures(text) == ()
