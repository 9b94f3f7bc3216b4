"""The académies since 2020: their code, name and departments (Code officiel géographique labels)."""

from typing import NamedTuple


class FoundedAcademy(NamedTuple):
    """An académie. `departments`: common numbers, as `02`, `2A`, `971`."""

    name: str
    departments: tuple[str, ...]


def _academy(name: str, departments: str) -> FoundedAcademy:
    return FoundedAcademy(name, tuple(departments.split()))


ACADEMIES = {
    "01": _academy("Paris", "75"),
    "02": _academy("Aix-Marseille", "04 05 13 84"),
    "03": _academy("Besançon", "25 39 70 90"),
    "04": _academy("Bordeaux", "24 33 40 47 64"),
    "06": _academy("Clermont-Ferrand", "03 15 43 63"),
    "07": _academy("Dijon", "21 58 71 89"),
    "08": _academy("Grenoble", "07 26 38 73 74"),
    "09": _academy("Lille", "59 62"),
    "10": _academy("Lyon", "01 42 69"),
    "11": _academy("Montpellier", "11 30 34 48 66"),
    "12": _academy("Nancy-Metz", "54 55 57 88"),
    "13": _academy("Poitiers", "16 17 79 86"),
    "14": _academy("Rennes", "22 29 35 56"),
    "15": _academy("Strasbourg", "67 68"),
    "16": _academy("Toulouse", "09 12 31 32 46 65 81 82"),
    "17": _academy("Nantes", "44 49 53 72 85"),
    "18": _academy("Orléans-Tours", "18 28 36 37 41 45"),
    "19": _academy("Reims", "08 10 51 52"),
    "20": _academy("Amiens", "02 60 80"),
    "22": _academy("Limoges", "19 23 87"),
    "23": _academy("Nice", "06 83"),
    "24": _academy("Créteil", "77 93 94"),
    "25": _academy("Versailles", "78 91 92 95"),
    "27": _academy("Corse", "2A 2B"),
    "28": _academy("La Réunion", "974"),
    "31": _academy("Martinique", "972"),
    "32": _academy("Guadeloupe", "971 977 978"),
    "33": _academy("Guyane", "973"),
    "43": _academy("Mayotte", "976"),
    "70": _academy("Normandie", "14 27 50 61 76 975"),
}
