"""Before a NUMEN is created: who it is for, who is near, what will happen."""

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.http import HttpResponse

from vaguemestre.desks.enrolment import queries
from vaguemestre.desks.enrolment.http import OfficerRequest
from vaguemestre.desks.enrolment.views.words import MATCH_REASONS
from vaguemestre.foundation.kernel import sizes
from vaguemestre.foundation.ui.confirmation import Confirmation, confirmation_page
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.queries import ManagedPerson, place_names
from vaguemestre.people.directory.values import CivilStatus

IS_OTHER = "autre"  # the officer says that nobody shown is the one

type _Post = tuple[str, date, date | None]


def creation_page(
    request: OfficerRequest,
    civil: CivilStatus,
    uai: str,
    post: _Post,
    back: str,
    fields: Sequence[tuple[str, str]],
    service: str,
    *,
    sponsor: str = "",
) -> HttpResponse | None:
    """The page to show first; None when it was confirmed as it is now, matches answered."""
    near = queries.near_people(request.scope, civil, uai, numen_keys.get())
    needs_review = any(one.needs_review for one in near)
    asked = Confirmation(
        title="Créer cette personne et lui attribuer un NUMEN ?",
        facts=_facts(civil, uai, post, service, sponsor),
        consequences=_consequences(),
        fields=fields,
        button="Créer et attribuer un NUMEN",
        back=back,
        is_dangerous=False,
        extra={
            "near": [(one, MATCH_REASONS[one.reason]) for one in near],
            "needs_review": needs_review,
            "other_name": IS_OTHER,
        },
    )
    missing = needs_review and "confirm" in request.POST and IS_OTHER not in request.POST
    problem = "Cochez « C’est quelqu’un d’autre », ou revenez et dites que la personne existe déjà."
    return confirmation_page(
        request, asked, "enrolment/confirm_creation.html", problem=str(problem) if missing else ""
    )


def recognition_page(
    request: OfficerRequest,
    person: ManagedPerson,
    reference: str,
    back: str,
    fields: Sequence[tuple[str, str]],
) -> HttpResponse | None:
    """The same, for somebody known who has no NUMEN yet."""
    asked = Confirmation(
        title="Attribuer un NUMEN à cette personne ?",
        facts=[
            ("Personne", person.name),
            ("Née le", f"{person.civil.birth_date:%d/%m/%Y}" if person.civil else ""),
            ("Poste", person.place),
            ("Demande", reference),
        ],
        consequences=[
            "Un NUMEN est attribué à cette personne, pour toute sa carrière ; il ne se reprend pas.",
            "Son auteur lit « Vous avez déjà un NUMEN », et reçoit un courriel.",
        ],
        fields=fields,
        button="Attribuer un NUMEN",
        back=back,
        is_dangerous=False,
    )
    return confirmation_page(request, asked)


def _facts(civil: CivilStatus, uai: str, post: _Post, service: str, sponsor: str) -> list[tuple[str, str]]:
    words, starts_on, ends_on = post
    served = "%(post)s, à partir du %(start)s" if not ends_on else "%(post)s, du %(start)s au %(end)s"
    days = {"start": f"{starts_on:%d/%m/%Y}", "end": f"{ends_on:%d/%m/%Y}" if ends_on else ""}
    name = f"{civil.civility} {civil.shown_first_name} {civil.shown_last_name}".strip()
    told = [
        ("Personne", name),
        ("Nom de naissance", civil.birth_name),
        ("Date de naissance", f"{civil.birth_date:%d/%m/%Y}"),
        ("Établissement", f"{place_names([uai]).get(uai, '')} ({uai})".strip()),
        ("Poste", served % {"post": words, **days}),
        ("Service de gestion", service),
    ]
    return [*told, ("Qui en répond", sponsor)] if sponsor else told


def _consequences() -> list[str]:
    quota = sizes.in_words(settings.CONFIG.mail.quota_mb * sizes.MEGABYTE)
    return [
        "La personne est enregistrée dans l’annuaire de l’académie.",
        "Un NUMEN lui est attribué, pour toute sa carrière ; il ne se reprend pas.",
        "Un identifiant et une adresse sont formés de son nom ; jamais donnés à quelqu’un d’autre.",
        f"Un compte à activer est ouvert, avec une boîte de {quota}.",
    ]
