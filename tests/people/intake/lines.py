"""Feeds for tests, written line by line."""

from vaguemestre.people.intake.feed_parsers.hr import COLUMNS

PERSON = {
    "dossier": "D1",
    "numen": "20E9501234ABC",
    "civilite": "Mme",
    "nom_naissance": "Lefèvre",
    "nom_usage": "",
    "prenom": "Élodie",
    "date_naissance": "04/05/1980",
    "categorie": "2D_PUBLIC",
    "statut": "TITULAIRE",
    "corps": "553",
    "discipline": "L0202",
    "uai": "0809001Z",
    "fonction": "ENS",
    "principal": "O",
    "debut": "01/09/2020",
    "fin": "",
    "courriel_secours": "",
}
SOMEBODY_ELSE = {
    "dossier": "D2",
    "numen": "09G0100001XYZ",
    "civilite": "M.",
    "nom_naissance": "Le Dupond",
    "prenom": "Marc",
    "date_naissance": "1982-01-09",
    "categorie": "1D_PUBLIC",
    "uai": "0609001H",
    "corps": "615",
    "discipline": "",
}


def line(**cells: str) -> str:
    """One line of somebody, with those cells different."""
    return ";".join({**PERSON, **cells}[column] for column in COLUMNS)


def other(**cells: str) -> str:
    """One line of somebody else."""
    return line(**{**SOMEBODY_ELSE, **cells})


def crowd(count: int, **cells: str) -> list[str]:
    """Lines of that many people who share nothing but their school and their first name."""
    return [
        line(
            **{
                "dossier": f"C{n:05d}",
                "numen": f"20E95{n:05d}CCC",
                "nom_naissance": f"Personne{'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10 % 10]}",
                "date_naissance": f"{n % 28 + 1:02d}/{n // 28 % 12 + 1:02d}/{1950 + n % 40}",
                **cells,
            }
        )
        for n in range(count)
    ]


def feed(*lines: str) -> bytes:
    return "\n".join([";".join(COLUMNS), *lines, ""]).encode()
