"""« Que faire »: for each alarm what it means and what to do, in the order to do it.

The French side of `docs/operations/alerts/`. Between backquotes: a command.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Advice(NamedTuple):
    title: str
    meaning: str
    steps: tuple[str, ...]


ADVICE: Mapping[str, Advice] = MappingProxyType(
    {
        "metrics-gone": Advice(
            "Plus rien n’est mesuré",
            "Le service de mesure ou celui des travaux s’est arrêté. Le courrier passe peut-être encore, "
            "mais aucune autre alarme ne se lèvera.",
            (
                "Voir ce qui tourne : `vaguemestre status`.",
                "Voir le journal : `journalctl -u vaguemestre-metrics -u vaguemestre-worker -n 50`.",
                "Relancer : `systemctl restart vaguemestre-metrics vaguemestre-worker`.",
            ),
        ),
        "source-unreadable": Advice(
            "Une mesure ne peut plus être lue",
            "Une des sources de mesures échoue : les alarmes qui en viennent se taisent.",
            (
                "Son erreur est dans le journal : `journalctl -u vaguemestre-metrics -n 50`.",
                "`postfix` : l’agent de la file est arrêté ; `systemctl restart vaguemestre-queue-agent`.",
                "`database`, `jobs`, `outbox`, `steps`, `feeds` : la base de données ; voir « Un service "
                "ne répond pas ».",
                "`certificates` : un fichier de `engines/tls` ; `push`, `pools` : le service des pages ; "
                "`disk`, `backup`, `self-mail`, `heartbeats` : un fichier de `run` ou le disque.",
                "L’alarme se ferme dans la minute qui suit.",
            ),
        ),
        "part-down": Advice(
            "Un service ne répond pas",
            "Une partie dont les pages ou le courrier ont besoin est arrêtée.",
            (
                "Chaque ligne rouge dit quoi faire : `vaguemestre check --live`.",
                "Le journal de celui qui manque : `journalctl -u vaguemestre-NOM -n 50` (boîtes et arrivée : "
                "`logs/dovecot.log`, `logs/postfix.log`).",
                "Ce qui meurt repart seul, et dit pourquoi dans ses dernières lignes ; ce qui est figé : "
                "`systemctl restart vaguemestre-NOM`.",
                "Boîtes ou arrivée du courrier : `systemctl restart vaguemestre-dovecot`, ou "
                "`vaguemestre-postfix`. Rien n’est perdu.",
                "Signature, MTA-STS ou DANE : rien ne part au-dehors ; `systemctl restart "
                "vaguemestre-signer`, `vaguemestre-mta-sts` ou `vaguemestre-dane-policy`. Rien n’est perdu.",
                "Agent des jetons : personne n’ouvre sa boîte depuis les pages ; `systemctl restart "
                "vaguemestre-token-agent`.",
                "Certificats : voir « Un certificat va finir ».",
                "Enregistrement dans la base : elle répond, et quelqu’un la garde pour lui. Avec SQLite, "
                "`lslocks -o PID,COMMAND,MODE,PATH | grep 'WRITE.*vaguemestre.sqlite3'` dit quel processus : "
                "l’arrêter. Avec PostgreSQL : `docs/operations/alerts/part-down.md`, « database-writes ».",
                "Un nom de machine devant celui du service : c’est là qu’il faut regarder.",
                "Base de données : regarder PostgreSQL d’abord. Place sur le disque : voir « Le "
                "disque se remplit ».",
            ),
        ),
        "part-wants": Advice(
            "Un service demande qu’on s’en occupe",
            "Les pages et le courrier continuent, mais quelque chose s’est arrêté ou prend du retard.",
            (
                "Savoir lequel et pourquoi : `vaguemestre check --live`.",
                "Le journal de ce service : `journalctl -u vaguemestre-NOM -n 50`.",
                "Contrôle du courrier reçu : un courriel aux innombrables parties peut retenir le filtre ; "
                "`systemctl restart vaguemestre-arrivals`.",
                "Filtre : le courrier arrive « Non vérifié », rien ne va dans les indésirables ; "
                "`systemctl status vaguemestre-rspamd`. Figé : `systemctl restart vaguemestre-rspamd`.",
                "Antivirus : `systemctl status clamav-daemon`. Il met une minute à démarrer et demande "
                "1,5 Go de mémoire. Ce qui arrive sans lui est examiné à son retour.",
                "Mémoire du filtre : il juge sans ce qu’on lui a appris ; `systemctl restart "
                "vaguemestre-valkey`.",
                "Adresses de ce qui est renvoyé : ce que filtres et anciennes adresses renvoient dehors "
                "attend ; `systemctl restart vaguemestre-postsrsd`.",
                "Serveur de noms : s’il ne répond pas, rien ne part au-dehors ; celui de `/etc/resolv.conf`, "
                "souvent `systemctl restart unbound`.",
                "Relais de sortie : ce qui va dehors attend, et partira seul ; `timeout 5 bash -c 'head -1 "
                "</dev/tcp/MACHINE/PORT'` montre s’il répond. Puis joindre qui le tient.",
                "Agents de la file, des boîtes, des NUMEN : `systemctl restart vaguemestre-queue-agent` "
                "(ou `-mail-agent`, `-numen-agent`).",
            ),
        ),
        "heartbeat-lost": Advice(
            "Un processus ne donne plus signe de vie",
            "Il est arrêté ou bloqué. Ce qu’il devait faire attend.",
            (
                "Son journal : `journalctl -u vaguemestre-NOM -n 50`.",
                "Le relancer : `systemctl restart vaguemestre-NOM`. Rien n’est perdu.",
                "S’il se bloque encore : la base de données et le disque d’abord.",
                "Une machine entière, parmi plusieurs : elle est arrêtée, ou ne voit plus la base ; "
                "`vaguemestre node list` dit à quoi elle sert.",
            ),
        ),
        "log-silent": Advice(
            "Le journal de Postfix ou de Dovecot se tait",
            "Il répond, et n’écrit plus rien. Le courrier passe ; mais ce qu’il devient n’est plus su : "
            "« Recherche de messages », « Où est mon courriel ? » et l’assistance n’en voient rien.",
            (
                "Y a-t-il de la place pour ses journaux ? `df -h /var/lib/vaguemestre/logs` et "
                "`df -i /var/lib/vaguemestre/logs` ; sinon voir « Le disque se remplit » d’abord.",
                "Le faire relire, ce qui ne coupe personne : `systemctl reload vaguemestre-postfix`, ou "
                "`vaguemestre-dovecot`. Son service le fait de lui-même au bout de deux à trois minutes, "
                "s’il a de la place.",
                "Il se tait encore : `systemctl restart vaguemestre-postfix`, ou `vaguemestre-dovecot`. Rien "
                "n’est perdu.",
                "L’alarme se ferme à la ligne suivante. Ce qui est arrivé ou parti pendant le silence n’a "
                "laissé aucune trace, et n’en aura pas.",
            ),
        ),
        "jobs-failed": Advice(
            "Des travaux ont échoué",
            "Ils ont été essayés pendant trois jours. Ce qu’ils devaient faire n’est pas fait.",
            (
                "Les lire, avec leur erreur : page « Travaux », ou `vaguemestre jobs list`.",
                "Écarter la cause, puis « Relancer » ; sinon « Abandonner » avec une raison. Ce qui échoue "
                "de nouveau revient sous un autre identifiant.",
            ),
        ),
        "jobs-late": Advice(
            "Les travaux prennent du retard",
            "Il y en a plus que les services de travaux n’en font, ou ils sont bloqués.",
            (
                "Voir s’ils vivent : `vaguemestre check --live`, lignes « partie ». Un service de travaux "
                "qui ne donne plus signe : `systemctl restart vaguemestre-worker` (ou `-worker-long`, "
                "`-worker-imports`, `-worker-untrusted`).",
                "Un moteur absent retarde tout ce qui a besoin de lui : voir les autres alarmes.",
                "Sinon en ajouter : `[worker] count`, puis redémarrer.",
            ),
        ),
        "outbox-late": Advice(
            "Des courriels partent en retard",
            "Des courriels écrits sur les pages ne sont pas encore confiés à Postfix.",
            (
                "Une autre alarme nomme-t-elle le contrôle des envois, l’arrivée du courrier, la signature "
                "ou les travaux ? Voir d’abord « Un service ne répond pas » : tant que l’un manque, rien ne "
                "part.",
                "Le pourquoi de chaque essai : `journalctl -u vaguemestre-worker -n 50`.",
                "Les travaux avancent-ils ? Voir « Les travaux prennent du retard ».",
                "Une fois réparé, ce qui attend repart de lui-même en une minute ou deux. Rien n’est perdu.",
            ),
        ),
        "postfix-deferred": Advice(
            "Beaucoup de courriels remis à plus tard",
            "Des serveurs d’ailleurs, ou nos boîtes, ne prennent pas le courrier pour le moment. Il est "
            "essayé plusieurs jours.",
            (
                "Voir vers qui et pourquoi : page « File d’attente », ou `vaguemestre queue list "
                "--by-destination`.",
                "Notre propre domaine (« Nos boîtes ne répondent pas ») : voir « Nos boîtes ne prennent plus "
                "le courrier ».",
                "Une seule destination : attendre, ou joindre qui la tient.",
                "Toutes : réseau, DNS ou relais de sortie : `vaguemestre check --live`.",
                "Un compte volé qui écrit à tous : le mettre à l’abri depuis sa fiche, puis "
                "renvoyer ou retenir.",
            ),
        ),
        "postfix-old": Advice(
            "Un courriel n’avance plus",
            "La file active ou l’arrivée est bloquée.",
            (
                "Voir ce qui manque : `vaguemestre check --live`. « partie postfix : ne fait plus avancer "
                "de courriel » : la file est figée ; « Premier essai en cours » ne dit alors rien.",
                "Un seul courriel, les autres passent : page « File d’attente », le retenir. "
                "`grep NUMÉRO /var/lib/vaguemestre/logs/postfix.log` dit ce qu’il attend.",
                "Reprendre : `systemctl restart vaguemestre-postfix`. La file est gardée et repart.",
            ),
        ),
        "refused-outside": Advice(
            "D’autres serveurs ne veulent pas de notre courrier",
            "Ils nous soupçonnent : liste noire, envoi massif, signature ou politique en défaut.",
            (
                "Lire leurs raisons : « Aujourd’hui », « Refusés, et pourquoi », les compte ; leurs mots, et "
                "à qui : `grep -E 'status=(bounced|deferred)' /var/lib/vaguemestre/logs/postfix.log | tail`.",
                "L’histoire d’un de ces courriels : page « Recherche de messages », avec l’adresse de qui "
                "l’a écrit, sort « Refusé ».",
                "Un compte envoie-t-il à tous ? `grep -o ' from=<[^>]*>' "
                "/var/lib/vaguemestre/logs/postfix.log | sort | uniq -c | sort -n | tail` compte par "
                "adresse ; le mettre à l’abri depuis sa fiche.",
                "Vérifier SPF, DKIM, DMARC et le nom inverse : page « DNS ».",
                "Suivre le lien que donne le serveur qui refuse, et demander le retrait.",
            ),
        ),
        "deliveries-put-off": Advice(
            "Nos boîtes ne prennent plus le courrier",
            "Plus de cinquante remises ont été reportées en un quart d’heure. Ce qui n’est pas remis attend "
            "dans la file, rien n’est perdu.",
            (
                "Page « File d’attente » : rien n’y attend pour nos adresses ? Tout est remis, et il n’y a "
                "rien à faire : une boîte a reçu trop de courriels d’un coup, par exemple. L’alarme dure un "
                "quart d’heure après la dernière remise reportée.",
                "Quelles boîtes, et pourquoi : `vaguemestre queue list`, sous chaque courriel, ou "
                "`grep status=deferred /var/lib/vaguemestre/logs/postfix.log | tail`. Une seule boîte : "
                "elle est pleine, ou reçoit trop ; les autres ne risquent rien.",
                "« connect to …/lmtp » : `systemctl restart vaguemestre-dovecot`, même si "
                "`vaguemestre check --live` est bien.",
                "D’autres mots sont ceux de Dovecot : `tail -n 50 /var/lib/vaguemestre/logs/dovecot.log`. "
                "Le disque du courrier est-il plein ?",
                "Une fois réparé, la file se vide d’elle-même en moins d’une heure.",
            ),
        ),
        "self-mail-lost": Advice(
            "Le courriel témoin ne revient plus",
            "Chaque minute un courriel fait le tour : envoi, file, boîte. Il ne revient pas : le courrier "
            "est sans doute arrêté.",
            (
                "Voir les autres alarmes : celle d’un service dit laquelle des étapes manque.",
                "Où il s’arrête : `vaguemestre queue list --with boucle`, puis page « File d’attente ». "
                "« Premier essai en cours » depuis des minutes : voir « Un courriel n’avance plus ».",
            ),
        ),
        "self-mail-slow": Advice(
            "Le courrier est lent",
            "Le courriel témoin met plus de quinze secondes à faire le tour.",
            (
                "La file s’allonge-t-elle ? Page « File d’attente ».",
                "La machine est-elle chargée ? `uptime`, et `vmstat 5 5` (« wa » : elle attend le disque).",
            ),
        ),
        "feed-old": Advice(
            "Aucun import RH depuis trois jours",
            "Arrivées et départs ne sont plus suivis : des personnes attendent leur compte.",
            (
                "Un import est peut-être retenu : page « Imports RH ».",
                "Le fichier arrive-t-il encore ? Voir avec le service qui l’envoie.",
                "L’appliquer à la main : `vaguemestre feed apply FICHIER`.",
            ),
        ),
        "certificate-ends": Advice(
            "Un certificat va finir",
            "Une fois fini, les logiciels de messagerie et les navigateurs refuseront de se connecter.",
            (
                "Son renouvellement a échoué ; le journal dit pourquoi : `journalctl -u certbot -n 50`.",
                "Après l’avoir renouvelé : `vaguemestre certificate`.",
                "« internal », « sieve », et « public » sans certificat d’une autorité, sont refaits au "
                "démarrage : `systemctl restart vaguemestre-prepare`, puis `systemctl restart "
                "vaguemestre.target`.",
                "Vérifier : `vaguemestre check --live`.",
            ),
        ),
        "backup-old": Advice(
            "La sauvegarde est ancienne",
            "Si une machine meurt maintenant, ce qui est arrivé depuis est perdu.",
            (
                "Ce qu’a dit la dernière : `journalctl -u vaguemestre-backup -n 50`.",
                "La faire maintenant, ce qui dit aussi ce qui l’empêche : `vaguemestre backup`.",
                "Place et accès du dépôt : `[backup] repository`, dans `/etc/vaguemestre/vaguemestre.toml`.",
            ),
        ),
        "disk-full": Advice(
            "Le disque se remplit",
            "Sous 200 Mo le courrier est refusé pour le moment (4xx) ; rien n’est perdu, les "
            "pages le disent.",
            (
                "Ce qui grossit : `du -xh --max-depth=2 /var/lib/vaguemestre | sort -h | tail`.",
                "Courrier : les plus grandes boîtes et `[mail] quota_mb` ; agrandir le volume.",
                "S’il s’agit de fichiers, non de place : `df -i /var/lib/vaguemestre` ; un volume plus grand "
                "en tient plus.",
                "Journaux : les envoyer ailleurs et vider les anciens.",
            ),
        ),
        "imap-slow": Advice(
            "La lecture du courrier est lente",
            "Une commande IMAP sur vingt prend plus d’une seconde.",
            (
                "Le disque du courrier : `vmstat 5 5` (« wa » : la machine l’attend).",
                "Une boîte sans index : `vaguemestre index IDENTIFIANT`.",
                "L’alarme se ferme dix minutes après les dernières lenteurs.",
            ),
        ),
    }
)
