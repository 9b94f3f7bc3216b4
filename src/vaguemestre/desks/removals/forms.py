"""Forms of removals."""

from django import forms

from vaguemestre.desks.removals.values import Criteria


class SearchForm(forms.Form):
    message_id = forms.CharField(
        label="Message-ID",
        max_length=253,
        required=False,
        help_text="Celui de l’en-tête, avec ou sans chevrons ; ou, pour un envoi, l’identifiant (« id ») que "
        "notre serveur a écrit dans le premier « Received … (Postfix) ».",
    )
    sender = forms.CharField(
        label="Expéditeur d’enveloppe",
        max_length=254,
        required=False,
        help_text="Cherche tout ce qu’il a envoyé depuis trente jours, et de personne d’autre : "
        "donnez alors aussi l’objet.",
    )
    subject = forms.CharField(
        label="Objet exact",
        max_length=255,
        required=False,
        help_text="Seules les copies qui portent cet objet sont comptées. Seul, il cherche tout ce qui le "
        "porte depuis trente jours. Vide : tous les objets.",
    )
    link = forms.CharField(
        label="Lien",
        max_length=500,
        required=False,
        help_text="Adresse d’une page (avec ou sans ce qui suit « ? ») ou nom d’hôte. Sans Message-ID ni "
        "expéditeur, cherche ce qui est venu du dehors avec lui depuis trente jours. Il sera refusé à tout "
        "le monde ensuite, une fois qu’une deuxième personne l’aura accordé ; le retrait ne l’attend pas.",
    )
    file_sha256 = forms.CharField(
        label="Empreinte SHA-256 d’une pièce jointe",
        max_length=80,
        required=False,
        help_text="De même : cherchée sans Message-ID ni expéditeur, refusée à tout le monde ensuite.",
    )
    note = forms.CharField(label="Pourquoi", max_length=300, required=False)

    def criteria(self) -> Criteria:
        values = self.cleaned_data
        return Criteria(
            values["message_id"], values["sender"], values["subject"], values["link"], values["file_sha256"]
        )
