"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "contacts.address-twice": "Cette adresse est déjà dans votre carnet.",
    "contacts.birthday-malformed": "Écrivez l’anniversaire sous la forme JJ/MM/AAAA.",
    "contacts.book-full": "Ce carnet est plein : %(most)s contacts au plus.",
    "contacts.book-heavy": "Ce carnet pèserait plus de %(most)s Mo : retirez-en des photos.",
    "contacts.book-too-heavy": (
        "Ce carnet dépasse %(most)s Mo : demandez une copie de vos données, qui le contient."
    ),
    "contacts.busy": (
        "Plusieurs synchronisations de ce carnet sont en cours : la suite se fera dans un instant."
    ),
    "contacts.card-too-heavy": "Cette fiche a trop de lignes : %(most)s au plus. Allégez-la.",
    "contacts.columns-unknown": (
        "Aucune colonne de ce fichier n’est reconnue : gardez la ligne de titres de l’export."
    ),
    "contacts.control-character": "Un des champs contient un caractère qui n’y a pas sa place.",
    "contacts.empty-card": "Donnez un nom, une adresse électronique ou une organisation.",
    "contacts.file-busy": (
        "D’autres carnets sont en cours d’import ou d’export : recommencez dans une minute."
    ),
    "contacts.file-empty": "Ce fichier est vide.",
    "contacts.file-too-big": "Ce fichier est trop lourd : 10 Mo au plus.",
    "contacts.file-too-complex": (
        "Ce fichier est trop long à lire en une fois : partagez-le en plusieurs fichiers plus petits. "
        "Ce qui est déjà dans le carnet y reste."
    ),
    "contacts.file-unreadable": "Ce fichier n’est ni une vCard ni un CSV lisible.",
    "contacts.gone": "Ce contact n’existe plus.",
    "contacts.no-such-book": "Ce carnet n’existe pas, ou vous n’y avez pas accès.",
    "contacts.nobody-of-that-name": "Aucun compte ne porte cet identifiant ou cette adresse.",
    "contacts.photo-busy": "D’autres photos sont en cours de lecture : recommencez dans un instant.",
    "contacts.photo-unreadable": (
        "Cette photo n’est pas lisible, ou trop grande : choisissez une image JPEG ou PNG de 16 millions de "
        "points au plus."
    ),
    "contacts.query-too-long": (
        "Cette demande nomme trop de propriétés : %(most)s au plus. Mettez votre application à jour."
    ),
    "contacts.query-unreadable": (
        "Cette demande n’est pas un XML lisible sans DTD. Mettez à jour l’application qui l’envoie."
    ),
    "contacts.read-only": "Vous pouvez lire ce carnet, pas le changer.",
    "contacts.too-heavy-for-mailing": (
        "Les fiches de ces destinataires sont trop lourdes à lire ensemble : allégez-les, "
        "ou donnez un fichier."
    ),
    "contacts.too-heavy-to-merge": (
        "Ces fiches sont trop lourdes pour être fusionnées ensemble : fusionnez-les deux par deux."
    ),
    "contacts.too-long": "Un des champs est trop long.",
    "contacts.too-many-columns": "Ce fichier a plus de %(most)s colonnes : gardez celles qui servent.",
    "contacts.too-many-groups": "Ce fichier nomme plus de %(most)s groupes.",
    "contacts.too-many-lines": "Ce fichier a trop de lignes : %(most)s au plus.",
    "contacts.uid-twice": "Une autre fiche de ce carnet porte déjà cet identifiant.",
    "contacts.vcard-unreadable": "Cette fiche n’est pas une vCard lisible.",
    "contacts.website-malformed": "L’adresse du site commence par http:// ou https://.",
}
