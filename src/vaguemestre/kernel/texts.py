"""Words compared as people compare them."""

import unicodedata


def bare(text: str) -> str:
    """Lower case, without accents: `Élodie N’Diaye` is `elodie n’diaye`."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
