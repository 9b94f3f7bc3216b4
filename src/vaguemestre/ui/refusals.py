"""The French sentence of each refusal: what is wrong and what to do."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vaguemestre.kernel.errors import Refusal


def sentence(refusal: Refusal) -> str:
    """The sentence for a refusal's code, completed with its facts."""
    known = {
        "kernel.address-malformed": _("« %(address)s » n’est pas une adresse électronique."),
        "directory.name-unwritable": _(
            "Le nom « %(name)s » ne donne aucune lettre utilisable dans un identifiant : à traiter à la main."
        ),
        "directory.numen-malformed": _("Ce n’est pas un NUMEN : treize chiffres et lettres."),
        "directory.numen-of-somebody-else": _("Ce NUMEN appartient déjà à une autre personne."),
        "directory.numen-held-already": _("Cette personne a déjà un NUMEN."),
        "directory.numen-sealed-otherwise": _("Ce NUMEN a été chiffré avec une clé que l’instance n’a plus."),
        "directory.uai-malformed": _("« %(uai)s » n’est pas un code UAI : sept chiffres et une lettre."),
        "directory.uai-letter-wrong": _("La lettre du code UAI « %(uai)s » est fausse."),
        "directory.uai-known": _("Un établissement porte déjà le code « %(uai)s »."),
        "directory.life-backwards": _("La fermeture ne peut pas précéder l’ouverture."),
        "directory.successor-unknown": _("Aucun établissement ne porte le code « %(uai)s »."),
        "directory.successor-itself": _("C’est cet établissement même : donnez le code de celui qui suit."),
        "directory.successor-too-soon": _(
            "Un établissement ouvert n’a pas de suite : donnez aussi le dernier jour, sous « Fermeture »."
        ),
        "directory.successor-circular": _("« %(uai)s » a déjà cet établissement pour suite."),
        "backoffice.officer-otherwise": _(
            "Ce compte a déjà un autre rôle : retirez-le d’abord, ou choisissez un autre compte."
        ),
        "backoffice.own-role": _("On ne change pas son propre rôle : demandez à un autre administrateur."),
        "backoffice.role-unknown": _("Ce rôle n’existe pas."),
        "directory.address-taken": _("L’adresse %(address)s a déjà été donnée."),
        "sharing.right-missing": _(
            "Il faut le droit « %(needed)s » sur cette boîte : demandez à son responsable."
        ),
        "sharing.address-impossible": _(
            "Écrivez des lettres, chiffres ou tirets après « %(head)s » : %(most)s caractères en tout."
        ),
        "sharing.nobody": _("« %(address)s » n’est l’adresse d’aucun agent de l’académie."),
        "sharing.member-already": _("Cette personne est déjà membre de la boîte."),
        "sharing.member-gone": _("Cette personne n’est plus membre de la boîte."),
        "sharing.owner-by-post": _(
            "Cette personne est responsable par sa fonction : ses droits suivent l’affectation."
        ),
        "sharing.days-reversed": _("La fin doit venir après le début, et ne pas être passée."),
        "sharing.too-many": _("Une boîte a au plus %(most)s membres."),
        "sharing.box-gone": _("Cette boîte est fermée."),
        "sharing.owned": _("Cette boîte a un responsable : lui seul choisit les membres."),
        "sharing.key-needs-send": _(
            "Un logiciel de messagerie lit, range et écrit : il faut le droit « envoi »."
        ),
        "sharing.too-many-requests": _("Vous avez déjà %(most)s demandes en attente."),
        "sharing.cannot-take": _("Cette personne ne peut pas s’en charger : il lui faut le droit « tri »."),
        "sharing.note-empty": _("La note est vide."),
        "sharing.answered-meanwhile": _(
            "%(what)s Relisez avant d’envoyer ; « Envoyer » une seconde fois envoie aussi votre réponse."
        ),
        "sharing.loan-endless": _("Une délégation a une fin : au plus un an après son début."),
        "sharing.loan-right": _("Cette boîte ne se confie pas ainsi."),
        "sharing.loan-to-oneself": _("C’est votre propre adresse."),
        "sharing.key-not-lent": _("Une boîte confiée s’ouvre ici seulement, jamais dans un autre logiciel."),
        "webmail.folder-lent": _("Les dossiers d’une boîte confiée restent à son titulaire."),
        "sharing.request-decided": _("Cette demande a déjà été traitée."),
        "intake.file-empty": _("Le fichier%(of)s est vide."),
        "intake.file-changed": _(
            "Le fichier a été modifié pendant sa lecture : ce qui est appliqué le reste, relancez."
        ),
        "intake.file-encoding": _(
            "Le fichier%(of)s n’est pas un texte UTF-8 : enregistrez-le en « CSV UTF-8 »."
        ),
        "intake.line-ends": _(
            "Les lignes du fichier%(of)s finissent comme sur un ancien Mac : enregistrez-le en « CSV UTF-8 »."
        ),
        "intake.separator-wrong": _(
            "Le séparateur du fichier%(of)s est %(found)s : enregistrez-le avec des points-virgules."
        ),
        "intake.header-absent": _(
            "La première ligne du fichier%(of)s ne porte pas les noms des colonnes, que voici "
            "(leur ordre est libre) : %(columns)s"
        ),
        "intake.columns-missing": _("Colonnes absentes de la première ligne du fichier%(of)s : %(columns)s."),
        "intake.columns-twice": _("Colonnes présentes deux fois dans le fichier%(of)s : %(columns)s."),
        "intake.feed-refused": _("%(reason)s"),
        "moving.not-for-us": _("Ce fichier est destiné à une autre académie (%(domain)s)."),
        "moving.partner-unknown": _(
            "L’académie « %(domain)s » n’est pas connue ici : dites-le à l’assistance."
        ),
        "moving.signature-wrong": _(
            "Ce fichier a été changé, ou n’a pas été fait par l’académie qu’il nomme."
        ),
        "moving.being-written": _("Cette archive est déjà en train d’être écrite."),
        "moving.card-malformed": _("Ce n’est pas la carte d’une installation."),
        "lives.account-unknown": _("Ce compte n’est celui de personne."),
        "lives.account-closed": _("Ce compte est déjà fermé."),
        "lives.by-the-feed": _("Les arrivées et les changements d’affectation viennent du flux RH."),
        "lives.by-the-desk": _(
            "Une compromission est déclarée par l’assistance, qui met le compte à l’abri."
        ),
        "lives.day-impossible": _("Cette date est trop loin."),
        "lives.nothing-declared": _("Rien n’est déclaré pour ce compte."),
        "lives.nothing-closes": _("Aucune fermeture n’est prévue pour ce compte."),
        "lives.boxes-owned": _(
            "Confiez d’abord à quelqu’un les boîtes dont vous êtes seul responsable : %(boxes)s."
        ),
        "intake.feed-decided": _("Ce flux n’attend pas de décision, ou n’en attend plus."),
        "intake.plan-stale": _("%(reason)s Rien n’a été appliqué : refaites le plan et relisez-le."),
        "intake.plan-replaced": _(
            "Le plan a été refait depuis que cette page est ouverte : relisez-le avant de confirmer."
        ),
        "intake.departures-wrong": _(
            "Pour confirmer, écrivez le nombre de départs : %(departures)s. Rien n’a été appliqué."
        ),
        "intake.doubt-unknown": _("Ce rapprochement n’existe pas."),
        "intake.doubt-answered": _("Quelqu’un a déjà répondu à ce rapprochement."),
        "intake.import-running": _("Un autre import est en cours : attendez sa fin."),
        "writing.class-needs-copies": _(
            "Une classe reçoit un exemplaire par personne : renvoyez ce message."
        ),
        "writing.look-again": _("Relisez ce qui est signalé, puis confirmez."),
        "signin.partner-refused": _("Votre compte demande de passer par cette page."),
        "classes.ent-refused": _("L’ENT n’a pas confirmé qui vous êtes : recommencez depuis l’ENT."),
        "classes.ent-link-over": _("Cette demande est trop ancienne : recommencez depuis l’ENT."),
        "classes.ent-taken": _("Ce compte de l’ENT ouvre déjà la messagerie de quelqu’un d’autre."),
        "classes.file-broken": _("%(file)s, ligne %(line)s : %(reason)s. Rien n’a été changé."),
        "classes.no-ent": _("L’académie n’a pas dit le domaine de son ENT (réglage [ent] « domain »)."),
        "classes.no-file": _("Choisissez un fichier."),
        "classes.kinds-mixed": _(
            "Ces fichiers ne vont pas ensemble : donnez un export complet, un delta, ou un seul CSV."
        ),
        "classes.kind-unsaid": _(
            "Le nom des fichiers ne dit pas si l’export est complet : « _Complet_ » ou « _Delta_ » y figure."
        ),
        "classes.school-unsaid": _("Dites de quel établissement est ce CSV."),
        "classes.other-school": _("Ces fichiers parlent d’un autre établissement (%(uai)s)."),
        "classes.import-refused": _("%(reason)s"),
        "classes.import-running": _("Un autre import est en cours : attendez sa fin."),
        "classes.file-too-big": _("Ces fichiers dépassent 30 Mo : faites-les appliquer par l’académie."),
        "classes.staged-gone": _("Ces fichiers ne sont plus là : choisissez-les de nouveau."),
        "classes.not-yours": _("Cette classe n’est pas de celles à qui vous pouvez écrire."),
        "classes.nobody-there": _("Personne de « %(name)s » n’a d’adresse dans l’ENT."),
        "classes.not-the-owner": _("Seule la direction de l’établissement décide de cela."),
        "classes.not-of-the-school": _("Personne de votre établissement n’a cette adresse."),
        "enrolment.not-now": _("La demande a changé d’état entre-temps : relisez-la."),
        "enrolment.unknown": _("Cette demande n’est pas de votre service."),
        "enrolment.person-unknown": _("Cette personne n’est pas de votre service."),
        "enrolment.no-numen": _("Cette personne n’a pas de NUMEN."),
        "enrolment.no-service": _(
            "Aucun service de l’académie ne gère cette situation : appelez l’assistance."
        ),
        "enrolment.too-many": _("Trop de demandes viennent de ce réseau : réessayez dans une heure."),
        "enrolment.school-unknown": _("Aucun établissement ouvert ne porte le code « %(uai)s »."),
        "enrolment.no-end": _("Une arrivée à la main a toujours une date de fin."),
        "enrolment.stay-too-long": _("La fin doit être dans l’avenir, et dans un an au plus."),
        "enrolment.not-ours": _(
            "Cette catégorie, dans cet établissement, est gérée par un autre service : transmettez-lui la "
            "demande."
        ),
        "enrolment.known-already": _(
            "Quelqu’un de très proche est connu : voyez plus bas si c’est la même personne ; sinon cochez "
            "« C’est quelqu’un d’autre » avant de créer."
        ),
        "enrolment.proof-empty": _("« %(name)s » est vide."),
        "enrolment.proof-too-big": _(
            "« %(name)s » dépasse 5 Mo : réduisez-le ou numérisez-le plus légèrement."
        ),
        "enrolment.proof-kind": _("« %(name)s » n’est ni un PDF, ni une image JPEG ou PNG."),
        "enrolment.proof-active": _(
            "« %(name)s » contient des éléments actifs : imprimez-le en PDF simple, puis recommencez."
        ),
        "moving.one-at-a-time": _(
            "Un import ou un export est déjà en cours : attendez sa fin, ou arrêtez-le."
        ),
        "moving.mailbox-full": _(
            "La boîte est pleine : supprimez ou exportez de vieux courriels, puis reprenez l’import là où il "
            "s’est arrêté."
        ),
        "moving.withdrawn": _("Cette copie a été annulée depuis un avertissement ; son fichier est effacé."),
        "moving.account-closed": _("Le compte a été fermé entre-temps."),
        "moving.file-unreadable": _("« %(name)s » ne peut pas être lu."),
        "moving.file-unknown": _(
            "« %(name)s » ne contient pas de courriels reconnus : il faut un fichier mbox, .eml, .pst, ou "
            "une archive .zip ou .tgz de ces fichiers."
        ),
        "moving.file-damaged": _(
            "« %(name)s » est abîmé ou incomplet : exportez-le à nouveau de l’ancienne messagerie."
        ),
        "moving.file-too-big": _("Cette archive contient plus qu’une boîte ne peut tenir."),
        "moving.pst-not-here": _(
            "Les fichiers Outlook (.pst) ne peuvent pas être lus ici : exportez les courriels au format mbox "
            "ou .eml, ou demandez à l’assistance."
        ),
        "moving.server-unknown": _("Aucun serveur ne porte le nom « %(host)s » : vérifiez-le."),
        "moving.server-not-allowed": _(
            "« %(host)s » n’est pas un serveur public : l’import n’y est pas permis. Demandez à l’assistance."
        ),
        "moving.server-certificate": _(
            "« %(host)s » ne prouve pas son identité (certificat refusé) : rien ne lui a été envoyé."
        ),
        "moving.server-refused": _(
            "« %(host)s » refuse cet identifiant ou ce mot de passe. Certaines messageries demandent un mot "
            "de passe d’application : voyez leur aide, puis recommencez."
        ),
        "credentials.account-unknown": _("Aucun compte ne porte l’identifiant « %(username)s »."),
        "credentials.password-too-short": _(
            "Ce mot de passe est trop court : il faut au moins %(shortest)s caractères. "
            "Une phrase convient très bien."
        ),
        "credentials.password-too-long": _("Ce mot de passe est trop long : %(longest)s caractères au plus."),
        "credentials.password-too-common": _(
            "Ce mot de passe est trop courant : on l’essaierait parmi les premiers. Choisissez autre chose."
        ),
        "credentials.password-too-close": _(
            "Ce mot de passe ressemble trop à ce qu’on sait de vous (nom, identifiant, NUMEN, date de "
            "naissance, établissement). Ajoutez des mots qui ne parlent pas de vous."
        ),
        "credentials.password-too-simple": _(
            "Ce mot de passe se devine trop facilement. Ajoutez quelques mots ou variez les caractères."
        ),
        "devices.program-unknown": _(
            "Ce logiciel n’est pas connu, ou demande une réponse ailleurs que sur cet appareil."
        ),
        "devices.program-asked-too-long-ago": _(
            "Cette demande n’est plus bonne : recommencez depuis le logiciel."
        ),
        "credentials.too-many-app-passwords": _(
            "Vous avez déjà %(most)s mots de passe d’application : révoquez ceux qui ne servent plus."
        ),
        "credentials.session-over": _("Votre session est terminée : reconnectez-vous."),
        "signin.wrong": _(
            "Identifiant ou mot de passe incorrect. Vérifiez les majuscules ; avec une clé OTP, attendez "
            "le code suivant, car chaque code ne sert qu’une fois."
        ),
        "signin.wrong-code": _(
            "Ce code n’est pas celui de cette application. Vérifiez l’heure du téléphone, puis écrivez le "
            "code suivant."
        ),
        "signin.second-factor-due": _(
            "Votre rôle demande une application d’authentification : ajoutez-en une autre avant de retirer "
            "celle-ci."
        ),
        "signin.no-application": _("Ajoutez d’abord une application d’authentification."),
        "credentials.too-many-applications": _(
            "Vous avez déjà %(most)s applications : retirez celle qui ne sert plus."
        ),
        "signin.wrong-delivered-code": _(
            "Ce code n’est pas le bon, ou n’est plus valable. Vérifiez-le, ou demandez-en un autre."
        ),
        "signin.contact-gone": _("Ce contact de secours n’est plus là."),
        "credentials.contact-inside": _(
            "Donnez une adresse personnelle : celles de %(domain)s ne s’ouvrent pas sans votre mot de passe."
        ),
        "credentials.passkey-refused": _(
            "Cette clé d’accès n’a pas été reconnue. Réessayez, ou connectez-vous autrement."
        ),
        "credentials.too-many-passkeys": _(
            "Vous avez déjà %(most)s clés d’accès : retirez celles qui ne servent plus."
        ),
        "credentials.serial-malformed": _("Écrivez le numéro de série gravé au dos de la clé."),
        "credentials.serial-not-in-stock": _(
            "La clé %(serial)s n’est pas dans le stock : vérifiez le numéro gravé au dos."
        ),
        "credentials.key-held-already": _(
            "Cette personne a déjà une clé : déclarez-la perdue ou rendue avant d’en remettre une autre."
        ),
        "credentials.no-key": _("Aucune clé ne vous a été remise."),
        "credentials.pin-malformed": _("Un code PIN a de 4 à 8 chiffres."),
        "credentials.pin-too-easy": _("Ce code PIN se devine : évitez les suites et les chiffres répétés."),
        "signin.wrong-code-of-key": _(
            "Ce ne sont pas les chiffres que la clé affiche, ou ils ont déjà servi. Attendez les suivants."
        ),
        "signin.passkey-first": _(
            "Votre compte est protégé par une clé d’accès : connectez-vous avec « Utiliser une clé d’accès »."
        ),
        "signin.device-gone": _("Ce navigateur n’est plus dans la liste."),
        "signin.nothing-to-undo": _("Il n’y a plus rien à annuler : ce changement a déjà été repris."),
        "signin.link-used": _("Ce lien a déjà servi : le compte est déjà refermé."),
        "signin.wrong-current": _("Ce n’est pas votre mot de passe actuel. Vérifiez les majuscules."),
        "signin.passkey-gone": _("Cette clé d’accès n’est plus là."),
        "signin.too-late": _("Trop de temps s’est écoulé : recommencez depuis le début."),
        "signin.busy": _(
            "Beaucoup de personnes se connectent en ce moment. Réessayez dans quelques secondes."
        ),
        "signin.wait": _("Trop d’essais infructueux. Réessayez dans %(wait)s."),
        "assistant.not-possible": _(
            "Nous ne pouvons pas continuer avec ces informations. Vérifiez-les et recommencez. Si "
            "votre compte est déjà activé, ou si cela persiste, la page d’aide dit comment joindre "
            "l’assistance."
        ),
        "assistant.code-not-possible": _(
            "Nous ne pouvons pas continuer avec ces informations. Vérifiez le code, l’identifiant et la "
            "date, puis recommencez. Un code ne sert qu’une fois, pendant 24 heures : au besoin, demandez-en "
            "un autre à l’assistance."
        ),
        "assistant.link-over": _(
            "Ce lien a déjà servi ou n’est plus valable. Demandez-en un autre à qui vous l’a donné."
        ),
        "assistant.closed": _(
            "Trop d’essais ont été faits sur ce NUMEN, par vous ou par d’autres. Réessayez dans %(wait)s, ou "
            "demandez un code : il l’ouvre tout de suite."
        ),
        "assistant.wait": _("Trop d’essais infructueux. Réessayez dans %(wait)s."),
        "credentials.state-not-possible": _("Ce compte est dans un état qui ne permet pas cette action."),
        "helpdesk.reason-missing": _("Écrivez le motif, en quelques mots : la personne le lira."),
        "helpdesk.reason-numen": _(
            "Ce texte contient un NUMEN ou un mot de passe : retirez-le, il n’a pas à être gardé."
        ),
        "helpdesk.not-on-yourself": _("On ne se dépanne pas soi-même : demandez à un collègue."),
        "helpdesk.not-on-administrators": _("Le compte d’un administrateur ne se change pas ici."),
        "helpdesk.not-in-that-state": _("Le compte est dans un état qui ne permet pas cette action."),
        "helpdesk.enough-today": _(
            "Vous avez déjà fait cela %(most)s fois aujourd’hui : passez la main à un collègue."
        ),
        "helpdesk.account-gone": _("Ce compte n’existe plus."),
        "helpdesk.key-line": _(
            "La ligne %(line)s n’est pas « numéro de série ; secret » : corrigez-la, rien n’a été ajouté."
        ),
        "helpdesk.key-list-long": _("Ajoutez %(most)s clés au plus à la fois."),
        "helpdesk.second-not-possible": _(
            "Choisissez une autre personne : ni vous, ni la personne elle-même ne peut confirmer."
        ),
        "helpdesk.hand-over-gone": _("Cette demande a déjà été traitée, ou a plus de trois jours."),
        "helpdesk.too-many-requests": _(
            "Beaucoup de demandes viennent de ce réseau. Réessayez dans %(wait)s, ou téléphonez à "
            "l’assistance."
        ),
        "helpdesk.answer-missing": _("Écrivez la réponse."),
        "helpdesk.answer-secret": _(
            "Cette réponse semble contenir un NUMEN ou un mot de passe : retirez-le."
        ),
        "helpdesk.request-gone": _("Un collègue a déjà répondu à cette demande."),
        "sorting.filter-name": _("Donnez au filtre un nom de %(most)s caractères au plus."),
        "sorting.filter-conditions": _("Un filtre a de une à %(most)s conditions."),
        "sorting.filter-words": _("Écrivez les mots d’une condition en %(most)s caractères au plus."),
        "sorting.filter-relation": _("Une condition ne se compare pas ainsi : changez-la."),
        "sorting.filter-size": _("La taille est un nombre de mégaoctets, de 1 à %(most)s."),
        "sorting.filter-idle": _("Dites ce que le filtre doit faire du courriel."),
        "sorting.filter-folder": _("Le dossier « %(name)s » n’existe plus : choisissez-en un autre."),
        "sorting.filter-gone": _("Ce filtre n’existe plus."),
        "sorting.filter-many": _("Vous avez déjà %(most)s filtres : supprimez-en un d’abord."),
        "sorting.absence-backwards": _("La fin doit venir après le début."),
        "sorting.absence-over": _("Cette absence est déjà terminée : choisissez une fin à venir."),
        "sorting.absence-too-long": _("Une absence dure trois ans au plus."),
        "sorting.absence-silent": _("Écrivez au moins un message : sans texte, aucune réponse ne partirait."),
        "sorting.absence-subject": _("L’objet tient sur une ligne de %(most)s caractères au plus."),
        "sorting.absence-days": _("Choisissez entre %(fewest)s et %(most)s jours."),
        "sorting.absence-text-too-long": _("Un message d’absence tient en %(most)s caractères."),
        "sorting.absence-text-unprintable": _("Ce texte contient un caractère qui ne peut pas être envoyé."),
        "sorting.absence-weekdays": _("Cochez au moins un jour de la semaine."),
        "sorting.account-closed": _("Cette boîte n’est pas ouverte : l’absence ne peut pas être posée."),
        "sorting.filter-day": _("Écrivez la date ainsi : 19/12/2026."),
        "sorting.filter-label": _("Une étiquette tient en %(most)s caractères au plus."),
        "sorting.filter-two-places": _(
            "Choisissez : ranger dans un dossier ou mettre à la corbeille, pas les deux."
        ),
        "sorting.filter-forward-self": _("Cette adresse est la vôtre : le courriel y est déjà."),
        "sorting.filter-forward-outside": _(
            "L’académie ne permet de transférer automatiquement que vers une adresse @%(domain)s."
        ),
        "sorting.filter-file": _("Ce fichier n’est pas un export de filtres : choisissez un fichier .json."),
        "sorting.senders-malformed": _(
            "« %(sender)s » n’est ni une adresse ni un domaine : écrivez nom@exemple.fr ou @exemple.fr."
        ),
        "sorting.senders-many": _("Une liste compte %(most)s expéditeurs au plus."),
        "sorting.senders-both": _("« %(sender)s » est dans les deux listes : retirez-le de l’une."),
        "sorting.expert-long": _("Cette partie est trop longue : %(most)s Kio au plus."),
        "sorting.expert-wrong": _(
            "Cette partie contient des erreurs : elles sont indiquées ligne par ligne."
        ),
        "webmail.message-gone": _("Ce message n’est plus là : il a été déplacé ou supprimé."),
        "webmail.folder-gone": _("Ce dossier n’existe plus."),
        "webmail.folder-exists": _("Un dossier porte déjà ce nom : choisissez-en un autre."),
        "webmail.folder-name": _(
            "Ce nom de dossier n’est pas possible : 1 à 60 caractères, sans « / » ni point au début."
        ),
        "webmail.folder-inside-itself": _("Un dossier ne peut pas être rangé dans lui-même."),
        "webmail.folder-is-special": _("Ce dossier sert à la messagerie : il ne peut pas être changé."),
        "backoffice.name-too-common": _(
            "Plus de %(most)s personnes portent ce nom : écrivez aussi le prénom, ou l’identifiant."
        ),
        "kernel.no-such-day": _("Cette date n’existe pas : vérifiez le jour et le mois."),
        "webmail.unreadable-day": _("Écrivez la date ainsi : 25/11/2026."),
        "webmail.unreadable-choice": _("Ce réglage n’a pas été compris : rechargez la page."),
        "webmail.reminder-past": _("Ce moment est passé : choisissez une date à venir."),
        "webmail.reminder-far": _("Choisissez une date dans les deux ans."),
        "webmail.reminder-over": _("Ce rappel n’existe plus."),
        "webmail.not-sent": _("On n’attend de réponse qu’à un courriel envoyé."),
        "webmail.label-unknown": _("Cette étiquette n’en est pas une."),
        "webmail.label-name": _("Ce nom d’étiquette n’est pas possible : 1 à 30 caractères, et une couleur."),
        "webmail.label-exists": _("Une étiquette s’appelle déjà « %(name)s »."),
        "webmail.too-many-labels": _("Vous avez déjà %(most)s étiquettes : retirez-en une."),
        "webmail.search-name": _("Donnez un nom à cette recherche : 1 à 60 caractères."),
        "webmail.too-many-searches": _("Vous gardez déjà %(most)s recherches : retirez-en une."),
        "webmail.bulk-refused": _("La messagerie a refusé cette action groupée."),
        "webmail.bulk-over": _("Cette action groupée n’existe plus : elle a plus d’un jour."),
        "webmail.bulk-running": _("Une action groupée est déjà en cours : attendez qu’elle soit finie."),
        "portal.announcement-without-words": _("Donnez un titre à ce message."),
        "portal.announcement-too-long": _(
            "Ce message est trop long : 120 caractères pour le titre, 2 000 pour le texte."
        ),
        "portal.announcement-ends-before-it-starts": _(
            "La fin vient avant le début : corrigez l’une des dates."
        ),
        "portal.announcement-gone": _("Ce message a été retiré entre-temps."),
        "webmail.quota-reached": _("Votre boîte est pleine : supprimez des messages ou videz la corbeille."),
        "webmail.too-many": _("Choisissez %(most)s messages au plus à la fois."),
        "webmail.no-folder-for-that": _("Votre boîte n’a pas de dossier pour cela."),
        "webmail.picture-address-over": _("Cette image n’est plus disponible : rouvrez le message."),
        "webmail.preview-impossible": _(
            "Ce fichier ne peut pas être montré ici : téléchargez-le pour l’ouvrir."
        ),
        "webmail.preview-too-slow": _("Ce fichier est trop long à préparer : téléchargez-le pour l’ouvrir."),
        "webmail.preview-too-heavy": _("Ce fichier est trop lourd à montrer : téléchargez-le pour l’ouvrir."),
        "webmail.too-many-parts": _(
            "Ce courriel a trop de pièces pour une seule archive : téléchargez le courriel lui-même."
        ),
        "webmail.too-complex": _("Ce fichier est trop complexe à montrer : téléchargez-le pour l’ouvrir."),
        "webmail.previews-off": _("Les documents ne sont pas montrés ici : téléchargez-le pour l’ouvrir."),
        "webmail.no-answer-awaited": _("Cette invitation n’attend pas de réponse."),
        "webmail.list-offers-no-leave": _("Cette liste ne propose pas de désabonnement."),
        "webmail.leaving-refused": _(
            "Le serveur de la liste n’a pas accepté le désabonnement. Réessayez plus tard, "
            "ou signalez le courriel."
        ),
        "webmail.sender-not-verified": _(
            "L’adresse de cet expéditeur n’est pas vérifiée : ses images ne peuvent pas toujours "
            "être affichées."
        ),
        "webmail.unreadable-selection": _("La sélection n’a pas été comprise : rechargez la page."),
        "devices.request-malformed": _("Cette demande de configuration automatique est illisible."),
        "outbox.control-character": _(
            "Ce champ contient un caractère qui ne peut pas partir (fin de ligne…)."
        ),
        "outbox.recipient-malformed": _(
            "« %(recipient)s » n’est pas une adresse électronique : corrigez-la ou retirez-la."
        ),
        "outbox.too-many-recipients": _("Il y a trop de destinataires : %(limit)s au plus."),
        "outbox.no-recipient": _("Indiquez au moins un destinataire."),
        "outbox.too-large": _(
            "Le message serait trop lourd : %(size)s Mo une fois les pièces jointes codées, "
            "%(limit)s Mo au plus."
        ),
        "outbox.message-id-malformed": _("Le message n’a pas pu être préparé. Réessayez."),
        "outbox.already-left": _("Le courriel est déjà parti : il ne peut plus être repris."),
        "outbox.unknown": _("Ce courriel n’est plus en attente d’envoi."),
        "outbox.restored": _(
            "Une sauvegarde a été remise en place : ce courriel attendait, et a pu partir. Vérifiez avant "
            "de le renvoyer."
        ),
        "outbox.redirect-outside": _("Ce courriel ne peut pas être transmis hors de l’académie."),
        "outbox.refused": _("Le courriel a été refusé par le service d’envoi."),
        "outbox.refused-recipient": _("Une des adresses n’existe pas : le courriel n’est pas parti."),
        "outbox.refused-address": _("L’adresse %(address)s n’existe pas : le courriel n’est pas parti."),
        "outbox.refused-size": _("Le courriel a été refusé parce qu’il est trop lourd."),
        "outbox.refused-sender": _("Le service d’envoi n’a pas accepté votre adresse d’expéditeur."),
        "outbox.from-twice": _("Ce message porte plusieurs expéditeurs."),
        "outbox.from-unreadable": _("L’expéditeur de ce message n’est pas lisible."),
        "outbox.name-holds-address": _(
            "Le nom d’expéditeur contient une autre adresse que la vôtre : retirez-la, puis recommencez."
        ),
        "outbox.from-somebody-else": _("Vous ne pouvez écrire que sous vos propres adresses."),
        "outbox.later-is-past": _("Choisissez un moment à venir."),
        "outbox.refused-limit": _(
            "Vous avez écrit à beaucoup de destinataires en peu de temps : réessayez un peu plus tard."
        ),
        "outbox.limit": _(
            "Beaucoup de destinataires en peu de temps : le courriel attend que vous le confirmiez."
        ),
        "outbox.limit-network": _(
            "Beaucoup d’envois depuis le même réseau : le courriel attend que vous le confirmiez."
        ),
        "outbox.burst": _(
            "Beaucoup de destinataires à qui vous n’aviez jamais écrit : le courriel attend que vous "
            "confirmiez qu’il est bien de vous."
        ),
        "outbox.bulk-too-many": _("%(most)s destinataires au plus en un envoi."),
        "outbox.quiet-hours": _(
            "Vous écrivez en dehors des heures de travail. Programmez l’envoi, ou confirmez qu’il doit "
            "partir maintenant."
        ),
        "outbox.fate-unknown-person": _("Cette adresse n’existe pas : vérifiez comment elle s’écrit."),
        "outbox.fate-unknown-domain": _(
            "Ce qui suit l’arobase ne mène à aucun serveur : vérifiez l’adresse."
        ),
        "outbox.fate-closed": _("Cette boîte est fermée et ne reçoit plus rien."),
        "outbox.fate-full": _("La boîte de ce destinataire est pleine."),
        "outbox.fate-too-big": _("Le courriel est trop lourd pour ce destinataire."),
        "outbox.fate-unreachable": _("Le serveur de ce destinataire ne répond pas."),
        "outbox.fate-too-long": _("Le serveur de ce destinataire n’a pas répondu assez longtemps."),
        "outbox.fate-not-allowed": _("Ce destinataire n’accepte pas ce courriel."),
        "outbox.fate-spam": _("Le serveur de ce destinataire a refusé le courriel par précaution."),
        "outbox.fate-other": _("Le serveur de ce destinataire n’a pas accepté le courriel."),
        "outbox.copy-refused": _(
            "Le courriel est parti, mais sa copie n’a pas pu être rangée dans « Envoyés » (boîte pleine ?). "
            "Elle le sera dès que possible."
        ),
        "deposits.gone": _("Ce fichier n’est plus proposé."),
        "deposits.empty": _("Ce fichier est vide."),
        "deposits.too-large": _("Ce fichier est trop lourd : %(limit)s Mo au plus."),
        "deposits.no-room": _(
            "Il n’y a plus de place pour ce fichier : retirez-en d’autres de « Fichiers déposés »."
        ),
        "deposits.overflow": _("Ce fichier a changé pendant son dépôt : ajoutez-le de nouveau."),
        "deposits.infected": _("Un virus a été trouvé dans « %(name)s » : le fichier est retiré."),
        "deposits.no-such-piece": _("Cette partie du fichier n’existe pas : reprenez depuis le début."),
        "deposits.waiting": _("Ce fichier n’est pas encore prêt : réessayez dans quelques minutes."),
        "deposits.password-wrong": _("Ce n’est pas le mot de passe de ce fichier."),
        "deposits.wait": _("Trop d’essais : réessayez dans %(wait)s."),
        "deposits.password-short": _("Le mot de passe a %(least)s caractères au moins."),
        "deposits.password-long": _("Le mot de passe a %(most)s caractères au plus."),
        "deposits.until-malformed": _("Écrivez la date ainsi : 26/11/2026."),
        "deposits.until-past": _("Ce jour est déjà passé : choisissez-en un autre."),
        "deposits.until-too-far": _("Choisissez un jour dans les %(days)s jours qui viennent."),
        "writing.not-your-address": _(
            "Cette adresse n’est pas, ou n’est plus, à vous : choisissez-en une autre."
        ),
        "writing.name-missing": _("Indiquez le nom que verront vos correspondants."),
        "writing.name-not-yours": _("Le nom affiché doit contenir votre nom : %(surname)s."),
        "writing.reply-to-malformed": _("L’adresse de réponse n’est pas une adresse électronique."),
        "writing.signature-too-long": _("La signature est trop longue."),
        "writing.identity-gone": _("Cette identité n’existe plus."),
        "writing.signature-file": _("Aucune signature n’a été trouvée dans ce fichier."),
        "writing.too-many-identities": _("Il y a déjà %(limit)s identités : supprimez-en une d’abord."),
        "writing.text-untitled": _("Donnez un titre à cette réponse type."),
        "writing.text-empty": _("La réponse type est vide : écrivez son texte."),
        "writing.text-too-long": _("Ce texte est trop long pour une réponse type."),
        "writing.text-gone": _("Cette réponse type n’existe plus."),
        "writing.not-your-school": _("Vous ne travaillez pas dans cet établissement."),
        "writing.too-many-texts": _("Il y a déjà %(limit)s réponses types : supprimez-en une d’abord."),
        "writing.table-missing": _("Choisissez le fichier CSV."),
        "writing.table-unreadable": _("Ce fichier n’est pas un fichier CSV : enregistrez-le d’abord en CSV."),
        "writing.table-empty": _("Le fichier est vide : une ligne de titres, puis une par destinataire."),
        "writing.table-too-long": _("Le fichier est trop long : %(limit)s lignes au plus."),
        "writing.no-address-column": _("Aucune colonne ne contient d’adresses : nommez-la « courriel »."),
        "writing.unknown-variable": _("Le texte demande {%(name)s}, qui n’est aucune des colonnes."),
        "writing.mailing-empty": _("Personne ne peut recevoir ce courriel : corrigez les adresses."),
        "writing.mailing-heavy": _(
            "Les pièces jointes sont trop lourdes pour %(count)s exemplaires : mettez un lien à la place."
        ),
        "writing.gone": _("Ce brouillon n’existe plus."),
        "writing.too-long": _("Le texte est trop long pour un courriel : joignez-le en pièce jointe."),
        "writing.changed-elsewhere": _("Ce brouillon a été modifié dans une autre fenêtre."),
        "writing.links-stay": _(
            "Ce courriel porte un lien vers un de vos fichiers : retirez-le avant de changer de boîte."
        ),
        "writing.already-sent": _("Ce courriel a déjà été envoyé."),
        "writing.draft-later": _(
            "Votre texte est gardé. Il paraîtra dans « Brouillons » quand la messagerie répondra."
        ),
        "writing.enclosure-gone": _("Cette pièce jointe n’existe plus."),
        "writing.enclosure-overflow": _(
            "La pièce jointe a changé pendant son envoi : joignez-la de nouveau."
        ),
        "writing.enclosure-incomplete": _("« %(name)s » n’est pas encore entièrement jointe."),
        "writing.too-many-enclosures": _("Il y a trop de pièces jointes : %(limit)s au plus."),
        "writing.nothing-to-join": _("Choisissez une pièce, ou le courriel entier."),
        "writing.later-malformed": _("Écrivez la date et l’heure ainsi : 26/11/2026 08:00."),
        "writing.later-is-past": _("Ce moment est déjà passé : choisissez-en un autre."),
        "writing.later-too-far": _("Choisissez un moment dans l’année qui vient."),
        "contacts.empty-card": _("Donnez un nom, une adresse électronique ou une organisation."),
        "contacts.birthday-malformed": _("Écrivez l’anniversaire sous la forme JJ/MM/AAAA."),
        "contacts.website-malformed": _("L’adresse du site commence par http:// ou https://."),
        "contacts.photo-unreadable": _("Cette photo n’est pas lisible : choisissez une image JPEG ou PNG."),
        "contacts.read-only": _("Vous pouvez lire ce carnet, pas le changer."),
        "contacts.no-such-book": _("Ce carnet n’existe pas, ou vous n’y avez pas accès."),
        "contacts.book-full": _("Ce carnet est plein : %(most)s contacts au plus."),
        "contacts.nobody-of-that-name": _("Aucun compte ne porte cet identifiant ou cette adresse."),
        "contacts.vcard-unreadable": _("Cette fiche n’est pas une vCard lisible."),
        "contacts.columns-unknown": _(
            "Aucune colonne de ce fichier n’est reconnue : gardez la ligne de titres de l’export."
        ),
        "contacts.too-many-lines": _("Ce fichier a trop de lignes : %(most)s au plus."),
        "contacts.file-unreadable": _("Ce fichier n’est ni une vCard ni un CSV lisible."),
        "contacts.file-empty": _("Ce fichier est vide."),
        "contacts.file-too-big": _("Ce fichier est trop lourd : 10 Mo au plus."),
        "contacts.uid-twice": _("Une autre fiche de ce carnet porte déjà cet identifiant."),
        "contacts.gone": _("Ce contact n’existe plus."),
        "contacts.address-twice": _("Cette adresse est déjà dans votre carnet."),
        "contacts.control-character": _("Un des champs contient un caractère qui n’y a pas sa place."),
        "sso.client-id-taken": _("L’application « %(client_id)s » est déjà inscrite."),
        "sso.client-id-malformed": _(
            "« %(client_id)s » n’est pas un identifiant d’application : minuscules, chiffres et tirets."
        ),
        "sso.no-consumer": _("« %(entity_id)s » ne dit aucune adresse où répondre par formulaire."),
        "sso.entity-taken": _("« %(entity_id)s » est déjà inscrite sous le nom « %(client_id)s »."),
        "sso.base-not-allowed": _("« %(address)s » ne convient pas : elle doit finir par « / », sans « ? »."),
        "sso.prefix-not-for-protocol": _("Seules les applications CAS ont des préfixes de service."),
        "sso.metadata-unreadable": _("Ces métadonnées ne sont pas lisibles : vérifiez le fichier."),
        "sso.metadata-unsupported": _("Ces métadonnées demandent ce qui n’est pas servi ici : %(what)s."),
        "sso.logo-unreadable": _("Cette image n’est pas lisible : donnez un PNG, un JPEG ou un WebP."),
        "sso.application-unknown": _("Aucune application ne s’appelle « %(client_id)s »."),
        "sso.no-address": _("Donnez au moins une adresse de retour ou de service."),
        "sso.address-not-allowed": _(
            "« %(address)s » n’est pas une adresse acceptée : https (http sur la machine même), "
            "sans joker ni dièse."
        ),
        "sso.address-taken": _("L’adresse %(address)s est déjà celle de l’application « %(client_id)s »."),
        "sso.criterion-unknown": _("« %(name)s » n’existe pas ici. Valeurs possibles : %(known)s."),
        "sso.attribute-unknown": _("Attribut inconnu « %(name)s ». Attributs possibles : %(known)s."),
        "lists.name-malformed": _(
            "« %(name)s » ne convient pas : deux lettres ou chiffres au moins, et pas un nom réservé."
        ),
        "lists.not-allowed": _("Vous ne pouvez pas créer de liste pour cet établissement."),
        "lists.gone": _("Cette liste n’existe plus, ou n’est pas à vous."),
        "lists.not-by-hand": _("Les membres de cette liste viennent de l’annuaire."),
        "lists.in-itself": _("Une liste ne peut pas être membre d’une liste."),
        "lists.too-many": _("Une liste composée à la main compte %(most)s membres au plus."),
        "lists.nobody-inside": _("« %(address)s » n’est l’adresse d’aucun agent de l’académie."),
        "lists.last-owner": _("Une liste a toujours au moins un propriétaire."),
        "lists.decided-already": _("Quelqu’un a déjà décidé de ce message : rechargez la page."),
        "lists.later-is-past": _("Choisissez un moment à venir."),
        "lists.too-large": _(
            "Le message est trop lourd : 1 Mo de texte au plus, 20 Mo avec les pièces jointes, qui "
            "deviennent alors des liens. Déposez le fichier sur un espace de partage et envoyez son lien."
        ),
        "lists.not-a-writer": _("Son auteur n’est pas de ceux qui écrivent à cette liste."),
        "lists.moderated": _("Tous les messages de cette liste sont modérés."),
        "lists.other-list": _("Le message vient d’une autre liste."),
        "lists.answer-to-many": _("C’est une réponse à toute une grande liste."),
        "lists.answers-storm": _("Beaucoup de réponses à toute la liste en peu de temps."),
        "lists.refused-by-keeper": _("Un responsable de la liste l’a refusé."),
        "lists.message-gone": _("Le message n’est plus dans la boîte de la liste."),
        "contacts.too-long": _("Un des champs est trop long."),
    }
    return known.get(refusal.code, _("Cette action n’est pas possible.")) % refusal.facts


def duration(seconds: int) -> str:
    """`12 secondes`, `3 minutes`, `1 heure`: rounded up."""
    if seconds < 90:
        return ngettext("%(n)s seconde", "%(n)s secondes", seconds) % {"n": seconds}
    minutes = -(-seconds // 60)
    if minutes < 90:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = -(-minutes // 60)
    return ngettext("%(n)s heure", "%(n)s heures", hours) % {"n": hours}
