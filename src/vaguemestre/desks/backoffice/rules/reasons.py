"""Why a line of a feed changed somebody, in words."""

_WORDS = {
    "arrival": "arrivée",
    "close": "compte fermé",
    "reopen": "compte rouvert",
    "source": "source déclarée",
}


def reason_said(what: str) -> str:
    """`what` as it is kept: names of columns and acts, separated by commas."""
    return ", ".join(_WORDS.get(one.strip(), one.strip()) for one in what.split(",") if one.strip())
