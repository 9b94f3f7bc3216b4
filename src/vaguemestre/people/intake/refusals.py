"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "intake.columns-missing": "Colonnes absentes de la première ligne du fichier%(of)s : %(columns)s.",
    "intake.columns-twice": "Colonnes présentes deux fois dans le fichier%(of)s : %(columns)s.",
    "intake.departures-wrong": (
        "Pour confirmer, écrivez le nombre de départs : %(departures)s. Rien n’a été appliqué."
    ),
    "intake.match-answered": "Quelqu’un a déjà répondu à ce rapprochement.",
    "intake.match-followed": (
        "Un import a suivi cette réponse depuis : elle ne se reprend plus. Si elle était fausse, "
        "corrigez la fiche, ou voyez avec l’administration."
    ),
    "intake.match-unknown": "Ce rapprochement n’existe pas.",
    "intake.feed-decided": "Cet import n’attend pas de décision, ou n’en attend plus.",
    "intake.feed-refused": "%(reason)s",
    "intake.file-changed": (
        "Le fichier a été modifié pendant sa lecture : ce qui est appliqué le reste, relancez."
    ),
    "intake.file-empty": "Le fichier%(of)s est vide.",
    "intake.file-encoding": "Le fichier%(of)s n’est pas un texte UTF-8 : enregistrez-le en « CSV UTF-8 ».",
    "intake.header-absent": (
        "La première ligne du fichier%(of)s ne porte pas les noms des colonnes, que voici (leur ordre "
        "est libre) : %(columns)s"
    ),
    "intake.import-running": "Un autre import est en cours : attendez sa fin.",
    "intake.line-ends": (
        "Les lignes du fichier%(of)s finissent comme sur un ancien Mac : enregistrez-le en « CSV UTF-8 »."
    ),
    "intake.plan-replaced": (
        "Le plan a été refait depuis que cette page est ouverte : relisez-le avant de confirmer."
    ),
    "intake.plan-stale": "%(reason)s Rien n’a été appliqué : refaites le plan et relisez-le.",
    "intake.separator-wrong": (
        "Le séparateur du fichier%(of)s est %(found)s : enregistrez-le avec des points-virgules."
    ),
    "intake.match-oneself": (
        "Cette ressemblance porte sur votre propre fiche : un collègue de votre service, ou une autre "
        "personne de l’administration, y répond."
    ),
    "intake.same-person": (
        "Vous avez donné ce fichier, et plus de %(most)s personnes partent, avec ceux que vous avez donnés "
        "et confirmés depuis vingt-quatre heures : faites-le confirmer par une autre personne de "
        "l’administration. Rien n’a été appliqué."
    ),
}
