"""Files of the ENT: given, their plan read, applied or given up."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.access.signin.http import SignedInRequest, recently_signed_in, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.schools.rosters import services
from vaguemestre.schools.rosters.forms import FilesForm
from vaguemestre.schools.rosters.http import asker_of, setting_of
from vaguemestre.schools.rosters.views.settings import back, settings_page


@require_POST
@signed_in
def stage_files(request: SignedInRequest, uai: str) -> HttpResponse:
    """Nothing changes: the page shows what they would."""
    given = {(one.name or "")[-120:]: one.read() for one in request.FILES.getlist("documents")}
    try:
        services.stage_files(asker_of(request), uai, given, numen_keys.get(), now=timezone.now())
    except Refusal as refusal:
        if refusal.facts.get("field") != "documents":
            raise
        form = FilesForm({})
        form.errors.clear()
        form.add_error("documents", sentence(refusal))
        return settings_page(request, uai, files_form=form, status=422)
    return back(uai, "")


@require_POST
@recently_signed_in
def apply_files(request: SignedInRequest, uai: str) -> HttpResponse:
    setting = setting_of(request, uai, losses_confirmed="confirmer" in request.POST)
    services.apply_staged(asker_of(request), uai, numen_keys.get(), setting, now=timezone.now())
    return back(uai, "import")


@require_POST
@signed_in
def drop_files(request: SignedInRequest, uai: str) -> HttpResponse:
    services.drop_staged(asker_of(request), uai)
    return back(uai, "abandon")
