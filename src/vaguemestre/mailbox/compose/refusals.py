"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "compose.already-sent": "Ce courriel a déjà été envoyé.",
    "compose.changed-elsewhere": "Ce brouillon a été modifié dans une autre fenêtre.",
    "compose.changed-since-proof": (
        "Ce courriel a changé depuis votre relecture, dans une autre fenêtre ou par quelqu’un d’autre : "
        "relisez les exemplaires ci-dessous, puis envoyez."
    ),
    "compose.class-needs-copies": "Une classe reçoit un exemplaire par personne : renvoyez ce message.",
    "compose.copies-left": "Des exemplaires sont déjà partis : le texte ne peut plus changer.",
    "compose.copy-too-long": (
        "L’exemplaire de %(address)s serait trop long : mettez moins de variables dans le texte, "
        "ou raccourcissez les cases du tableau."
    ),
    "compose.draft-later": (
        "Votre texte est gardé. Il paraîtra dans « Brouillons » quand la messagerie répondra."
    ),
    "compose.enclosure-gone": "Cette pièce jointe n’existe plus.",
    "compose.enclosure-incomplete": "« %(name)s » n’est pas encore entièrement jointe.",
    "compose.enclosure-overflow": "La pièce jointe a changé pendant son envoi : joignez-la de nouveau.",
    "compose.gone": "Ce brouillon n’existe plus.",
    "compose.identity-gone": "Cette identité n’existe plus.",
    "compose.later-is-past": "Ce moment est déjà passé : choisissez-en un autre.",
    "compose.later-malformed": "Écrivez la date et l’heure ainsi : JJ/MM/AAAA 8 h.",
    "compose.later-too-far": "Choisissez un moment dans l’année qui vient.",
    "compose.link-ends": (
        "Le lien de « %(name)s » s’arrête le %(until)s, avant le départ du courriel : allongez-le dans ses "
        "conditions, ou choisissez un jour plus proche."
    ),
    "compose.links-stay": (
        "Ce courriel porte un lien vers un de vos fichiers : retirez-le avant de changer de boîte."
    ),
    "compose.look-again": "Relisez ce qui est signalé, puis confirmez.",
    "compose.mailing-empty": "Personne ne peut recevoir ce courriel : corrigez les adresses.",
    "compose.mailing-heavy": (
        "Le message est trop lourd pour %(count)s exemplaires : raccourcissez-le, ou mettez un lien "
        "à la place des pièces jointes."
    ),
    "compose.mailing-no-copy": "Personne ne peut recevoir ce courriel, pour les raisons que voici.",
    "compose.name-missing": "Indiquez le nom que verront vos correspondants.",
    "compose.name-not-yours": (
        "Le nom affiché doit montrer votre nom, en lettres ordinaires, parmi ses premiers mots : %(surname)s."
    ),
    "compose.name-of-another": (
        "Le nom affiché contient aussi celui d’un autre agent : gardez le vôtre, avec votre fonction ou "
        "votre établissement si vous voulez."
    ),
    "compose.name-would-not-leave": (
        "Le nom affiché ne doit contenir ni adresse électronique, ni les signes « =? » : retirez-les."
    ),
    "compose.no-address-column": "Aucune colonne ne contient d’adresses : nommez-la « courriel ».",
    "compose.not-your-address": "Cette adresse n’est pas, ou n’est plus, à vous : choisissez-en une autre.",
    "compose.not-your-school": "Vous ne travaillez pas dans cet établissement.",
    "compose.nothing-to-join": "Choisissez une pièce, ou le courriel entier.",
    "compose.reply-to-malformed": "L’adresse de réponse n’est pas une adresse électronique.",
    "compose.several-address-columns": (
        "%(count)s colonnes contiennent des adresses : choisissez celle des destinataires. Pour écrire aussi "
        "aux autres, faites un envoi pour chaque colonne."
    ),
    "compose.signature-file": "Aucune signature n’a été trouvée dans ce fichier.",
    "compose.signature-too-long": "La signature est trop longue.",
    "compose.table-empty": "Le fichier est vide : une ligne de titres, puis une par destinataire.",
    "compose.table-missing": "Choisissez le fichier.",
    "compose.table-old-format": (
        "Ce classeur est dans l’ancien format .xls, ou protégé par un mot de passe : "
        "enregistrez-le en .xlsx, sans mot de passe."
    ),
    "compose.table-too-heavy": (
        "Ce tableau contient plus de %(most)s millions de caractères : gardez les colonnes qui servent."
    ),
    "compose.table-too-long": "Le fichier est trop long : %(limit)s lignes au plus.",
    "compose.reopened": (
        "Cet envoi a été rouvert depuis, pour corriger son texte, et n’a plus d’heure prévue : "
        "rien n’est parti. Attendez la fin de la correction, relisez les exemplaires ci-dessous, puis "
        "envoyez ou programmez."
    ),
    "compose.table-too-wide": "Ce fichier a plus de %(most)s colonnes : gardez celles qui servent.",
    "compose.table-untitled": (
        "La première ligne du tableau contient une adresse : écrivez au-dessus une ligne de titres, comme "
        "« courriel » et « nom », puis donnez le fichier à nouveau."
    ),
    "compose.table-unreadable": (
        "Ce fichier ne peut pas être lu : donnez un classeur Excel (.xlsx) ou LibreOffice (.ods) "
        "sans mot de passe, ou un fichier CSV."
    ),
    "compose.classes-changed": (
        "Les classes à qui vous écrivez ont changé depuis que les exemplaires ont été préparés : choisissez "
        "« Préparer et relire » à nouveau."
    ),
    "compose.prepare-again": (
        "Le texte a changé et demande {%(name)s}, qui manque à des exemplaires : choisissez "
        "« Préparer et relire » à nouveau."
    ),
    "compose.text-empty": "La réponse type est vide : écrivez son texte.",
    "compose.text-gone": "Cette réponse type n’existe plus.",
    "compose.text-too-long": "Ce texte est trop long pour une réponse type.",
    "compose.text-title-taken": "Une autre de vos réponses types a ce titre : changez-le.",
    "compose.text-untitled": "Donnez un titre à cette réponse type.",
    "compose.too-long": "Le texte est trop long pour un courriel : joignez-le en pièce jointe.",
    "compose.too-many-enclosures": "Il y a trop de pièces jointes : %(limit)s au plus.",
    "compose.too-many-identities": "Il y a déjà %(limit)s identités : supprimez-en une d’abord.",
    "compose.too-many-texts": "Il y a déjà %(limit)s réponses types : supprimez-en une d’abord.",
    "compose.too-many-variables": (
        "Le texte, avec ce qu’il cite, contient plus de %(most)s variables entre accolades : retirez-en."
    ),
    "compose.title-twice": (
        "%(count)s colonnes se lisent {%(name)s} (%(where)s) et ne disent pas la même chose : donnez-leur "
        "des titres différents dans le tableau, puis préparez de nouveau."
    ),
    "compose.unknown-variable": ("Le texte demande {%(name)s}, qui n’est aucune des colonnes : %(columns)s."),
    "compose.workbook-too-heavy": (
        "Ce classeur pèse plus de %(most)s Mo : retirez-en les images et les autres feuilles."
    ),
}
