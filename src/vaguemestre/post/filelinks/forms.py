"""What the page of files left with us asks → values."""

from django import forms

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import day_refusal, parse_day
from vaguemestre.post.filelinks.values import Terms


class TermsForm(forms.Form):
    until = forms.CharField(label="Dernier jour", max_length=10)
    password = forms.CharField(label="Mot de passe", max_length=200, required=False, strip=False)
    open = forms.BooleanField(label="Sans mot de passe", required=False)

    def terms(self) -> Terms:
        """An empty password leaves the one there is, unless « sans mot de passe » is ticked.

        Raises Refusal `filelinks.until-malformed`.
        """
        self.is_valid()
        given = self.data
        typed = given.get("until", "").strip()
        try:
            until = parse_day(typed)
        except ValueError as error:
            raise Refusal(day_refusal(typed, "filelinks.until-malformed"), field="until") from error
        typed = given.get("password", "")
        return Terms(until, "" if given.get("open") else typed or None)
