"""Form of a shared file's terms."""

from django import forms

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import day_refusal, parse_near_day
from vaguemestre.post.filelinks.values import Terms


class TermsForm(forms.Form):
    until = forms.CharField(label="Dernier jour", max_length=10)
    password = forms.CharField(label="Mot de passe", max_length=200, required=False, strip=False)
    open = forms.BooleanField(label="Sans mot de passe", required=False)

    def terms(self) -> Terms:
        """The terms; an empty password keeps the current one, unless « sans mot de passe » is ticked.

        Raises Refusal `filelinks.until-malformed`.
        """
        self.is_valid()
        day = self.data.get("until", "").strip()
        try:
            until = parse_near_day(day)
        except ValueError as error:
            raise Refusal(day_refusal(day, "filelinks.until-malformed"), field="until") from error
        password = self.data.get("password", "")
        return Terms(until, "" if self.data.get("open") else password or None)
