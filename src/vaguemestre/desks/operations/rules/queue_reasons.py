"""Why a message waits, in French, from what Postfix noted; and what waits by destination."""

import re
from collections import defaultdict
from collections.abc import Iterable
from operator import attrgetter

from vaguemestre.desks.operations.values import QueuedMessage, WaitingDomain

HELD = "Retenu, à décider"
WAITING = "Premier essai en cours"
# the first that is found in the answer, without case
_REASONS = tuple(
    (re.compile(pattern, re.IGNORECASE), sentence)
    for pattern, sentence in (
        (r"connect to .*(?:private/|/)(?:dovecot|lmtp)|\blmtp\b.*refused", "Nos boîtes ne répondent pas"),
        (r"milter|service unavailable - try again later", "Notre contrôle des envois ne répond pas"),
        (r"connection refused", "Leur serveur refuse la connexion"),
        (r"timed out|no route to host|network is unreachable", "Leur serveur ne répond pas"),
        (r"lost connection|conversation with", "Leur serveur a coupé la connexion"),
        (r"host not found|name service error|domain name not found", "Nom de serveur introuvable (DNS)"),
        (r"certificate|not trusted|name mismatch", "Leur certificat n’est pas le bon"),
        (r"\btls\b|starttls|cannot start", "Pas de connexion chiffrée avec leur serveur"),
        (r"4\.2\.2|over ?quota|mailbox (?:is )?full", "Boîte pleine"),
        (r"4\.3\.1|insufficient (?:system )?storage", "Leur serveur n’a plus de place"),
        (r"too many|rate limit|rate exceeded|throttl|4\.7\.28", "Trop de courriels d’un coup"),
        (r"greylist|gr[ae]y-?list|postgrey", "Leur serveur filtre les inconnus : nouvel essai plus tard"),
        (r"blocked|blacklist|blocklist|reputation|spam|4\.7\.\d", "Leur serveur se méfie de notre courrier"),
        (r"4\.1\.[18]|sender address|domain of sender", "Leur serveur ne vérifie pas notre adresse"),
        (r"try again|temporar|later", "Leur serveur demande de réessayer plus tard"),
    )
)
_CODE = re.compile(r"said: (4\d\d|5\d\d)")


def reason_fr(words: str) -> str:
    """The sentence for an answer of another server; its code if we know no better."""
    if not words:
        return WAITING
    for pattern, sentence in _REASONS:
        if pattern.search(words):
            return sentence
    code = _CODE.search(words)
    return f"Leur serveur a répondu {code[1]}" if code else "Remis à plus tard"


def message_reason(message: QueuedMessage) -> str:
    return HELD if message.is_held else reason_fr(message.words)


def by_destination(messages: Iterable[QueuedMessage]) -> tuple[WaitingDomain, ...]:
    """What waits for each domain, the longest wait first; what is held stands apart."""
    waiting: defaultdict[tuple[bool, str], list[QueuedMessage]] = defaultdict(list)
    for message in messages:
        for domain in ("",) if message.is_held else message.domains:
            waiting[message.is_held, domain].append(message)
    rows = []
    for (is_held, domain), some in waiting.items():
        oldest = min(some, key=attrgetter("arrived_at"))
        words = "" if is_held else _words_for(oldest, domain)
        reason = HELD if is_held else reason_fr(words)
        rows.append(WaitingDomain(domain, len(some), oldest.arrived_at, reason, is_held))
    return tuple(sorted(rows, key=attrgetter("oldest_at")))


def _words_for(message: QueuedMessage, domain: str) -> str:
    """What that destination answered for a message."""
    answers = (
        row.words for row in message.recipients if row.words and row.address.lower().endswith(f"@{domain}")
    )
    return next(answers, "")
