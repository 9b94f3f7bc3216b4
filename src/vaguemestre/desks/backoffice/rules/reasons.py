"""French labels of the reasons a feed line changed a person."""

_LABELS = {
    "arrival": "arrivée",
    "close": "compte fermé",
    "reopen": "compte rouvert",
    "source": "source déclarée",
}


def reason_label(what: str) -> str:
    """The labels of `what`: stored column and action names, separated by commas."""
    return ", ".join(_LABELS.get(name.strip(), name.strip()) for name in what.split(",") if name.strip())
