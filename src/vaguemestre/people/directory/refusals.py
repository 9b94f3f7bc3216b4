"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "directory.address-taken": "L’adresse %(address)s a déjà été donnée.",
    "directory.life-backwards": "La fermeture ne peut pas précéder l’ouverture.",
    "directory.name-unwritable": (
        "Le nom « %(name)s » ne donne aucune lettre utilisable dans un identifiant : à traiter à la main."
    ),
    "directory.name-with-signs": "Un nom ne contient pas le signe « %(sign)s » : corrigez-le.",
    "directory.numen-held-already": "Cette personne a déjà un NUMEN.",
    "directory.numen-malformed": "Ce n’est pas un NUMEN : treize chiffres et lettres.",
    "directory.numen-of-somebody-else": "Ce NUMEN appartient déjà à une autre personne.",
    "directory.numen-sealed-otherwise": "Ce NUMEN a été chiffré avec une clé que l’instance n’a plus.",
    "directory.successor-circular": "« %(uai)s » a déjà cet établissement pour suite.",
    "directory.successor-itself": "C’est cet établissement même : donnez le code de celui qui suit.",
    "directory.successor-too-soon": (
        "Un établissement ouvert n’a pas de suite : donnez aussi le dernier jour, sous « Fermeture »."
    ),
    "directory.successor-unknown": "Aucun établissement ne porte le code « %(uai)s ».",
    "directory.uai-known": "Un établissement porte déjà le code « %(uai)s ».",
    "directory.uai-letter-wrong": "La lettre du code UAI « %(uai)s » est fausse.",
    "directory.uai-malformed": "« %(uai)s » n’est pas un code UAI : sept chiffres et une lettre.",
}
