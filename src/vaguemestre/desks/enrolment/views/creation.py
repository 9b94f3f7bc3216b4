"""The confirmation before a NUMEN is created, or two people become alike: person, matches, consequences."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.http import HttpResponse

from vaguemestre.desks.enrolment import queries
from vaguemestre.desks.enrolment.http import OfficerRequest
from vaguemestre.desks.enrolment.queries.requests import RequestDetail
from vaguemestre.desks.enrolment.values import RequestState
from vaguemestre.desks.enrolment.views.labels_fr import MATCH_REASON_LABELS, STATE_LABELS
from vaguemestre.foundation.kernel.text import sizes
from vaguemestre.foundation.ui.confirmation import Confirmation, confirmation_page
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.queries import ManagedPerson, place_names
from vaguemestre.people.directory.rules.similarity import identity_of
from vaguemestre.people.directory.values import CivilStatus, Numen

IS_OTHER = "is_other"  # the officer rules out every match shown


class PostSummary(NamedTuple):
    """A post: its label and its days."""

    label: str
    starts_on: date
    ends_on: date | None


def creation_page(
    request: OfficerRequest,
    civil: CivilStatus,
    uai: str,
    post: PostSummary,
    back: str,
    fields: Sequence[tuple[str, str]],
    service: str,
    *,
    sponsor: str = "",
    numen: Numen | None = None,
) -> HttpResponse | None:
    """The confirmation page; None once it was confirmed unchanged, with every probable match ruled out.

    `numen`: the one the person has; None if one is issued.
    """
    people = queries.likely_people(request.scope, civil, uai, numen_keys.get())
    has_probable = any(person.is_probable for person in people)
    confirmation = Confirmation(
        title="Créer cette personne, avec son NUMEN ?"
        if numen
        else "Créer cette personne et lui attribuer un NUMEN ?",
        facts=_facts(civil, uai, post, service, sponsor),
        consequences=_consequences(numen),
        fields=fields,
        button="Créer la fiche" if numen else "Créer et attribuer un NUMEN",
        back=back,
        is_dangerous=False,
        extra={
            "people": [(person, MATCH_REASON_LABELS[person.reason]) for person in people],
            "has_probable": has_probable,
            "other_name": IS_OTHER,
        },
    )
    missing = has_probable and "confirm" in request.POST and IS_OTHER not in request.POST
    problem = "Cochez « C’est quelqu’un d’autre », ou revenez et dites que la personne existe déjà."
    return confirmation_page(
        request, confirmation, "enrolment/confirm_creation.html", problem=str(problem) if missing else ""
    )


def correction_page(
    request: OfficerRequest,
    person: ManagedPerson,
    civil: CivilStatus,
    back: str,
    fields: Sequence[tuple[str, str]],
) -> HttpResponse | None:
    """The confirmation page if a correction makes somebody like another person; None if not, or confirmed."""
    if person.civil and identity_of(person.civil) == identity_of(civil):
        return None
    alike = [
        other
        for other in queries.likely_people(request.scope, civil, "", numen_keys.get())
        if other.is_probable and other.person_id != person.person_id
    ]
    if not alike:
        return None
    name = f"{civil.shown_first_name} {civil.shown_last_name}, naissance le {civil.birth_date:%d/%m/%Y}"
    confirmation = Confirmation(
        title="Donner à cette fiche l’identité de quelqu’un d’autre ?",
        facts=[("Fiche", person.name), ("Deviendrait", name)],
        consequences=[
            "Une personne de ces noms, ou de noms voisins, et de cette naissance est déjà connue : les deux "
            "fiches se ressembleraient, et le prochain flux demanderait laquelle est la bonne.",
            "Un nouveau nom donne une nouvelle adresse ; celles d’avant reçoivent toujours.",
        ],
        fields=fields,
        button="Corriger",
        back=back,
        extra={
            "people": [(other, MATCH_REASON_LABELS[other.reason]) for other in alike],
            "has_probable": True,
            "other_name": IS_OTHER,
        },
    )
    missing = "confirm" in request.POST and IS_OTHER not in request.POST
    problem = "Cochez « C’est quelqu’un d’autre », ou revenez à la fiche." if missing else ""
    return confirmation_page(request, confirmation, "enrolment/confirm_creation.html", problem=problem)


def recognition_page(
    request: OfficerRequest, person: ManagedPerson, detail: RequestDetail, masked_numen: str, back: str
) -> HttpResponse | None:
    """The confirmation page before a request is said to be that person's: both, side by side."""
    applicant, civil = detail.applicant, person.civil
    birth_name = f"{civil.first_name} {civil.birth_name}" if civil else ""
    outcome = RequestState.EXISTING_FOUND if masked_numen else RequestState.APPROVED
    numen = (
        f"Son NUMEN ({masked_numen}) et son identifiant vont dans la lettre, à cette adresse : comparez-la à "
        "celle de son dossier."
        if masked_numen
        else "Un NUMEN est attribué à cette personne, pour toute sa carrière ; il ne se reprend pas."
    )
    confirmation = Confirmation(
        title="Cette demande est-elle de cette personne ?"
        if masked_numen
        else "Attribuer un NUMEN à cette personne ?",
        facts=[
            ("Personne", person.name),
            ("Sa naissance, au dossier", f"{birth_name}, {civil.birth_date:%d/%m/%Y}" if civil else ""),
            ("Poste", person.place),
            ("Demande", detail.reference),
            (
                "Naissance, dans la demande",
                f"{applicant.first_name} {applicant.birth_name}, {applicant.birth_date:%d/%m/%Y}",
            ),
            ("Adresse postale, dans la demande", ", ".join(applicant.postal.splitlines())),
        ],
        consequences=[
            numen,
            f"L’auteur de la demande lit « {STATE_LABELS[outcome]} », et reçoit un courriel.",
        ],
        fields=[("person_id", str(person.person_id))],
        button="C’est cette personne" if masked_numen else "Attribuer un NUMEN",
        back=back,
        is_dangerous=bool(masked_numen),
    )
    return confirmation_page(request, confirmation)


