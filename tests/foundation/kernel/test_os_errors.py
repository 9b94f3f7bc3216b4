"""What the system refuses is said in French to who runs the instance."""

import errno

import pytest

from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.foundation.kernel.text.os_errors import os_error_fr, with_causes_in_french


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ECONNREFUSED, "Connection refused"), "connexion refusée"),
        (OSError(errno.ENOSPC, "No space left on device"), "il n’y a plus de place"),
        (FileNotFoundError(errno.ENOENT, "No such file or directory"), "rien n’est à cet endroit"),
        (TimeoutError("timed out"), "pas de réponse à temps"),
        (ConnectionResetError(), "connexion coupée"),
    ],
)
def test_what_is_usual_has_french_words(error: OSError, words: str) -> None:
    assert os_error_fr(error) == words


def test_what_is_rare_keeps_its_number_for_who_looks_it_up() -> None:
    assert os_error_fr(OSError(errno.ELOOP, "Too many levels of symbolic links")) == "erreur ELOOP"
    assert os_error_fr(OSError("odd")) == "erreur OSError"


def test_an_error_is_told_with_the_words_of_its_cause_in_french() -> None:
    refused = OSError(errno.ECONNREFUSED, "Connection refused")
    down = EngineDown(f"doveadm kick: {refused}")
    down.__cause__ = refused
    above = EngineDown(f"agent : {down}")
    above.__cause__ = down
    assert with_causes_in_french(above) == "agent : doveadm kick: connexion refusée"
    rare = EngineDown("smtp: odd")
    rare.__cause__ = OSError("odd")
    assert with_causes_in_french(rare) == "smtp: odd", "what has no French words keeps its own"
