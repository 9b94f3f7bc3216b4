"""The meaning of each setting, for the administration's page.

Settings are read at start from `vaguemestre.toml`; a test checks that each one is listed here.
"""

SECTIONS = {
    "academy": "Académie",
    "web": "Pages",
    "network": "Ports et adresses",
    "tls": "Certificat",
    "database": "Base de données",
    "mail": "Messagerie",
    "mail.outgoing": "Envoi vers l’extérieur",
    "feed": "Flux RH",
    "signin": "Connexion",
    "sending": "Envoi",
    "portability": "Imports et exports",
    "files": "Fichiers volumineux",
    "worker": "Travaux",
    "bulk": "Actes sur plusieurs personnes",
    "metrics": "Mesures",
    "retention": "Durées de conservation",
    "backup": "Sauvegardes",
    "ent": "ENT",
    "lifecycle": "Vies des comptes",
}
MEANINGS = {
    "port_base": "Premier port de l’instance ; les autres s’en déduisent.",
    "academy.code": "Les deux chiffres de l’académie dans les NUMEN qu’elle attribue.",
    "academy.name": "Le nom écrit en haut des pages et sur les lettres.",
    "academy.domain": "Ce qui suit l’arobase des adresses de l’académie.",
    "academy.departments": "Départements, comme dans les UAI : un service du premier degré pour chacun.",
    "academy.public_url": "L’adresse des pages de ses agents ; vide : celle de [web].",
    "academy.certificate": "Le certificat de ses noms (PEM, suivi de sa chaîne) ; vide : celui de [tls].",
    "academy.key": "Sa clé privée (PEM).",
    "academy.signature": "Le modèle de signature de l’académie, en HTML avec variables.",
    "academy.signature_use": "Chacun choisit comment il signe, ou chaque courriel porte cette signature.",
    "academy.numen_layout": "La composition des NUMEN attribués ici : « standard » ou « seed ».",
    "academy.school_zone": "La zone de vacances scolaires (A, B, C) ; vide : aucune.",
    "academy.colleague_domains": "Domaines dont les correspondants prouvés par DMARC sont des collègues.",
    "academy.colleagues": (
        "Qui d’autre est un collègue : personne (« own »), ou les autres académies d’ici (« installation »)."
    ),
    "academy.house_names": "Les noms de services qu’une adresse extérieure ne porte pas sans avertissement.",
    "academy.proof": "Ce qu’une première activation demande : « numen », ou « numen+code » (un code remis).",
    "academy.numen_at_sign_in": (
        "Identifiant et NUMEN, sur la page de connexion, mènent à l’activation, si chaque académie le veut."
    ),
    "academy.username_on_arrival": (
        "L’identifiant d’un agent venu d’une autre académie d’ici : nouveau (« new ») ou gardé (« kept »)."
    ),
    "academy.siret": "Le numéro dit à ProConnect.",
    "academy.help_phone": "Le téléphone de l’assistance, sur la page d’aide ; vide : rien n’est montré.",
    "academy.help_hours": "Ses horaires.",
    "academy.help_address": "Son adresse.",
    "academy.privacy_address": "L’adresse du délégué à la protection des données.",
    "web.host": "L’interface écoutée par les pages.",
    "web.public_url": "L’adresse que les gens tapent ; vide : localhost et le port.",
    "web.workers": "Processus qui servent les pages.",
    "web.threads": "Fils de chacun.",
    "web.behind_tls": "TLS est terminé devant les pages : un serveur mandataire, ou nginx en production.",
    "web.proxies": "Les serveurs mandataires crus sur l’adresse de qui demande.",
    "web.files_url": "L’origine des fichiers prêtés ; vide : « fichiers. » devant celle des pages.",
    "network.ports": "« offset » : depuis port_base ; « usual » : 25, 80, 443, 465, 587, 993, 4190.",
    "network.addresses": "Adresses où les portes s’ouvrent en production ; vide : toutes, IPv4 et IPv6.",
    "network.trusted": (
        "Réseaux de nos propres machines : elles disent l’adresse d’un client à sa place, et sont crues."
    ),
    "network.entry": "Adresses du monde, portées par l’une des machines d’entrée ([[node]] « entry »).",
    "network.forwarders": "Serveurs de noms que demande le résolveur de la machine ; vide : la racine.",
    "tls.certificate": "Le certificat montré au monde (PEM, suivi de sa chaîne) ; vide : l’autorité d’ici.",
    "tls.key": "Sa clé privée (PEM).",
    "tls.acme": "Le certificat demandé à une autorité : « standalone » (port 80) ou « dns ».",
    "tls.acme_contact": "L’adresse que l’autorité prévient.",
    "tls.acme_directory": "L’annuaire ACME de l’autorité ; vide : celui de certbot.",
    "tls.acme_hook": "Pour « dns » : le programme qui publie la preuve dans la zone.",
    "database.engine": "SQLite ou PostgreSQL.",
    "database.host": "Serveur PostgreSQL.",
    "database.port": "Son port.",
    "database.name": "Le nom de la base.",
    "database.user": "L’utilisateur de la base.",
    "database.password_file": "Le fichier qui contient son mot de passe ; le mot de passe n’est pas montré.",
    "mail.host": "L’interface des services de messagerie.",
    "mail.message_size_limit": "La taille d’un courriel, en octets.",
    "mail.message_parts_limit": "Un courriel reçu en plus de parties (textes et pièces jointes) est refusé.",
    "mail.quota_mb": "La taille d’une boîte, en Mo.",
    "mail.undo_seconds": "Le temps pendant lequel « Annuler l’envoi » est offert.",
    "mail.full_text_search": "La recherche dans le texte des courriels.",
    "mail.file_search": "Le texte des PDF et documents joints, où bubblewrap est installé.",
    "mail.postmaster": (
        "L’adresse de l’académie où arrivent « postmaster@ » et « abuse@ » ; vide : ils sont refusés."
    ),
    "mail.forward_outside": "Des filtres peuvent faire suivre vers d’autres domaines.",
    "mail.office_previews": "Aperçus des documents, où LibreOffice et bubblewrap sont installés.",
    "mail.content_filter": "Le filtre de contenu, où rspamd est installé.",
    "mail.lent_domains": (
        "Sous-domaines des nôtres d’où d’autres serveurs écrivent : ce qui se dit d’un autre est refusé."
    ),
    "mail.trusted_forwarders": (
        "Domaines (autres académies, éditeurs d’ENT, universités) crus sur l’expéditeur de ce qu’ils font "
        "suivre et scellent (ARC)."
    ),
    "mail.block_lists": (
        "Listes noires interrogées dans le DNS (DNSBL) : une adresse qui y figure ne peut pas écrire ici."
    ),
    "mail.usual_ports": "Les ports 993, 465 et 4190 mènent à ceux d’ici : les logiciels les reçoivent.",
    "mail.mta_sts": (
        "Notre politique MTA-STS, dite aux autres serveurs : « testing », puis « enforce » ; « none » : rien."
    ),
    "mail.deleted_days": "Jours pendant lesquels un courriel supprimé peut être récupéré.",
    "mail.deleted_mb": "Mo de courriels supprimés gardés par boîte ; au-delà, les plus anciens sont effacés.",
    "mail.checked_links": (
        "Les liens de l’extérieur passent par une adresse d’ici, qui arrête ceux que la sécurité signale."
    ),
    "mail.removal_second_person_above": (
        "Boîtes au-delà desquelles retirer un courriel dangereux demande l’accord d’une deuxième personne."
    ),
    "mail.trace_months": (
        "Mois entiers pendant lesquels le chemin de chaque courriel reste connu (journaux des serveurs)."
    ),
    "mail.outgoing.mode": (
        "« direct » : remise aux serveurs des destinataires ; « relay » : par un serveur qui relaie ; "
        "« demonstration » : rien ne sort."
    ),
    "mail.outgoing.relay_host": "Le serveur qui relaie.",
    "mail.outgoing.relay_port": "Son port ; 465 : TLS dès le premier octet.",
    "mail.outgoing.relay_tls": (
        "« verify » : certificat vérifié ; « encrypt » : chiffré ; « opportunistic » : chiffré s’il le peut."
    ),
    "mail.outgoing.relay_user": "Le nom qui s’y identifie ; vide : aucun.",
    "mail.outgoing.relay_password_file": "Le fichier qui contient son mot de passe ; il n’est pas montré.",
    "mail.outgoing.connections_per_destination": "Connexions à la fois vers un même domaine.",
    "mail.outgoing.seconds_between": (
        "Secondes entre deux remises à un même domaine, alors une à une ; 0 : aucune attente."
    ),
    "mail.outgoing.queue_days": "Jours d’essais avant qu’un courriel revienne à son auteur.",
    "mail.outgoing.delay_notice_hours": "Heures d’attente avant de prévenir l’auteur ; 0 : jamais.",
    "mail.outgoing.ipv6": "Les serveurs joignables en IPv6 le sont ainsi.",
    "mail.outgoing.mta_sts": (
        "Les domaines qui exigent un chiffrement vérifié (MTA-STS) l’obtiennent ; remise directe seulement."
    ),
    "mail.outgoing.dkim_days": "Jours de service d’une clé DKIM ; 0 : renouvelée à la main seulement.",
    "mail.outgoing.dmarc_reports": (
        "Les domaines qui le demandent (DMARC) apprennent chaque jour ce qui est arrivé ici en leur nom."
    ),
    "mail.outgoing.tls_reports": (
        "Les domaines qui le demandent (TLS-RPT) apprennent comment le chiffrement vers eux s’est passé."
    ),
    "mail.outgoing.tls_reports_socket": (
        "Où écoute un autre collecteur de rapports TLS (TLS-RPT) ; vide : celui d’ici."
    ),
    "sending.warn_1_minute": "Destinataires en une minute : au-delà, le courriel attend.",
    "sending.most_1_minute": "Destinataires en une minute : au-delà, le courriel est refusé.",
    "sending.warn_10_minutes": "La même attente, en dix minutes.",
    "sending.most_10_minutes": "Le même refus, en dix minutes.",
    "sending.warn_1_hour": "La même attente, en une heure.",
    "sending.most_1_hour": "Le même refus, en une heure.",
    "sending.warn_10_hours": "La même attente, en dix heures.",
    "sending.most_10_hours": "Le même refus, en dix heures.",
    "sending.night_divisor": "La nuit, les limites sont divisées par ce nombre.",
    "sending.weekend_divisor": "Le samedi et le dimanche, par celui-ci.",
    "sending.strangers_an_hour": "Inconnus à qui l’on écrit en une heure, avant d’attendre.",
    "sending.exempt": "Adresses que les limites ne comptent pas.",
    "sending.day_starts": "L’heure où la journée de travail commence.",
    "sending.day_ends": "L’heure où elle finit.",
    "sending.quiet_hours": "Hors du travail : « offer » propose d’attendre, « ask » demande, « off » rien.",
    "signin.second_factor_for": "Rôles qui doivent un second facteur, outre ceux qui le doivent toujours.",
    "signin.second_factor_from": "Le jour de cette décision, pour les comptes déjà là.",
    "signin.second_factor_days": "Les jours laissés pour l’ajouter.",
    "feed.closure_limit_percent": "Part des comptes d’une source fermés en 24 heures sans confirmation.",
    "feed.refusal_limit_percent": "Part des lignes d’un flux refusées au-delà de laquelle il est retenu.",
    "feed.grace_days": "Jours entre la fin d’un contrat et la fermeture du compte.",
    "files.most_mb": "La taille d’un fichier prêté, en Mo.",
    "files.most_in_all_mb": "La taille de tous ceux d’un compte, en Mo.",
    "files.days": "Jours de prêt, à moins d’un autre choix.",
    "files.most_days": "Jours de prêt, au plus.",
    "files.clamd": "Où le contrôle antivirus écoute ; vide : aucun contrôle.",
    "files.s3_url": "Le service S3 où les fichiers sont gardés ; vide : le dossier de l’instance.",
    "files.s3_bucket": "Le seau de ces fichiers ; sa clef est dans secrets/s3_keys.",
    "files.s3_region": "La région dite à ce service ; « garage » pour Garage.",
    "worker.count": (
        "Processus du travail ordinaire, à côté de celui des travaux longs, de celui des imports et de celui "
        "des courriels d’inconnus."
    ),
    "bulk.most_people": "Personnes au plus dans un seul acte.",
    "bulk.second_person_above": (
        "Personnes au-delà desquelles les actes d’un même compte en une heure demandent l’accord d’une "
        "deuxième personne ; un acte ainsi accordé le demande aussi pour être annulé. De même, qui donne un "
        "fichier RH ne confirme pas à lui seul plus de départs que cela en vingt-quatre heures."
    ),
    "metrics.addresses": "Adresses où les mesures se lisent, en plus de la machine même ; un réseau privé.",
    "metrics.cache_seconds": "Secondes pendant lesquelles une même réponse est redonnée.",
    "metrics.self_mail": "Un courriel de l’installation à elle-même mesure, chaque minute, un trajet.",
    "retention.journal_months": (
        "Mois pendant lesquels une ligne du journal est gardée, après celui de l’acte."
    ),
    "retention.submissions_days": (
        "Jours pendant lesquels le suivi des envois, des publipostages et des listes est gardé."
    ),
    "retention.box_activity_days": (
        "Jours pendant lesquels les actes faits dans une boîte partagée sont gardés."
    ),
    "retention.feeds_days": "Jours pendant lesquels un flux RH et les réponses aux homonymies sont gardés.",
    "retention.reports_days": "Jours pendant lesquels un courriel signalé est gardé.",
    "retention.removals_days": (
        "Jours pendant lesquels un courriel retiré des boîtes peut y être remis ; ensuite, il est effacé."
    ),
    "retention.quarantine_days": (
        "Jours pendant lesquels un courriel reste en quarantaine ; ensuite, il est effacé."
    ),
    "retention.bulk_days": (
        "Jours pendant lesquels un acte sur plusieurs personnes peut être annulé ; ensuite, il est oublié."
    ),
    "retention.help_requests_days": (
        "Jours pendant lesquels une demande d’aide est gardée, depuis sa réponse."
    ),
    "retention.numen_requests_days": (
        "Jours pendant lesquels une demande de NUMEN est gardée, depuis sa clôture."
    ),
    "retention.numen_proofs_days": (
        "Jours pendant lesquels ses pièces d’identité sont gardées, depuis sa clôture."
    ),
    "retention.moves_days": "Jours pendant lesquels un import ou un export reste connu, sans son fichier.",
    "retention.failed_jobs_days": (
        "Jours pendant lesquels un travail en échec que personne n’a repris est gardé."
    ),
    "backup.repository": "Le dépôt des sauvegardes (restic) : un dossier, SFTP ou S3 ; vide : aucun.",
    "backup.keys_repository": "Le dépôt des secrets ; vide : à côté du premier, avec « -keys » à la fin.",
    "backup.password_file": "Le mot de passe du dépôt des données ; écrit à la première sauvegarde.",
    "backup.keys_password_file": "Celui du dépôt des secrets, à garder aussi ailleurs que sur la machine.",
    "backup.credentials_file": "Les clés d’accès à S3, une par ligne (AWS_ACCESS_KEY_ID=…).",
    "backup.interval_minutes": "Minutes entre deux sauvegardes, en production.",
    "backup.keep_days": (
        "Jours pendant lesquels une sauvegarde par jour est gardée ; toutes le sont pendant deux jours."
    ),
    "backup.wal_repository": "Le dossier de pgBackRest, pour PostgreSQL sur cette machine ; vide : aucun.",
    "backup.keep_months": "Mois pendant lesquels une sauvegarde par mois est gardée.",
    "ent.name": "Le nom de l’ENT des établissements.",
    "ent.domain": "Le domaine des adresses qu’il donne aux élèves et aux familles.",
    "ent.cas_url": "Son serveur CAS, pour qui en vient ; vide : personne.",
    "ent.saml_metadata": "Ou ses métadonnées SAML, pour qui en vient : un fichier de l’instance.",
    "ent.saml_name": "L’attribut SAML qui nomme chacun dans l’ENT ; vide : le NameID.",
    "lifecycle.overlap": "Jours où l’on garde les boîtes et les listes de son ancien poste.",
    "lifecycle.overlap_before": "Jours avant sa prise de poste où un chef ouvre la boîte de l’établissement.",
    "lifecycle.long_leave_withdrawn": (
        "Jours de congé long avant le retrait des boîtes partagées et des listes."
    ),
    "lifecycle.departure_withdrawn": (
        "Jours entre un départ et le retrait des boîtes partagées et des listes."
    ),
    "lifecycle.long_leave_suspended": "Jours de congé long avant la suspension du compte.",
    "lifecycle.transfer_closed": "Jours entre une mutation et la fermeture du compte.",
    "lifecycle.retirement_closed": "Jours entre une retraite et la fermeture du compte.",
    "lifecycle.purged": "Jours avant qu’une boîte fermée soit vidée.",
    "lifecycle.death_frozen": "Jours pendant lesquels la boîte d’un agent décédé reste intacte.",
    "lifecycle.notices": "Jours où l’on prévient avant une fermeture.",
    "lifecycle.civil_status_months": "Mois entre la fermeture d’un compte et l’effacement de l’état civil.",
    "lifecycle.fed_days": "Jours où l’état civil reste dû aux RH après un flux qui parle de quelqu’un.",
    "lifecycle.compromise_hours": "Heures où une boîte reste bloquée après une compromission ; 0 : aucune.",
    "portability.upload_mb": "La taille d’un fichier apporté, en Mo.",
    "portability.private_servers": "Serveurs de courrier à adresse privée d’où l’on peut importer.",
}
# Tables that a file repeats, once for each machine and each group of mailboxes; one machine writes none.
TABLES = {
    "node": "Machines",
    "node.name": "Son nom, que dit « bin/install --node ».",
    "node.address": "Son adresse sur le réseau entre machines.",
    "node.duties": (
        "Ce qu’elle fait : pages (« web »), base (« database »), portes des programmes (« proxy »), "
        "boîtes (« pod »), courrier du dehors et filtre (« mx »), ou devant les autres (« entry », seul)."
    ),
    "node.fencing": (
        "L’agent de Pacemaker qui coupe son courant quand elle ne répond plus (fence_ipmilan…), si elle a un "
        "groupe de boîtes que d’autres peuvent servir."
    ),
    "node.fencing_options": "Ses options (nom=valeur) : l’adresse de sa carte de gestion, le compte…",
    "pod": "Groupes de boîtes",
    "pod.name": "Son nom ; le premier groupe du fichier a les boîtes dont rien d’autre n’est dit.",
    "pod.address": "L’adresse qui suit le groupe d’une machine à l’autre.",
    "pod.nodes": "Les machines qui peuvent le servir, l’habituelle d’abord.",
    "pod.device": "De plusieurs machines, ce que monte celle qui le sert : disque, serveur:/chemin, dossier.",
    "pod.file_system": "Son système de fichiers (ext4, nfs4…) ; « none » pour un dossier attaché ailleurs.",
    "pod.mount_options": "Les options du montage ; « bind » pour un dossier.",
}
