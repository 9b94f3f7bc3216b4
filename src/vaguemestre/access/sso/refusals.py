"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "sso.address-not-allowed": (
        "« %(address)s » n’est pas une adresse acceptée : https (http sur la machine même), sans joker "
        "ni dièse."
    ),
    "sso.address-taken": "L’adresse %(address)s est déjà celle de l’application « %(client_id)s ».",
    "sso.application-unknown": "Aucune application ne s’appelle « %(client_id)s ».",
    "sso.attribute-unknown": "Attribut inconnu « %(name)s ». Attributs possibles : %(known)s.",
    "sso.base-not-allowed": "« %(address)s » ne convient pas : elle doit finir par « / », sans « ? ».",
    "sso.client-id-malformed": (
        "« %(client_id)s » n’est pas un identifiant d’application : minuscules, chiffres et tirets."
    ),
    "sso.client-id-taken": "L’application « %(client_id)s » est déjà inscrite.",
    "sso.criterion-unknown": "« %(name)s » n’existe pas ici. Valeurs possibles : %(known)s.",
    "sso.entity-taken": "« %(entity_id)s » est déjà inscrite sous le nom « %(client_id)s ».",
    "sso.logo-unreadable": "Cette image n’est pas lisible : donnez un PNG, un JPEG ou un WebP.",
    "sso.metadata-unreadable": "Ces métadonnées ne sont pas lisibles : vérifiez le fichier.",
    "sso.metadata-unsupported": "Ces métadonnées demandent ce qui n’est pas servi ici : %(what)s.",
    "sso.no-address": "Donnez au moins une adresse de retour ou de service.",
    "sso.no-consumer": "« %(entity_id)s » ne dit aucune adresse où répondre par formulaire.",
    "sso.prefix-not-for-protocol": "Seules les applications CAS ont des préfixes de service.",
}
