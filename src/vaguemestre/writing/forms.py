"""What the composer sends → values. Nothing typed is lost for being wrong: the rules say where."""

from django import forms

from vaguemestre.webmail.values import MessageRef
from vaguemestre.writing.values import Mode, Opening, Written

_MODES = tuple((mode.value, mode.value) for mode in Mode)


class OpeningForm(forms.Form):
    mode = forms.ChoiceField(choices=_MODES)
    folder = forms.CharField(max_length=500, required=False, strip=False)
    uid_validity = forms.IntegerField(min_value=1, max_value=2**32 - 1, required=False)
    uid = forms.IntegerField(min_value=1, max_value=2**32 - 1, required=False)
    to = forms.CharField(max_length=10_000, required=False)

    def opening(self) -> Opening | None:
        """None when what was asked makes no sense."""
        if not self.is_valid():
            return None
        given = self.cleaned_data
        mode = Mode(given["mode"])
        if mode is Mode.NEW:
            return Opening(mode, to=given["to"])
        if not (given["folder"] and given["uid_validity"] and given["uid"]):
            return None
        return Opening(mode, MessageRef(given["folder"], given["uid_validity"], given["uid"]))


class WrittenForm(forms.Form):
    to = forms.CharField(required=False, strip=False)
    cc = forms.CharField(required=False, strip=False)
    bcc = forms.CharField(required=False, strip=False)
    subject = forms.CharField(required=False, strip=False)
    html = forms.CharField(required=False, strip=False)
    text = forms.CharField(required=False, strip=False)
    plain = forms.BooleanField(required=False)
    unfolded = forms.BooleanField(required=False)
    revision = forms.IntegerField(min_value=0, required=False)
    attempt = forms.IntegerField(min_value=1, required=False)
    later = forms.CharField(max_length=40, required=False)

    def written(self) -> Written:
        """What was typed, as typed."""
        given = self.data
        return Written(
            to=given.get("to", ""),
            cc=given.get("cc", ""),
            bcc=given.get("bcc", ""),
            subject=given.get("subject", ""),
            html=given.get("html", ""),
            text=given.get("text", ""),
            is_plain=bool(given.get("plain")),
            keeps_quote=not given.get("unfolded"),
        )

    def number(self, name: str, otherwise: int) -> int:
        """A whole number of the form; `otherwise` when it is absent or is none."""
        self.is_valid()
        value = self.cleaned_data.get(name)
        return value if isinstance(value, int) else otherwise


class EnclosureForm(forms.Form):
    name = forms.CharField(max_length=1000, strip=False)
    kind = forms.CharField(max_length=200, required=False)
    size = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    picture = forms.BooleanField(required=False)
