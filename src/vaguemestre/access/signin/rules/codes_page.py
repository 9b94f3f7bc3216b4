"""A printable page of recovery codes."""

from collections.abc import Sequence

from vaguemestre.foundation.ui.printed import PrintedDocument


def codes_pdf(codes: Sequence[str], *, name: str, username: str, academy: str) -> bytes:
    page = PrintedDocument("Codes de secours", academy)
    page.facts((("Compte de", name), ("Identifiant", username)))
    page.paragraph(
        "Le jour où votre téléphone ou votre clé manque, écrivez l’un de ces codes à la place du code de "
        "vérification. Chacun ne sert qu’une fois : barrez-le ensuite."
    )
    page.codes(codes)
    page.paragraph(
        "Gardez cette page en lieu sûr, loin de l’ordinateur. Personne n’a à vous les demander, ni par "
        "téléphone ni par courriel. De nouveaux codes remplacent ceux-ci."
    )
    return page.content()
