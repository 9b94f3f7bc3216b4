"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "enrolment.born-otherwise": (
        "Cette personne n’est pas née à la date qu’écrit la demande : elle n’en est pas l’auteur. Si la "
        "demande se trompe de date, refusez-la en le disant ; si c’est la fiche, corrigez-la d’abord."
    ),
    "enrolment.changed-meanwhile": (
        "La fiche a changé pendant que vous la corrigiez : rien n’est enregistré. Relisez ci-dessous ce "
        "qu’elle dit maintenant, puis enregistrez à nouveau si votre correction reste juste."
    ),
    "enrolment.deceased": (
        "Le décès de cette personne est déclaré : la demande n’est pas d’elle. Si c’est une erreur, retirez "
        "d’abord la déclaration sur sa fiche (« Départ, congé, retour »)."
    ),
    "enrolment.known-already": (
        "Quelqu’un de très proche est connu : voyez plus bas si c’est la même personne ; sinon cochez « "
        "C’est quelqu’un d’autre » avant de créer."
    ),
    "enrolment.no-end": "Une arrivée à la main a toujours une date de fin.",
    "enrolment.no-numen": "Cette personne n’a pas de NUMEN.",
    "enrolment.no-service": "Aucun service de l’académie ne gère cette situation : appelez l’assistance.",
    "enrolment.not-a-colleague": "Cette personne n’est plus de ce service : choisissez quelqu’un d’autre.",
    "enrolment.note-empty": "Écrivez la note : elle n’est lue que par les services de gestion.",
    "enrolment.not-now": "La demande a changé d’état entre-temps : relisez-la.",
    "enrolment.not-on-wider-office": (
        "Cette personne administre ou audite la messagerie, ou a une fonction plus étendue que la vôtre : "
        "l’administration lui retire d’abord cette fonction."
    ),
    "enrolment.not-ours": (
        "Cette catégorie, dans cet établissement, est gérée par un autre service : c’est à lui de le faire."
    ),
    "enrolment.request-of-others": (
        "Comme cette demande dit le métier et l’établissement, un autre service crée la personne : "
        "%(service)s. Si "
        "la demande se trompe, corrigez-la ci-dessous (« Corriger où cette personne exerce »), ou entrez la "
        "personne par « Arrivée à la main », puis revenez dire ici qu’elle existe déjà. Sinon, "
        "transmettez la demande."
    ),
    "enrolment.numen-taken": (
        "Ce NUMEN est déjà celui de quelqu’un que l’on connaît. Relisez-le ; s’il est juste, la personne a "
        "déjà une fiche : cherchez-la dans « Personnes du service », ou demandez aux autres services."
    ),
    "enrolment.on-yourself": (
        "Personne ne change sa propre fiche : demandez à un collègue de votre service. S’il n’y en a pas, "
        "l’administration en nomme un."
    ),
    "enrolment.person-unknown": "Cette personne n’est pas de votre service.",
    "enrolment.proof-active": (
        "« %(name)s » contient des éléments actifs : imprimez-le en PDF simple, puis recommencez."
    ),
    "enrolment.proof-empty": "« %(name)s » est vide.",
    "enrolment.proof-kind": "« %(name)s » n’est ni un PDF, ni une image JPEG ou PNG.",
    "enrolment.proof-too-big": "« %(name)s » dépasse 5 Mo : réduisez-le ou numérisez-le plus légèrement.",
    "enrolment.school-unknown": "Aucun établissement ouvert ne porte le code « %(uai)s ».",
    "enrolment.service-unknown": "Choisissez un autre service de l’académie.",
    "enrolment.stay-too-long": "La fin doit être dans l’avenir, et dans un an au plus.",
    "enrolment.too-many": "Trop de demandes viennent de ce réseau : réessayez dans une heure.",
    "enrolment.unknown": (
        "Cette demande n’est pas, ou n’est plus, de votre service : elle a pu être transmise à un autre "
        "pendant que cette page était ouverte. Rien n’a été fait."
    ),
}
