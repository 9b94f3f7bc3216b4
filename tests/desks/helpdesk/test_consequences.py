"""What an act on an account will cut is said before it, with its counts and nothing that does not happen."""

from dataclasses import replace

import pytest

from vaguemestre.desks.helpdesk.rules.consequences import CONFIRMED_ACTIONS, consequences
from vaguemestre.desks.helpdesk.rules.key_list import MAX_KEYS, parse_key_list
from vaguemestre.desks.helpdesk.values import AccountImpact, DeskAction
from vaguemestre.foundation.kernel.errors import Refusal

NOBODY = AccountImpact(
    name="Nicolas Morel",
    username="nmorel",
    place="",
    contact="",
    sessions=0,
    app_passwords=0,
    factors=(),
    has_recovery_codes=False,
    has_password=False,
    has_code=False,
    outgoing_messages=0,
    kept_back=0,
)
BUSY = replace(
    NOBODY,
    contact="z…@dehors.example",
    sessions=2,
    app_passwords=1,
    factors=("application",),
    has_recovery_codes=True,
    has_password=True,
    has_code=True,
    outgoing_messages=3,
    kept_back=4,
)


def text(action: DeskAction, account: AccountImpact, hours: int = 0) -> str:
    return " ".join(consequences(action, account, hours)).replace("\u00a0", " ")


@pytest.mark.parametrize("action", sorted(DeskAction))
def test_an_act_has_consequences_if_it_is_confirmed(action: DeskAction) -> None:
    assert bool(consequences(action, BUSY, 0)) is (action in CONFIRMED_ACTIONS)


def test_a_compromise_says_each_thing_that_it_cuts() -> None:
    said = text(DeskAction.COMPROMISED, BUSY, 48)
    for words in (
        "2 sessions ouvertes sont fermées.",
        "1 mot de passe d’application est révoqué",
        "Le mot de passe est effacé",
        "application, codes de secours",
        "Le code déjà donné ne sert plus.",
        "3 courriels en partance sont retenus ; vous déciderez de les laisser partir ou de les jeter",
        "Les publipostages, la notification d’absence et les réponses vers une adresse extérieure",
        "dans ses boîtes partagées, pour ceux de ses filtres et ceux des membres qu’elle y a mis",
        "La messagerie reste fermée 48 heures",
        "Une lettre part à z…@dehors.example",
    ):
        assert words in said


def test_a_compromise_names_no_factor_that_there_is_not_and_agrees_with_one() -> None:
    assert "seconds facteurs" not in text(DeskAction.COMPROMISED, NOBODY)
    said = text(DeskAction.COMPROMISED, replace(NOBODY, outgoing_messages=1))
    assert "1 courriel en partance est retenu ; vous déciderez de le laisser partir ou de le jeter" in said


def test_a_compromise_does_not_say_what_is_not_there_to_cut() -> None:
    said = text(DeskAction.COMPROMISED, NOBODY)
    assert "Aucune session n’est ouverte en ce moment." in said
    assert "par un code remis en main propre" in said
    for words in ("d’application est", "mot de passe est effacé", "code déjà donné", "en partance", "heure"):
        assert words not in said


def test_a_suspension_says_that_programs_are_cut_where_there_are_some() -> None:
    assert "Ses logiciels de courrier sont coupés" in text(DeskAction.SUSPEND, BUSY)
    assert "logiciels" not in text(DeskAction.SUSPEND, NOBODY)


def test_a_suspension_says_what_reopening_does_not_bring_back() -> None:
    said = text(DeskAction.SUSPEND, NOBODY)
    assert "Sa notification d’absence ne répond plus" in said
    assert "« Rouvrir » remet le reste comme avant" in said


def test_messages_thrown_away_are_counted() -> None:
    assert text(DeskAction.THROW_AWAY, BUSY).startswith("4 courriels retenus sont jetés")


def test_a_list_of_keys_reads_hexadecimal_and_base32() -> None:
    secret = b"12345678901234567890"
    lines = f"TK1;{secret.hex()}\n\nTK2, gezd gnbv gy3t qojq gezd gnbv gy3t qojq\n"
    assert parse_key_list(lines) == [("TK1", secret), ("TK2", secret)]


@pytest.mark.parametrize(
    "line", ["TK2;1234", "TK2;pas une clé !", ";31323334353637383930313233343536", "TK2"]
)
def test_a_line_that_is_no_key_is_refused_with_its_number(line: str) -> None:
    with pytest.raises(Refusal, match="key-line") as refused:
        parse_key_list(f"TK1;{b'1234567890123456'.hex()}\n\n{line}")
    assert refused.value.facts["line"] == 3


def test_a_list_longer_than_allowed_is_refused_whole() -> None:
    with pytest.raises(Refusal, match="key-list-long"):
        parse_key_list("TK;31323334353637383930313233343536\n" * (MAX_KEYS + 1))