def _facts(
    civil: CivilStatus, uai: str, post: PostSummary, service: str, sponsor: str
) -> list[tuple[str, str]]:
    label, starts_on, ends_on = post
    template = "%(post)s, à partir du %(start)s" if not ends_on else "%(post)s, du %(start)s au %(end)s"
    days = {"start": f"{starts_on:%d/%m/%Y}", "end": f"{ends_on:%d/%m/%Y}" if ends_on else ""}
    name = f"{civil.civility} {civil.shown_first_name} {civil.shown_last_name}".strip()
    facts = [
        ("Personne", name),
        ("Nom de naissance", civil.birth_name),
        ("Date de naissance", f"{civil.birth_date:%d/%m/%Y}"),
        ("Établissement", f"{place_names([uai]).get(uai, '')} ({uai})".strip()),
        ("Poste", template % {"post": label, **days}),
        ("Service de gestion", service),
    ]
    return [*facts, ("Qui en répond", sponsor)] if sponsor else facts


def _consequences(numen: Numen | None) -> list[str]:
    quota = sizes.in_words(settings.CONFIG.mail.quota_mb * sizes.MEGABYTE)
    return [
        "La personne est enregistrée dans l’annuaire de l’académie.",
        f"Son NUMEN ({numen.masked}) est enregistré ; aucun autre ne lui est attribué."
        if numen
        else "Un NUMEN lui est attribué, pour toute sa carrière ; il ne se reprend pas.",
        "Un identifiant et une adresse sont formés de son nom ; jamais donnés à quelqu’un d’autre.",
        f"Un compte à activer est ouvert, avec une boîte de {quota}.",
    ]


def rejection_page(
    request: OfficerRequest, detail: RequestDetail, message: str, back: str
) -> HttpResponse | None:
    """The confirmation page before a request is refused: it stands beside what only asks for a document."""
    applicant = detail.applicant
    confirmation = Confirmation(
        title="Refuser cette demande ?",
        facts=[
            ("Demande", detail.reference),
            ("Personne", f"{applicant.first_name} {applicant.birth_name}"),
            ("Message", message),
        ],
        consequences=[
            "La personne reçoit ce message, et sa demande est close : rien ne la rouvre.",
            "S’il manque seulement une pièce, demandez-la : la demande reste ouverte.",
        ],
        fields=[("message", message)],
        button="Refuser",
        back=back,
    )
    return confirmation_page(request, confirmation)
