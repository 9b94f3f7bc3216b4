"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "moving.account-closed": "Le compte a été fermé entre-temps.",
    "moving.being-written": "Cette archive est déjà en train d’être écrite.",
    "moving.card-malformed": "Ce n’est pas la carte d’une installation.",
    "moving.file-damaged": (
        "« %(name)s » est abîmé ou incomplet : exportez-le à nouveau de l’ancienne messagerie."
    ),
    "moving.file-too-big": "Cette archive contient plus qu’une boîte ne peut tenir.",
    "moving.file-unknown": (
        "« %(name)s » ne contient pas de courriels reconnus : il faut un fichier mbox, .eml, .pst, ou "
        "une archive .zip ou .tgz de ces fichiers."
    ),
    "moving.file-unreadable": "« %(name)s » ne peut pas être lu.",
    "moving.mailbox-full": (
        "La boîte est pleine : supprimez ou exportez de vieux courriels, puis reprenez l’import là où il "
        "s’est arrêté."
    ),
    "moving.not-for-us": "Ce fichier est destiné à une autre académie (%(domain)s).",
    "moving.one-at-a-time": "Un import ou un export est déjà en cours : attendez sa fin, ou arrêtez-le.",
    "moving.partner-unknown": "L’académie « %(domain)s » n’est pas connue ici : dites-le à l’assistance.",
    "moving.pst-not-here": (
        "Les fichiers Outlook (.pst) ne peuvent pas être lus ici : exportez les courriels au format mbox "
        "ou .eml, ou demandez à l’assistance."
    ),
    "moving.server-certificate": (
        "« %(host)s » ne prouve pas son identité (certificat refusé) : rien ne lui a été envoyé."
    ),
    "moving.server-not-allowed": (
        "« %(host)s » n’est pas un serveur public : l’import n’y est pas permis. Demandez à l’assistance."
    ),
    "moving.server-refused": (
        "« %(host)s » refuse cet identifiant ou ce mot de passe. Certaines messageries demandent un mot "
        "de passe d’application : voyez leur aide, puis recommencez."
    ),
    "moving.server-unknown": "Aucun serveur ne porte le nom « %(host)s » : vérifiez-le.",
    "moving.signature-wrong": "Ce fichier a été changé, ou n’a pas été fait par l’académie qu’il nomme.",
    "moving.withdrawn": "Cette copie a été annulée depuis un avertissement ; son fichier est effacé.",
}
