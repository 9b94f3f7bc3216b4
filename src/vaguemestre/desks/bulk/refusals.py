"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "bulk.file-too-large": "Ce fichier dépasse 1 Mo : ne gardez que la colonne des identifiants.",
    "bulk.file-unreadable": (
        "Ce fichier n’est pas du texte : enregistrez la feuille en CSV, ou collez les identifiants dans "
        "un fichier texte."
    ),
    "bulk.gone": "Cet acte n’existe plus : choisissez-en un dans la liste.",
    "bulk.nobody": "Personne n’est choisi : revenez à la recherche, ou prenez un fichier d’identifiants.",
    "bulk.nobody-changes": "Cet acte ne changerait plus rien pour personne.",
    "bulk.not-now": "Cet acte a changé d’état entre-temps : rechargez la page.",
    "bulk.same-person": (
        "Une deuxième personne doit l’accorder : ce n’est pas à qui l’a décidé de le faire."
    ),
    "bulk.too-many": "Plus de %(most)s personnes à la fois : resserrez la recherche, ou coupez le fichier.",
}
