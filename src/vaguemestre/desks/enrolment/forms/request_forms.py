"""Forms of applicants."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from vaguemestre.desks.enrolment.forms.birth_dates import checked_birth_date
from vaguemestre.desks.enrolment.rules.proofs import MAX_FILE_BYTES, MAX_FILES, proof_media_type
from vaguemestre.desks.enrolment.values import Applicant, ProofFile, Work, WorkAnswers, Workplace
from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.text.sizes import MEGABYTE
from vaguemestre.foundation.ui.days import DayField
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.directory.rules.places import department_name, parse_uai

WORKPLACE_LABELS = {
    Workplace.SCHOOL: "une école publique (maternelle, élémentaire)",
    Workplace.COLLEGE: "un collège ou un lycée public",
    Workplace.PRIVATE_SCHOOL: "une école privée sous contrat",
    Workplace.PRIVATE_COLLEGE: "un collège ou un lycée privé sous contrat",
    Workplace.OFFICE: "un service : rectorat, DSDEN, circonscription, CIO",
    Workplace.HIGHER: "une université ou une grande école",
}
WORK_LABELS = {
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


class QuestionsForm(forms.Form):
    """The three questions that name the service in charge."""

    lieu = forms.ChoiceField(
        label="Vous exercez dans…",
        choices=[UNANSWERED, *WORKPLACE_LABELS.items()],
        error_messages={"required": "Choisissez un lieu."},
    )
    metier = forms.ChoiceField(
        label="Vous êtes…",
        choices=[UNANSWERED, *WORK_LABELS.items()],
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
    def answers(self) -> WorkAnswers:
        data = self.cleaned_data
        return WorkAnswers(Workplace(data["lieu"]), Work(data["metier"]), data["departement"])


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class ProofsField(forms.FileField):
    """Several files, each checked by its content. The value is a list of `ProofFile`."""

    def __init__(self, **options: Any) -> None:
        attrs = {"accept": ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"}
        super().__init__(widget=ManyFilesInput(attrs), **options)

    def clean(self, data: Any, initial: Any = None) -> Any:
        files: list[UploadedFile[Any]] = [file for file in (data or []) if file]
        if not files:
            if self.required:
                raise ValidationError(self.error_messages["required"])
            return []
        if len(files) > MAX_FILES:
            raise ValidationError(f"{MAX_FILES} fichiers au plus.")
        return [_proof(file) for file in files]


def _proof(upload: UploadedFile[Any]) -> ProofFile:
    name = str(upload.name or "fichier")[:100]
    content = upload.read(MAX_FILE_BYTES + 1)
    try:
        return ProofFile(name, proof_media_type(content, name), content)
    except Refusal as refusal:
        raise ValidationError(sentence(refusal)) from refusal


class RequestForm(forms.Form):
    """Civil status, post, school, proofs."""

    civility = forms.ChoiceField(label="Civilité", choices=[("", "Choisissez"), ("Mme", "Mme"), ("M.", "M.")])
    birth_name = forms.CharField(label="Nom de naissance", max_length=100)
    usage_name = forms.CharField(label="Nom d’usage (s’il est différent)", max_length=100, required=False)
    first_name = forms.CharField(label="Prénom", max_length=100)
    birth_date = DayField(label="Date de naissance", has_calendar=False)
    birth_place = forms.CharField(label="Lieu de naissance", max_length=120)
    uai = forms.CharField(
        label="Code de l’établissement (UAI), si vous le connaissez", max_length=12, required=False
    )
    school = forms.CharField(label="Établissement ou service, et ville", max_length=200)
    post = forms.CharField(label="Poste occupé", max_length=120)
    starts_on = DayField(label="Prise de fonction")
    ends_on = DayField(label="Fin du contrat (s’il y en a une)", required=False)
    contact = forms.CharField(
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
    proofs = ProofsField(
        label="Pièces : arrêté d’affectation ou contrat, et pièce d’identité",
        help_text=f"PDF, JPEG ou PNG, {MAX_FILE_BYTES // MEGABYTE} Mo au plus chacune, {MAX_FILES} au plus.",
        error_messages={"required": "Joignez l’arrêté ou le contrat, et une pièce d’identité."},
    )

    def clean_birth_date(self) -> date:
        return checked_birth_date(self.cleaned_data["birth_date"])

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

    def clean_contact(self) -> str:
        try:
            return str(parse_address(self.cleaned_data["contact"]))
        except Refusal as refusal:
            raise ValidationError(sentence(refusal)) from refusal

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = data.get("starts_on"), data.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", "La fin est avant la prise de fonction.")
        return data

    def applicant(self, workplace: Workplace, work: Work, department: str) -> Applicant:
        data = self.cleaned_data
        return Applicant(
            civility=data["civility"],
            birth_name=data["birth_name"].strip(),
            usage_name=data["usage_name"].strip(),
            first_name=data["first_name"].strip(),
            birth_date=data["birth_date"],
            birth_place=data["birth_place"].strip(),
            workplace=workplace,
            work=work,
            department=department,
            uai=data["uai"],
            school=data["school"].strip(),
            post=data["post"].strip(),
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            contact=data["contact"],
            postal="\n".join(data["postal"].strip().splitlines()),
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
    message = forms.CharField(
        label="Votre réponse",
        max_length=600,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text="Facultative si vous joignez une pièce. Jamais de mot de passe.",
    )
    proofs = ProofsField(
        label="Pièces demandées",
        required=False,
        help_text=f"PDF, JPEG ou PNG, {MAX_FILE_BYTES // MEGABYTE} Mo au plus chacune.",
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not data["message"] and not data["proofs"]:
            self.add_error("message", "Écrivez une réponse, ou joignez la pièce demandée.")
        return data
