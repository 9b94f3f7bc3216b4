"""Whether a typed new password is taken; what is wrong goes to its form."""

from django.utils import timezone

from vaguemestre.access.signin import services
from vaguemestre.access.signin.forms import ChangePasswordForm, RenewPasswordForm
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import duration, sentence
from vaguemestre.people.credentials.ports import numen_words
from vaguemestre.people.credentials.queries import password_context_of
from vaguemestre.people.credentials.services import check_chosen_password


def is_acceptable(form: ChangePasswordForm, account_id: int) -> bool:
    """Whether the new password is strong enough and, if the form asks for it, the current one right."""
    if typed := form.data.get("new_password", ""):
        try:
            check_chosen_password(typed, password_context_of(account_id, typed, numen_words.get()))
        except Refusal as refusal:
            form.add_error("new_password", sentence(refusal))
    if not form.is_valid() or not isinstance(form, RenewPasswordForm):
        return form.is_valid()
    try:
        services.check_current_password(account_id, form.cleaned_data["current_password"], now=timezone.now())
    except Refusal as refusal:
        wait = refusal.facts.get("wait")
        readable = Refusal(refusal.code, wait=duration(wait)) if isinstance(wait, int) else refusal
        form.add_error("current_password", sentence(readable))
    return form.is_valid()
