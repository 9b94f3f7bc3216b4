"""A school's settings: writing rights, allowed people, imports."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, act_words, recently_signed_in, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.schools.rosters import queries, services
from vaguemestre.schools.rosters.forms import FilesForm, PersonForm, RightsForm
from vaguemestre.schools.rosters.http import class_writer_of, import_settings
from vaguemestre.schools.rosters.ports import read_apart

DONE_MESSAGES = {
    "droits": "Droits enregistrés.",
    "personnes": "Personnes enregistrées.",
    "import": "Classes importées.",
    "abandon": "Fichiers oubliés, rien n’a changé.",
}


@require_GET
@signed_in
def show_settings(request: SignedInRequest, uai: str) -> HttpResponse:
    return settings_page(request, uai)


@require_POST
@recently_signed_in
@act_words("changer qui écrit aux familles")
def decide_rights(request: SignedInRequest, uai: str) -> HttpResponse:
    writer = class_writer_of(request)
    school = queries.own_school(writer, uai)
    form = RightsForm(request.POST, rights=queries.rights_in(school.structure_id))
    if not form.is_valid():
        return settings_page(request, uai, rights_form=form, status=422)
    services.decide_rights(writer, uai, form.rights(), now=timezone.now())
    return redirect_to_settings(uai, "droits")


@require_POST
@recently_signed_in
@act_words("changer les personnes de l’établissement")
def change_people(request: SignedInRequest, uai: str) -> HttpResponse:
    """Withdraw the permission of the person `remove`, or allow the person at `address`."""
    writer, removed = class_writer_of(request), request.POST.get("remove", "")
    if removed.isdecimal():
        services.forbid_person(writer, uai, int(removed), now=timezone.now())
        return redirect_to_settings(uai, "personnes")
    form = PersonForm(request.POST)
    if form.is_valid():
        try:
            services.allow_person(writer, uai, form.cleaned_data["address"], now=timezone.now())
            return redirect_to_settings(uai, "personnes")
        except Refusal as refusal:
            if refusal.code != "rosters.not-of-the-school":
                raise
            form.add_error("address", sentence(refusal))
    return settings_page(request, uai, person_form=form, status=422)


def redirect_to_settings(uai: str, done: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('rosters:settings', args=[uai])}?fait={done}")


def settings_page(
    request: SignedInRequest,
    uai: str,
    *,
    rights_form: RightsForm | None = None,
    person_form: PersonForm | None = None,
    files_form: FilesForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The settings page, with a form to correct if there is one. Raises Refusal `rosters.not-the-owner`."""
    writer = class_writer_of(request)
    school = queries.own_school(writer, uai)
    plan, broken = None, ""
    try:
        plan = services.staged_plan(
            writer, uai, numen_keys.get(), import_settings(request, uai), read_apart.get()
        )
    except Refusal as refusal:
        broken = sentence(refusal)
    context = {
        "school": school,
        "roster": queries.roster_summary(writer, school),
        "rights_form": rights_form or RightsForm(rights=queries.rights_in(school.structure_id)),
        "person_form": person_form or PersonForm(),
        "files_form": files_form or FilesForm(),
        "people": queries.allowed_writers(school.structure_id),
        "imports": queries.imports_of(school.structure_id),
        "plan": plan,
        "step": plan.steps[0] if plan and plan.steps else None,
        "broken": broken,
        "done": DONE_MESSAGES.get(request.GET.get("fait", ""), ""),
    }
    return render(request, "rosters/settings.html", context, status=status)
