"""What an applicant sends."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from vaguemestre.desks.enrolment.rules.proofs import LARGEST, MOST, kind_of
from vaguemestre.desks.enrolment.values import Applicant, ProofFile, Work, Workplace
from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.sizes import MEGABYTE
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.days import DayField
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.directory.rules.places import department_name, parse_uai

WORKPLACES = {
    Workplace.SCHOOL: "une école publique (maternelle, élémentaire)",
    Workplace.COLLEGE: "un collège ou un lycée public",
    Workplace.PRIVATE_SCHOOL: "une école privée sous contrat",
    Workplace.PRIVATE_COLLEGE: "un collège ou un lycée privé sous contrat",
    Workplace.OFFICE: "un service : rectorat, DSDEN, circonscription, CIO",
    Workplace.HIGHER: "une université ou une grande école",
}
WORKS = {
    Work.TEACHER: "enseignant ou enseignante",
    Work.HEAD: "personnel de direction (ou directeur, directrice d’école)",
    Work.EDUCATION: "CPE",
    Work.PSYCHOLOGIST: "psychologue de l’Éducation nationale",
    Work.STAFF: "personnel administratif, technique, social ou de santé",
    Work.INSPECTOR: "inspecteur ou inspectrice",
    Work.AESH: "AESH",
    Work.AED: "assistant ou assistante d’éducation",
}
UNANSWERED = ("", "Choisissez")  # an answer nobody chose would send people to somebody else's service
_OLDEST = 100 * 366  # days


class QuestionsForm(forms.Form):
    """The three questions that name the service in charge."""

    lieu = forms.ChoiceField(
        label="Vous exercez dans…",
        choices=[UNANSWERED, *WORKPLACES.items()],
        error_messages={"required": "Choisissez un lieu."},
    )
    metier = forms.ChoiceField(
        label="Vous êtes…",
        choices=[UNANSWERED, *WORKS.items()],
        error_messages={"required": "Choisissez votre métier."},
    )
    departement = forms.ChoiceField(
        label="Département", error_messages={"required": "Choisissez votre département."}
    )

    def __init__(self, *args: Any, departments: Sequence[str], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(code, department_name(code)) for code in departments]
        self.fields["departement"].choices = [UNANSWERED, *choices] if len(choices) > 1 else choices  # type: ignore[attr-defined]

    @property
    def answers(self) -> tuple[Workplace, Work, str]:
        given = self.cleaned_data
        return Workplace(given["lieu"]), Work(given["metier"]), given["departement"]


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class ProofsField(forms.FileField):
    """Several files, each judged by its content. The value is a list of `ProofFile`."""

    def __init__(self, **options: Any) -> None:
        attrs = {"accept": ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"}
        super().__init__(widget=ManyFilesInput(attrs), **options)

    def clean(self, data: Any, initial: Any = None) -> Any:
        files: list[UploadedFile[Any]] = [one for one in (data or []) if one]
        if not files:
            if self.required:
                raise ValidationError(self.error_messages["required"])
            return []
        if len(files) > MOST:
            raise ValidationError(f"{MOST} fichiers au plus.")
        return [_proof(one) for one in files]


def _proof(given: UploadedFile[Any]) -> ProofFile:
    name = str(given.name or "fichier")[:100]
    content = given.read(LARGEST + 1)
    try:
        return ProofFile(name, kind_of(content, name), content)
    except Refusal as refusal:
        raise ValidationError(sentence(refusal)) from refusal


class RequestForm(forms.Form):
    """Civil status, post, school, proofs."""

    civilite = forms.ChoiceField(label="Civilité", choices=[("Mme", "Mme"), ("M.", "M.")])
    nom_naissance = forms.CharField(label="Nom de naissance", max_length=100)
    nom_usage = forms.CharField(label="Nom d’usage (s’il est différent)", max_length=100, required=False)
    prenom = forms.CharField(label="Prénom", max_length=100)
    naissance = DayField(label="Date de naissance")
    lieu_naissance = forms.CharField(label="Lieu de naissance", max_length=120)
    uai = forms.CharField(
        label="Code de l’établissement (UAI), si vous le connaissez", max_length=12, required=False
    )
    etablissement = forms.CharField(label="Établissement ou service, et ville", max_length=200)
    poste = forms.CharField(label="Poste occupé", max_length=120)
    debut = DayField(label="Prise de fonction")
    fin = DayField(label="Fin du contrat (s’il y en a une)", required=False)
    courriel = forms.CharField(
        label="Adresse électronique personnelle",
        max_length=254,
        help_text="Pour vous dire où en est la demande. Le NUMEN n’est jamais envoyé par courriel.",
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    postal = forms.CharField(
        label="Adresse postale",
        max_length=400,
        widget=forms.Textarea({"rows": 3, "autocomplete": "street-address"}),
    )
    pieces = ProofsField(
        label="Pièces : arrêté d’affectation ou contrat, et pièce d’identité",
        help_text=f"PDF, JPEG ou PNG, {LARGEST // MEGABYTE} Mo au plus chacune, {MOST} au plus.",
        error_messages={"required": "Joignez l’arrêté ou le contrat, et une pièce d’identité."},
    )

    def clean_naissance(self) -> date:
        born: date = self.cleaned_data["naissance"]
        today = paris_day(timezone.now())
        if not 15 * 365 < (today - born).days < _OLDEST:
            raise ValidationError("Vérifiez l’année de naissance.")
        return born

    def clean_uai(self) -> str:
        typed = str(self.cleaned_data["uai"]).strip()
        if not typed:
            return ""
        try:
            return parse_uai(typed).text
        except Refusal as refusal:
            raise ValidationError(
                f"{sentence(refusal)} Laissez vide si vous ne le connaissez pas."
            ) from refusal

    def clean_courriel(self) -> str:
        try:
            return str(parse_address(self.cleaned_data["courriel"]))
        except Refusal as refusal:
            raise ValidationError(sentence(refusal)) from refusal

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = given.get("debut"), given.get("fin")
        if start and end and end < start:
            self.add_error("fin", "La fin est avant la prise de fonction.")
        return given

    def applicant(self, workplace: Workplace, work: Work, department: str) -> Applicant:
        given = self.cleaned_data
        return Applicant(
            civility=given["civilite"],
            birth_name=given["nom_naissance"].strip(),
            usage_name=given["nom_usage"].strip(),
            first_name=given["prenom"].strip(),
            birth_date=given["naissance"],
            birth_place=given["lieu_naissance"].strip(),
            workplace=workplace,
            work=work,
            department=department,
            uai=given["uai"],
            school=given["etablissement"].strip(),
            post=given["poste"].strip(),
            starts_on=given["debut"],
            ends_on=given["fin"],
            contact=given["courriel"],
            postal="\n".join(given["postal"].strip().splitlines()),
        )


class FollowForm(forms.Form):
    reference = forms.CharField(
        label="Référence de la demande",
        max_length=20,
        widget=forms.TextInput({"autocomplete": "off", "placeholder": "N26-XXXXXX"}),
    )
    secret = forms.CharField(
        label="Secret de suivi",
        max_length=40,
        help_text="Il était sur l’accusé de réception.",
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class CompleteForm(forms.Form):
    mots = forms.CharField(
        label="Votre réponse",
        max_length=600,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text="Facultative si vous joignez une pièce. Jamais de mot de passe.",
    )
    pieces = ProofsField(
        label="Pièces demandées",
        required=False,
        help_text=f"PDF, JPEG ou PNG, {LARGEST // MEGABYTE} Mo au plus chacune.",
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not given["mots"] and not given["pieces"]:
            self.add_error("mots", "Écrivez une réponse, ou joignez la pièce demandée.")
        return given
