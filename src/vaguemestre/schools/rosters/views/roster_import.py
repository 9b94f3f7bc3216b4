"""Files of the ENT: uploaded, reviewed, applied or discarded."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.access.signin.http import SignedInRequest, act_words, recently_signed_in, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.schools.rosters import services
from vaguemestre.schools.rosters.forms import FilesForm
from vaguemestre.schools.rosters.http import class_writer_of, import_settings
from vaguemestre.schools.rosters.ports import read_apart
from vaguemestre.schools.rosters.views.settings import redirect_to_settings, settings_page


@require_POST
@signed_in
def stage_files(request: SignedInRequest, uai: str) -> HttpResponse:
    """Store the uploaded files; the settings page then shows their plan."""
    files = {(upload.name or "")[-120:]: upload.read() for upload in request.FILES.getlist("documents")}
    try:
        services.stage_files(class_writer_of(request), uai, files, numen_keys.get(), now=timezone.now())
    except Refusal as refusal:
        if refusal.facts.get("field") != "documents":
            raise
        form = FilesForm({})
        form.errors.clear()
        form.add_error("documents", sentence(refusal))
        return settings_page(request, uai, files_form=form, status=422)
    return redirect_to_settings(uai, "")


@require_POST
@recently_signed_in
@act_words("importer des élèves et des responsables")
def apply_files(request: SignedInRequest, uai: str) -> HttpResponse:
    setting = import_settings(request, uai, losses_confirmed="confirm_losses" in request.POST)
    writer, keys = class_writer_of(request), numen_keys.get()
    services.apply_staged(writer, uai, keys, setting, read_apart.get(), now=timezone.now())
    return redirect_to_settings(uai, "import")


@require_POST
@signed_in
def discard_files(request: SignedInRequest, uai: str) -> HttpResponse:
    services.discard_staged(class_writer_of(request), uai)
    return redirect_to_settings(uai, "abandon")
