"""Refusals of this room, in French."""

SENTENCES = {
    "paragraphs.empty": "Écrivez le paragraphe, ou revenez au texte de Vaguemestre seul.",
    "paragraphs.too-long": "Au plus %(most)s signes : il y en a %(length)s.",
}
