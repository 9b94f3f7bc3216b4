"""`[academy]`: whose mail this is."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated

from vaguemestre.people.directory.rules.academies import ACADEMIES
from vaguemestre.people.directory.rules.departments import NAMES as DEPARTMENTS
from vaguemestre.people.directory.rules.places import department_label
from vaguemestre.site.config import checks
from vaguemestre.site.config.checks import Rule, Section

_ACADEMY = checks.Check(ACADEMIES.__contains__, "est le code d’une académie, sur deux chiffres (20 : Amiens)")
_DEPARTMENTS = checks.each(
    checks.Check(
        lambda code: len(code) == 3 and department_label(code) in DEPARTMENTS,
        "est un département connu, écrit comme dans un UAI (002, 080, 620)",
    )
)


@dataclass(frozen=True)
class AcademySection(Section):
    """An académie of the installation: `[academy]`, or one `[[academy]]` for each (ADR 0036)."""

    code: Annotated[str, _ACADEMY] = "20"
    name: Annotated[str, checks.LINE] = "Académie d’Amiens"
    domain: Annotated[str, checks.DOMAIN] = "ac-amiens.test"
    departments: Annotated[tuple[str, ...], _DEPARTMENTS] = ("002", "060", "080")
    # Where its people reach the pages; empty: `[web] public_url`.
    public_url: Annotated[str, checks.ORIGIN] = ""
    # The certificate of its own names (PEM, followed by its chain) and its key; empty: that of `[tls]`.
    certificate: Annotated[str, checks.ABSOLUTE_PATH] = ""
    key: Annotated[str, checks.ABSOLUTE_PATH] = ""
    # The template of signatures: HTML with variables.
    signature: Annotated[str, checks.HTML] = "<b>{nom}</b><br>{fonction}<br>{etablissement}<br>{academie}"
    # Whether each person chooses how to sign, or every message carries the académie's signature.
    signature_use: Annotated[str, checks.one_of("proposed", "imposed")] = "proposed"
    numen_layout: Annotated[str, checks.one_of("standard", "seed")] = "seed"
    # The zone of its school holidays.
    school_zone: Annotated[str, checks.one_of("A", "B", "C", "")] = "B"
    colleague_domains: Annotated[
        tuple[str, ...], checks.DOMAINS
    ] = ()  # others answered as colleagues when DMARC proves them
    # Whether people of the other académies of the installation are colleagues as well.
    colleagues: Annotated[str, checks.one_of("own", "installation")] = "own"
    # Names that nobody outside signs with, unless to deceive.
    house_names: Annotated[tuple[str, ...], checks.LINES] = (
        "Académie", "Rectorat", "Recteur", "Rectrice", "DSI", "DSDEN", "DASEN", "Inspection académique",
        "Inspecteur d’académie", "Inspectrice d’académie", "Directeur académique", "Directrice académique",
        "Assistance",
        "Éducation nationale", "Ministère de l’Éducation nationale",
        "Support informatique", "Messagerie", "Webmail", "Ressources humaines",
        "Administrateur",
    )  # fmt: skip
    # Of a first activation: NUMEN and birth date, or "numen+code" (a delivered code too).
    proof: Annotated[str, checks.one_of("numen", "numen+code")] = "numen"
    # Identifiant + NUMEN on the sign-in page lead into a first activation, unless one académie closes it.
    numen_at_sign_in: bool = True
    # The username of a person who comes from another académie of the installation.
    username_on_arrival: Annotated[str, checks.one_of("new", "kept")] = "new"
    # Given to ProConnect. The default, of the demonstration, belongs to nobody.
    siret: Annotated[str, checks.SIRET] = "17800000000004"
    # The three lines of the help desk on `/aide`; empty: not shown.
    help_phone: Annotated[str, checks.OPTIONAL_LINE] = ""
    help_hours: Annotated[str, checks.OPTIONAL_LINE] = ""
    help_address: Annotated[str, checks.ADDRESS] = ""
    # The data protection officer, on `/donnees-personnelles`.
    privacy_address: Annotated[str, checks.ADDRESS] = ""

    def broken_rules(self) -> Iterator[Rule]:
        """Departments outside of the académie, or none."""
        academie = ACADEMIES.get(self.code)
        elsewhere = [
            code for code in self.departments if academie and department_label(code) not in academie[1]
        ]
        if elsewhere:
            yield Rule(
                ("academy.departments", "academy.code"),
                f"[academy] « departments » : {', '.join(elsewhere)} n’est pas dans l’académie « code » = "
                f"{self.code} ({academie.name if academie else ''})",
            )
        if bool(self.certificate) != bool(self.key):
            yield Rule(
                ("academy.certificate", "academy.key"), "[academy] « certificate » et « key » vont ensemble"
            )
        if not self.departments:
            yield Rule(("academy.departments",), "[academy] « departments » est vide")

    def with_demonstration_desk(self) -> "AcademySection":
        """The same académie with a help desk that can be shown, on a number Arcep keeps for fiction."""
        return replace(
            self,
            help_phone=self.help_phone or "03 53 01 20 26",
            help_hours=self.help_hours or "du lundi au vendredi, de 8 h à 18 h",
        )
