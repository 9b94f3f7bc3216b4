"""Acts on an account that its owner is notified of: their sentences."""

from collections.abc import Mapping

# Act → (subject, sentence). An act without an entry cannot be announced.
WORDS: Mapping[str, tuple[str, str]] = {
    "activated": (
        "Votre compte a été activé",
        "Votre compte vient d’être activé avec votre NUMEN, ou avec un code qui vous était destiné.",
    ),
    "assistant-tried": (
        "Quelqu’un a demandé à activer votre compte",
        "Quelqu’un a donné votre NUMEN et votre date de naissance à l’assistant à l’identification. Votre "
        "compte est déjà activé : rien n’a été montré ni changé.",
    ),
    "desk-lifted": (
        "L’assistance a levé une attente de connexion",
        "L’assistance a levé l’attente imposée après plusieurs essais infructueux de connexion "
        "à votre compte.",
    ),
    "desk-suspended": (
        "Votre compte a été suspendu",
        "L’assistance a suspendu votre compte : plus personne ne peut s’y connecter. "
        "Vos courriels continuent d’arriver et rien n’est supprimé. Si une notification d’absence répondait "
        "pour vous, elle est arrêtée et son texte gardé.",
    ),
    "desk-resumed": (
        "Votre compte est rouvert",
        "L’assistance a rouvert votre compte, qui avait été suspendu.",
    ),
    "desk-absence": (
        "L’assistance a posé une notification d’absence",
        "À la demande de votre hiérarchie, l’assistance a posé une notification d’absence sur votre boîte. "
        "Son texte est neutre et ne part qu’aux agents de l’académie. Vous pouvez y mettre fin dans vos "
        "paramètres.",
    ),
    "desk-absence-ended": (
        "L’assistance a mis fin à la notification d’absence qu’elle avait posée",
        "La notification d’absence que l’assistance avait posée sur votre boîte ne répond plus.",
    ),
    "dangerous-mail": (
        "Un courriel dangereux a été retiré de votre boîte",
        "L’équipe de sécurité a retiré de votre boîte un courriel dangereux. Si vous avez donné un mot de "
        "passe, votre NUMEN ou un code, ou ouvert ce qui y était joint, prévenez l’assistance sans "
        "attendre : elle peut mettre votre compte à l’abri. Sinon, il n’y a rien à faire.",
    ),
    "forward-set": (
        "Des courriels seront transférés automatiquement",
        "Un filtre de votre boîte transfère désormais des courriels à une autre adresse.",
    ),
    "filter-deletes": (
        "Un filtre supprime ou cache des courriels",
        "Un filtre qui jette des courriels, ou les range hors de votre vue, a été créé, modifié ou activé.",
    ),
    "reply-to-set": (
        "Les réponses à vos courriels iront ailleurs",
        "Une identité d’envoi de votre compte demande désormais que l’on réponde à une adresse extérieure.",
    ),
    "expert-saved": (
        "Un filtre écrit à la main a été enregistré",
        "Des instructions écrites à la main ont été enregistrées dans vos filtres : elles peuvent transférer "
        "ou supprimer des courriels qui arrivent.",
    ),
    "desk-compromised": (
        "Votre compte a été mis à l’abri",
        "Votre compte semble avoir été utilisé par quelqu’un d’autre. L’assistance a fermé toutes les "
        "sessions, révoqué les mots de passe d’application, effacé le mot de passe, les secondes preuves "
        "et les contacts de secours de moins de sept jours, et retenu les courriels en partance. Les "
        "publipostages et votre notification d’absence sont arrêtés, leurs textes gardés ; les réponses à "
        "vos courriels ne vont plus à une adresse extérieure. Dans les boîtes partagées, ce qui attendait "
        "de partir en votre nom redevient un brouillon. Vos courriels continuent d’arriver et rien n’est "
        "supprimé. Vous retrouverez votre compte avec un code envoyé à votre contact de secours, ou remis "
        "en main propre.",
    ),
    "desk-code-sent": (
        "L’assistance vous a envoyé un code",
        "L’assistance a envoyé à votre contact un code, qui sert une fois à choisir un nouveau mot de passe.",
    ),
    "desk-released": (
        "Vos courriels retenus sont partis",
        "L’assistance a laissé partir les courriels de votre compte qui étaient retenus.",
    ),
    "desk-discarded": (
        "Des courriels retenus ont été jetés",
        "L’assistance a jeté les courriels en partance de votre compte qui étaient retenus : personne ne les "
        "recevra.",
    ),
    "desk-messages-recovered": (
        "Vos messages supprimés vous sont rendus",
        "L’assistance remet les messages supprimés de votre boîte, sans les voir, dans un dossier "
        "« Récupérés ». Ceux qui ne vous servent pas peuvent être supprimés de nouveau.",
    ),
    "desk-hand-over-asked": (
        "Un code doit vous être remis en main propre",
        "L’assistance a demandé qu’un code pour choisir un nouveau mot de passe vous soit remis en main "
        "propre, par quelqu’un qui s’assurera de votre identité.",
    ),
    "closing-near": (
        "Votre compte sera bientôt fermé",
        "Vos fonctions dans l’académie prennent fin, et votre compte sera fermé : plus rien ne l’ouvrira, "
        "et le courrier qui vous est adressé sera refusé. D’ici là, emportez vos courriels, vos contacts et "
        "vos filtres : paramètres, « Importer et exporter ». Si vous restez en fonction, dites-le à votre "
        "service de gestion.",
    ),
    "closing-withdrawn": (
        "Votre compte ne sera pas fermé",
        "La fermeture de votre compte, qui vous avait été annoncée, n’aura pas lieu : votre compte et votre "
        "boîte restent ouverts, et il n’y a rien à faire.",
    ),
    "desk-key-given": ("Une clé OTP vous a été remise", "L’assistance vous a remis une clé OTP."),
    "desk-key-lost": (
        "Votre clé OTP est déclarée perdue",
        "L’assistance a déclaré votre clé OTP perdue : elle n’ouvre plus rien.",
    ),
    "desk-answer": ("Réponse de l’assistance", "L’assistance a répondu à votre demande."),
    "hand-over-to-confirm": (
        "Un agent attend que vous confirmiez son identité",
        "L’assistance vous demande de vous assurer de l’identité d’un agent qui n’a plus accès à son "
        "compte, et de lui remettre un code en main propre. Connectez-vous, puis ouvrez la "
        "page /assistance/remises du portail. Ne confirmez que si la personne est devant vous.",
    ),
    "hand-over-confirmed": (
        "Un code vous a été remis",
        "Quelqu’un de l’académie a confirmé votre identité et vous a remis un code, qui sert une fois à "
        "choisir un nouveau mot de passe.",
    ),
    "hand-over-refused": (
        "Une remise de code a été refusée",
        "La personne à qui vous demandiez de confirmer une identité a refusé : voyez avec elle avant de "
        "recommencer.",
    ),
    "application-added": (
        "Une application d’authentification protège votre compte",
        "Une application d’authentification a été ajoutée à votre compte : un code vous sera demandé après "
        "votre mot de passe.",
    ),
    "application-removed": (
        "Une application d’authentification a été retirée",
        "Une application d’authentification a été retirée de votre compte : ses codes ne servent plus.",
    ),
    "recovery-codes-made": (
        "De nouveaux codes de secours",
        "De nouveaux codes de secours ont été créés pour votre compte. Les anciens ne servent plus.",
    ),
    "recovery-code-used": (
        "Un code de secours a servi",
        "Une connexion à votre compte a été faite avec un de vos codes de secours. Chacun ne sert "
        "qu’une fois.",
    ),
    "ent-linked": (
        "Votre compte dans l’ENT ouvre votre messagerie",
        "Votre compte dans l’ENT a été relié à votre messagerie : qui entre dans l’ENT à votre nom y entre "
        "sans mot de passe. Vous pouvez le délier depuis la page « Classes ».",
    ),
    "passkey-added": (
        "Une clé d’accès a été ajoutée à votre compte",
        "Une clé d’accès a été ajoutée : l’appareil qui la garde ouvre votre compte sans mot de passe.",
    ),
    "passkey-removed": (
        "Une clé d’accès a été retirée",
        "Une clé d’accès a été retirée de votre compte : elle n’ouvre plus rien.",
    ),
    "contact-set": (
        "Un contact de secours a été ajouté à votre compte",
        "Un contact de secours a été ajouté à votre compte. Il pourra servir dans trois jours à choisir un "
        "nouveau mot de passe.",
    ),
    "contact-dropped": (
        "Un contact de secours a été retiré",
        "Un contact de secours a été retiré de votre compte.",
    ),
    "recovered": (
        "Un nouveau mot de passe a été choisi",
        "Un nouveau mot de passe a été choisi pour votre compte avec un code, reçu à votre contact de "
        "secours ou de l’assistance. Toutes les sessions ont été fermées.",
    ),
    "password-changed": (
        "Votre mot de passe a changé",
        "Le mot de passe de votre compte a été changé.",
    ),
    "mail-held": (
        "Des courriels attendent que vous les confirmiez",
        "Beaucoup de courriels viennent d’être envoyés depuis votre compte : plus que d’habitude, ou à des "
        "personnes à qui vous n’aviez jamais écrit. Ils sont retenus, aucun n’est perdu. S’ils sont de vous, "
        "ouvrez la messagerie, « Envois », puis « Courriels retenus », et envoyez-les. Sinon, jetez-les.",
    ),
    "message-refused": (
        "Un courriel n’est pas parti",
        "Un courriel que vous aviez demandé d’envoyer n’a pas été envoyé.",
    ),
    "mailing-stopped": (
        "Un envoi en plusieurs exemplaires a été arrêté",
        "Vous ne pouvez plus écrire à une des classes de cet envoi, ou plus envoyer depuis cette boîte : les "
        "exemplaires qui restaient ne sont pas partis. Le chef d’établissement décide qui écrit aux classes. "
        "S’il vous le permet de nouveau, l’envoi se reprend où il s’est arrêté.",
    ),
    "member-mailing-stopped": (
        "Un envoi en plusieurs exemplaires d’une boîte partagée est arrêté",
        "Qui l’avait lancé ou programmé ne peut plus envoyer depuis cette boîte : les exemplaires qui "
        "restaient ne sont pas partis. Dans cette boîte, « Envois » le montre, arrêté : vous pouvez l’y "
        "reprendre.",
    ),
    "role-changed": ("Votre rôle a changé", "L’administration de la messagerie a changé votre rôle."),
    "administrator-named": (
        "Une personne de plus administre la messagerie",
        "Si cela vous surprend, voyez avec qui l’a fait : le journal le nomme, et la fiche retire le rôle.",
    ),
    "mailing-withdrawn": (
        "Un envoi programmé n’est pas parti",
        "Son brouillon a été supprimé ou déplacé avant l’heure choisie : aucun exemplaire n’est parti. "
        "« Envois » le montre, arrêté : vous pouvez l’y reprendre, ou revenir à son texte.",
    ),
    "quarantine-digest": (
        "Des courriels sont en quarantaine",
        "Des courriels arrivés pour vous ont été mis de côté, parce qu’ils contiennent un virus, un lien "
        "signalé comme dangereux ou un document avec macros. Si vous en attendiez un, ouvrez la messagerie, "
        "« Quarantaine », et demandez qu’il vous soit remis. Un virus n’est jamais remis.",
    ),
    "virus-found-late": (
        "Un virus a été trouvé dans un courriel déjà arrivé",
        "L’antivirus était en panne quand ce courriel est arrivé, comme la messagerie vous en avertissait. "
        "Il l’a examiné depuis et y a trouvé un virus : le courriel est maintenant en quarantaine, hors de "
        "votre boîte. Si vous avez ouvert une de ses pièces jointes, prévenez tout de suite l’assistance.",
    ),
    "judged-late": (
        "Un courriel déjà arrivé est mis en quarantaine",
        "Le filtre était en panne quand ce courriel est arrivé. Il l’a examiné depuis et y a trouvé un lien "
        "signalé comme dangereux ou un document avec macros : le courriel est maintenant en quarantaine, "
        "hors de votre boîte. Si vous avez suivi ce lien ou ouvert ce document, prévenez tout de suite "
        "l’assistance.",
    ),
    "new-browser": (
        "Connexion depuis un nouveau navigateur",
        "Votre compte vient d’être ouvert dans un navigateur qui ne l’avait encore jamais ouvert.",
    ),
    "key-handed-over": (
        "Une clé OTP vous a été remise",
        "Une clé OTP vous a été remise. Elle servira dès que vous aurez choisi son code PIN, dans vos "
        "paramètres de sécurité.",
    ),
    "key-pin-chosen": (
        "Le code PIN de votre clé OTP est choisi",
        "Un code PIN a été choisi pour votre clé OTP : avec les chiffres affichés, il ouvre votre compte.",
    ),
    "key-lost": (
        "Votre clé OTP est déclarée perdue",
        "Votre clé OTP a été déclarée perdue : elle n’ouvre plus rien.",
    ),
    "delegation-given": (
        "Quelqu’un d’autre peut agir dans votre boîte",
        "Un accès à votre boîte ou à un de vos dossiers a été donné à quelqu’un.",
    ),
    "delegation-apart": (
        "Votre boîte est encore confiée à un collègue d’un autre établissement",
        "Depuis que vous lui avez confié votre boîte, vous ne travaillez plus dans le même établissement. La "
        "délégation continue jusqu’à la date que vous aviez donnée : vous pouvez y mettre fin dans "
        "« Paramètres », « Délégation ».",
    ),
    "delegate-away": (
        "Votre boîte n’est plus ouverte par votre collègue",
        "La personne à qui vous aviez confié votre boîte n’est plus en service : elle ne l’ouvre plus. Si "
        "vous êtes en congé, confiez-la à quelqu’un d’autre dans vos paramètres, page « Délégation ».",
    ),
    "box-refused": (
        "Votre demande de boîte partagée est refusée",
        "L’administration n’ouvre pas la boîte partagée que vous aviez demandée.",
    ),
    "export-asked": (
        "Une copie de vos données a été demandée",
        "Une copie de vos données a été demandée depuis votre compte.",
    ),
    "alarm-raised": (
        "Votre compte a été refermé à votre demande",
        "Vous avez signalé que quelqu’un d’autre agissait dans votre compte. Toutes les sessions sont "
        "fermées, les mots de passe d’application révoqués, et l’ancien mot de passe n’ouvre plus rien. "
        "Les courriels programmés, les vôtres et ceux des boîtes partagées en votre nom, ne partent pas et "
        "redeviennent des brouillons. Les publipostages et votre notification d’absence sont arrêtés, leurs "
        "textes gardés : relisez-les avant de les reprendre.",
    ),
    "undone": (
        "Un changement a été annulé",
        "Un changement fait dans votre compte a été annulé depuis le lien d’un avertissement.",
    ),
    "script-by-program": (
        "Un logiciel trie désormais votre courrier",
        "Un logiciel de messagerie a mis en place un script qui trie, renvoie ou supprime les courriels qui "
        "arrivent dans votre boîte. Il continue même si le mot de passe d’application de ce logiciel est "
        "révoqué. Vous pouvez le lire dans les paramètres, page « Filtres ».",
    ),
    "app-password-made": (
        "Un mot de passe d’application a été créé",
        "Un mot de passe d’application a été créé pour votre compte : il ouvre votre boîte dans un logiciel "
        "ou un téléphone.",
    ),
}
