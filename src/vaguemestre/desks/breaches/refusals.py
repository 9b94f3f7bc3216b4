"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "breaches.began-after-known": (
        "Le début vient après le jour où elle a été connue : corrigez l’une des dates."
    ),
    "breaches.known-after-notice": (
        "Un avis est déjà enregistré avant ce moment : elle était connue quand il est parti."
    ),
    "breaches.notice-before-known": "Cet avis serait parti avant que la violation soit connue.",
    "breaches.gone": "Ce dossier n’est pas dans le registre : choisissez-en un dans la liste.",
    "breaches.closed": "Ce dossier est clos : ouvrez-en un autre si les faits reprennent.",
    "breaches.in-the-future": "Cette date est dans l’avenir : indiquez le moment où c’est arrivé.",
    "breaches.title-missing": "Écrivez en une ligne ce qui est arrivé.",
    "breaches.recipient-missing": "Indiquez à qui l’avis a été envoyé.",
    "breaches.note-missing": (
        "Écrivez pourquoi le dossier est clos, et pourquoi un avis n’a pas été envoyé s’il en manque un."
    ),
}
