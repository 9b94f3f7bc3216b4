"""The settings that the search box finds: where each stands, and the words people have for it."""

from typing import NamedTuple


class Setting(NamedTuple):
    """`address` names an element of its page; `words`: words and phrases besides the title, with commas."""

    title: str
    address: str
    words: str


_MAIL = (
    Setting(
        "Signatures",
        "/parametres/identites#identities-title",
        "tampon, cachet, pied de page, bas de page, logo, formule de politesse, coordonnées, "
        "fonction, mentions, bannière, signature avec photo, signature avec image",
    ),
    Setting(
        "Identités : nom affiché, adresse, adresse de réponse",
        "/parametres/identites#identities-title",
        "expéditeur, alias, prénom, répondre à, reply-to, autre adresse, nom affiché, changer de nom, "
        "nom d’usage, nom de jeune fille, mariage",
    ),
    Setting(
        "Réponses types",
        "/parametres/identites#texts-title",
        "modèle, gabarit, canned, texte tout fait, phrases, texte enregistré, message type, brouillon type",
    ),
    Setting(
        "Annuler un envoi",
        "/parametres/envoi#undo",
        "délai, rattraper, rappeler un courriel, dix secondes, undo, annuler",
    ),
    Setting(
        "Envoyer aux heures de travail",
        "/parametres/envoi#sending-title",
        "week-end, nuit, soir, droit à la déconnexion, différer, programmer, heures",
    ),
    Setting(
        "Filtres",
        "/parametres/filtres#filters-list",
        "règle, tri automatique, trier, ranger, classer, redirection, rediriger, transférer, faire suivre, "
        "renvoyer vers ma boîte perso, sieve, filtrer, répondre automatiquement, envoyer dans un dossier, "
        "liste de diffusion",
    ),
    Setting(
        "Courrier indésirable",
        "/parametres/filtres/indesirables#id_is_sorted",
        "spam, pourriel, pub, publicité, hameçonnage, phishing, arnaque, spams",
    ),
    Setting(
        "Sévérité du filtre des indésirables",
        "/parametres/filtres/indesirables#id_severity",
        "seuil, spam, prudent, prudente, strict, permissif, permissive, tolérance, score",
    ),
    Setting(
        "Expéditeurs toujours acceptés",
        "/parametres/filtres/indesirables#id_allowed",
        "liste blanche, autoriser, sûr",
    ),
    Setting(
        "Expéditeurs refusés",
        "/parametres/filtres/indesirables#id_denied",
        "liste noire, bloquer quelqu’un, bloquer un expéditeur, blacklist, interdire, désabonner, "
        "désabonnement, abonnement, newsletter, lettre d’information, harcèlement",
    ),
    Setting(
        "Importer des filtres", "/parametres/filtres/import#file", "roundcube, zimbra, sogo, anciennes règles"
    ),
    Setting("Scripts Sieve", "/parametres/filtres/expert#id_expert", "expert, script, avancé, programmation"),
    Setting(
        "Notifications d’absence",
        "/parametres/absence#absence",
        "vacances, congé, répondeur, réponse automatique, absent, absente, out of office, arrêt maladie, "
        "formation, noël, été, message d’absence, maternité, paternité, remplacement, remplaçant, "
        "remplaçante, maladie, indisponible, stage",
    ),
    Setting(
        "Jours non travaillés",
        "/parametres/absence?absence=3#absence",
        "temps partiel, mi-temps, mercredi, jour libre",
    ),
)
_DEVICES = (
    Setting(
        "Mots de passe d’application",
        "/parametres/appareils#app-passwords-title",
        "logiciel, appareil perdu, téléphone volé, téléphone perdu, révoquer, imap, smtp, "
        "nouveau téléphone, ancien téléphone",
    ),
    Setting(
        "Serveurs et ports",
        "/parametres/appareils#server-title",
        "imap, smtp, pop, port, ssl, tls, paramètres du serveur, carddav",
    ),
    Setting(
        "iPhone et iPad",
        "/appareils/#apple",
        "apple, ios, mail, téléphone, tablette, mobile, portable, nouveau téléphone",
    ),
    Setting(
        "Téléphone Android",
        "/appareils/#android",
        "samsung, gmail, mobile, portable, smartphone, tablette, k-9, nouveau téléphone",
    ),
    Setting("Thunderbird", "/appareils/#thunderbird", "mozilla, logiciel, ordinateur, client de messagerie"),
    Setting("Outlook", "/appareils/#outlook", "microsoft, office, windows, logiciel"),
    Setting("Code QR pour le téléphone", "/appareils/#qr-title", "flasher, appareil photo, qr code"),
)
_SHARING = (
    Setting(
        "Confier ma boîte",
        "/boites/delegation/#new-delegation",
        "délégation, délégué, déléguée, remplaçant, remplaçante, collègue, secrétaire, intérim, "
        "partager, accès à ma boîte",
    ),
    Setting(
        "Importer un fichier",
        "/parametres/courriers#titre-fichier",
        "mbox, eml, pst, sauvegarde, archive, reprendre",
    ),
    Setting(
        "Importer d’une autre messagerie",
        "/parametres/courriers#titre-serveur",
        "ancienne boîte, orange, gmail, ancienne adresse, récupérer mes anciens mails, anciens courriels, "
        "migration, rapatrier",
    ),
    Setting(
        "Tout exporter",
        "/parametres/courriers#titre-export",
        "sauvegarder, télécharger mes courriels, mutation, déménager, retraite, mes données, rgpd, zip",
    ),
)
_ACCOUNT = (
    Setting(
        "Taille de la boîte, corbeille, logiciels permis",
        "/parametres/#given-title",
        "quota, place, espace, stockage, boîte pleine, vidage de la corbeille, conservation, limite",
    ),
    Setting(
        "Thème clair ou sombre",
        "/parametres/affichage#choice-theme",
        "couleur, nuit, noir, dark, contraste, apparence, mode nuit, mode sombre, luminosité, accessibilité",
    ),
    Setting(
        "Densité de la liste",
        "/parametres/affichage#choice-density",
        "taille, serré, aéré, compact, hauteur des lignes, espacement",
    ),
    Setting(
        "Volet de lecture",
        "/parametres/affichage#choice-layout",
        "disposition, dessous, à droite, aperçu du courriel, plein écran, volets",
    ),
    Setting(
        "Place des réponses",
        "/parametres/affichage#choice-answers",
        "répondre, réponse, rédaction, fenêtre, sous le message, écrire à côté",
    ),
    Setting(
        "Toutes mes boîtes dans une seule liste",
        "/parametres/affichage#choice-boxes",
        "boîte partagée, boîte commune, boîte de l’établissement, plusieurs boîtes, secrétariat",
    ),
    Setting(
        "Conversations",
        "/parametres/affichage#choice-conversations",
        "fil, regrouper, discussion, grouper les messages",
    ),
    Setting("Marquer comme lu", "/parametres/affichage#choice-marks_read", "non lu, lecture, ouverture"),
    Setting(
        "Police des courriels",
        "/parametres/affichage#choice-plain_face",
        "caractères, texte brut, chasse fixe, écriture, police de lecture, police d’écriture",
    ),
    Setting(
        "Notifications du navigateur",
        "/parametres/affichage#choice-notices",
        "alerte, bulle, prévenir, nouveau courriel, sonnerie, bruit, son, avis",
    ),
    Setting(
        "Mot de passe",
        "/parametres/securite#password-title",
        "oublié, mdp, code secret, identifiant, perdu, mot de passe oublié, mot de passe perdu, changer",
    ),
    Setting(
        "Clés d’accès",
        "/parametres/securite#passkeys-title",
        "passkey, empreinte, visage, biométrie, fido, sans mot de passe, touch id, face id, clé usb, "
        "yubikey, fingerprint",
    ),
    Setting(
        "Application d’authentification",
        "/parametres/securite#factors-title",
        "double authentification, deux facteurs, 2fa, otp, totp, code à six chiffres, authenticator, freeotp",
    ),
    Setting(
        "Contact de secours",
        "/parametres/securite#contact-title",
        "récupération, adresse personnelle, numéro, récupérer, mail perso, mot de passe perdu, "
        "mot de passe oublié",
    ),
    Setting(
        "Sessions ouvertes",
        "/parametres/activite#sessions-title",
        "connecté ailleurs, déconnecter, ordinateur partagé, piratage, piraté, fermer, déconnexion, "
        "se déconnecter, déconnecter tout, oublié de fermer",
    ),
    Setting("Applications ouvertes", "/parametres/activite#applications-title", "accolad, sso, ent"),
    Setting(
        "Logiciels et téléphones reliés",
        "/parametres/activite#programs-title",
        "appareils connectés, synchronisation",
    ),
    Setting(
        "Navigateurs reconnus", "/parametres/activite#browsers-title", "chrome, firefox, edge, safari, cookie"
    ),
    Setting(
        "Historique de mon compte",
        "/parametres/activite#lines-title",
        "journal, connexions, qui, trace, historique",
    ),
    Setting(
        "Mon téléphone dans l’annuaire",
        "/annuaire/ma-fiche#id_phone",
        "numéro professionnel, poste, ligne directe",
    ),
    Setting(
        "Liste rouge",
        "/annuaire/ma-fiche#id_unlisted",
        "masquer, cacher, ne pas apparaître, vie privée, annuaire",
    ),
)
_HELP = (
    Setting(
        "Pièces jointes de tous mes courriels",
        "/messagerie/pieces/#files-folder",
        "fichier, document, photo, lourd, retrouver un fichier",
    ),
    Setting(
        "Récupérer un courriel supprimé",
        "/messagerie/supprimes/#deleted-words",
        "effacé, restaurer, retrouver, corbeille vidée, perdu",
    ),
    Setting(
        "Aide : raccourcis du clavier",
        "/aide#shortcuts",
        "touches, raccourci clavier, souris",
    ),
    Setting(
        "Aide : dossiers et étiquettes",
        "/aide#folders",
        "créer un dossier, sous-dossier, libellé, catégorie, classement, organiser",
    ),
    Setting(
        "Aide : accusé de lecture, brouillons, copies cachées",
        "/aide#receipts",
        "accusé de réception, confirmation de lecture, cc, cci, copie, brouillon",
    ),
    Setting(
        "Aide : agrandir le texte",
        "/aide#zoom",
        "gros caractères, zoom, taille du texte, dyslexie, lisibilité, malvoyant, malvoyante, lunettes",
    ),
    Setting(
        "Aide : images et impression d’un courriel",
        "/aide#remote-images",
        "imprimer, images bloquées, images distantes, afficher les images, papier",
    ),
    Setting(
        "Données personnelles : vos droits",
        "/donnees-personnelles#rights",
        "confidentialité, rgpd, cnil, droit d’accès, durée de conservation, supprimer mon compte, "
        "fermer mon compte, effacer mes données",
    ),
)
SETTINGS = (*_MAIL, *_DEVICES, *_SHARING, *_ACCOUNT, *_HELP)
