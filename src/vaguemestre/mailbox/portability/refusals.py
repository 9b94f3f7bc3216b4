"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "portability.account-closed": "Le compte a été fermé entre-temps.",
    "portability.being-written": "Cette archive est déjà en train d’être écrite.",
    "portability.card-malformed": "Ce n’est pas la carte d’une installation.",
    "portability.file-damaged": (
        "« %(name)s » est abîmé ou incomplet : exportez-le à nouveau de l’ancienne messagerie."
    ),
    "portability.file-too-big": "Cette archive contient plus qu’une boîte ne peut tenir.",
    "portability.file-unknown": (
        "« %(name)s » ne contient pas de courriels reconnus : il faut un fichier mbox, .eml, .pst, ou "
        "une archive .zip ou .tgz de ces fichiers."
    ),
    "portability.file-unreadable": "« %(name)s » ne peut pas être lu.",
    "portability.mailbox-full": (
        "La boîte est pleine : supprimez ou exportez de vieux courriels, puis reprenez l’import là où il "
        "s’est arrêté."
    ),
    "portability.not-for-us": "Ce fichier est destiné à une autre académie (%(domain)s).",
    "portability.one-at-a-time": "Un import ou un export est déjà en cours : attendez sa fin, ou arrêtez-le.",
    "portability.partner-unknown": (
        "L’académie « %(domain)s » n’est pas connue ici : dites-le à l’assistance."
    ),
    "portability.pst-not-here": (
        "Les fichiers Outlook (.pst) ne peuvent pas être lus ici : exportez les courriels au format mbox "
        "ou .eml, ou demandez à l’assistance."
    ),
    "portability.server-certificate": (
        "« %(host)s » ne prouve pas son identité (certificat refusé) : rien ne lui a été envoyé."
    ),
    "portability.server-not-allowed": (
        "« %(host)s » n’est pas un serveur public : l’import n’y est pas permis. Demandez à l’assistance."
    ),
    "portability.server-refused": (
        "« %(host)s » refuse cet identifiant ou ce mot de passe. Certaines messageries demandent un mot "
        "de passe d’application : voyez leur aide, puis recommencez."
    ),
    "portability.server-unknown": "Aucun serveur ne porte le nom « %(host)s » : vérifiez-le.",
    "portability.signature-wrong": "Ce fichier a été changé, ou n’a pas été fait par l’académie qu’il nomme.",
    "portability.withdrawn": "Cette copie a été annulée depuis un avertissement ; son fichier est effacé.",
}
