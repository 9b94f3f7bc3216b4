"""Messages from turns of the plot: greeting, text, signature, quotation, attachments, headers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from random import Random

from vaguemestre.demo.letters import attachments, mime
from vaguemestre.demo.letters.newsletters import Newsletter, newsletter
from vaguemestre.demo.letters.plot import Thread, Turn
from vaguemestre.demo.letters.values import Writer
from vaguemestre.foundation.kernel.text.french_dates import dated_moment_fr

_PROGRAMS = (
    "Mozilla Thunderbird",
    "Apple Mail (2.3774)",
    "Vaguemestre",
    "Microsoft Outlook 16.0",
    "iPhone Mail (21F90)",
)
_GREETINGS = {
    "colleague": ("Bonjour {first},", "Salut {first},", "Bonjour à tous,", "{first},"),
    "parent": ("Bonjour,", "Madame, Monsieur,", "Bonjour Madame,"),
    "office": ("Bonjour,", "Mesdames, Messieurs,", "Bonjour {first},"),
}
_CLOSINGS = {
    "colleague": ("Bonne journée,", "À bientôt,", "Amicalement,", "Bien à toi,"),
    "parent": ("Cordialement,", "Bien cordialement,", "Avec mes remerciements,"),
    "office": ("Cordialement,", "Bien cordialement,", "Avec mes salutations distinguées,"),
}
_NOTICES = (
    (
        "Réservation confirmée : salle informatique",
        "Votre réservation de la salle informatique est confirmée.",
    ),
    ("Nouveau document partagé", "Un document a été déposé dans l’espace de votre établissement."),
    ("Cahier de textes : rappel", "Deux séances de la semaine n’ont pas encore été renseignées."),
    ("Prêt du CDI à rendre", "Un ouvrage emprunté au CDI est à rendre avant la fin de la semaine."),
    ("Votre espace de stockage", "L’espace de stockage de la classe est utilisé aux trois quarts."),
)
ROBOT = Writer("Espace numérique de travail", "ne-pas-repondre@ent-picardie.example", "office")


@dataclass(frozen=True, slots=True)
class Written:
    """A message ready to be filed."""

    content: bytes
    message_id: str


def conversation(turn: Turn, thread: Thread, owner: Writer, draw: Random) -> Written:
    """The next letter of a conversation; the thread remembers it."""
    sender = owner if turn.by_owner else thread.others[turn.rank % len(thread.others)]
    message_id = f"<{thread.number:x}.{turn.rank}.{draw.getrandbits(48):x}@{_host(sender)}>"
    subject = thread.topic.subject.format_map(thread.slots)
    addressed = _addressed(thread, sender, owner)
    words = thread.topic.opening if turn.rank == 0 else thread.topic.answers[turn.rank - 1]
    own = _letter(words.format_map(thread.slots), sender, addressed[0], draw)
    quoted = _quoted(thread) if thread.written else ""
    headers: mime.Headers = [
        *_received(sender, owner, turn.at),
        ("Message-ID", message_id),
        ("Date", mime.date_of(turn.at)),
        ("From", mime.mailbox(sender)),
        ("To", mime.mailboxes(addressed[:1])),
        *([("Cc", mime.mailboxes(addressed[1:]))] if addressed[1:] else []),
        ("Subject", mime.words(f"Re: {subject}" if turn.rank else subject)),
        *_references(thread),
        ("User-Agent", draw.choice(_PROGRAMS)),
    ]
    body = _body(own, quoted, message_id, draw)
    if turn.rank == 0:
        body = _with_attachment(body, thread, sender, owner, message_id)
    thread.written.append((message_id, sender, turn.at, own))
    return Written(mime.message(headers, body), message_id)


def issue(source: Newsletter, number: int, owner: Writer, at: datetime, draw: Random) -> Written:
    """One issue of a newsletter."""
    title = draw.choice(source.titles)
    message_id = f"<issue.{number}.{draw.getrandbits(32):x}@{source.list_id}>"
    text, html = newsletter(source, title, number, draw)
    headers: mime.Headers = [
        *_received(source.writer, owner, at),
        ("Message-ID", message_id),
        ("Date", mime.date_of(at)),
        ("From", mime.mailbox(source.writer)),
        ("To", f"<{owner.address}>"),
        ("Subject", mime.words(title)),
        ("List-Id", f"<{source.list_id}>"),
        ("List-Unsubscribe", f"<https://{source.list_id}/desabonnement/{number}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Precedence", "bulk"),
    ]
    parts = [mime.text_part(text), mime.text_part(html, "html")]
    return Written(mime.message(headers, mime.together("alternative", f"=_n{number}", parts)), message_id)


def notice(number: int, owner: Writer, at: datetime, draw: Random) -> Written:
    """An automatic notification."""
    subject, text = draw.choice(_NOTICES)
    message_id = f"<notice.{number}.{draw.getrandbits(32):x}@{_host(ROBOT)}>"
    headers: mime.Headers = [
        *_received(ROBOT, owner, at),
        ("Message-ID", message_id),
        ("Date", mime.date_of(at)),
        ("From", mime.mailbox(ROBOT)),
        ("To", mime.mailbox(owner)),
        ("Subject", mime.words(subject)),
        ("Auto-Submitted", "auto-generated"),
    ]
    body = f"{text}\n\nCe message est automatique : merci de ne pas y répondre.\n"
    return Written(mime.message(headers, mime.text_part(body)), message_id)


def draft(subject: str, text: str, owner: Writer, to: Writer, at: datetime, number: int) -> Written:
    """A draft."""
    message_id = f"<draft.{number}@{_host(owner)}>"
    headers: mime.Headers = [
        ("Message-ID", message_id),
        ("Date", mime.date_of(at)),
        ("From", mime.mailbox(owner)),
        ("To", mime.mailbox(to)),
        ("Subject", mime.words(subject)),
    ]
    return Written(mime.message(headers, mime.text_part(text)), message_id)


def _addressed(thread: Thread, sender: Writer, owner: Writer) -> list[Writer]:
    everybody = [owner, *thread.others]
    ordered = [thread.others[0], owner, *thread.others[1:]] if sender is owner else everybody
    return [writer for writer in ordered if writer is not sender]


def _letter(words: str, sender: Writer, reader: Writer, draw: Random) -> str:
    tone = sender.who if sender.who != "colleague" else reader.who
    greeting = draw.choice(_GREETINGS[tone]).format(first=reader.first_name)
    closing = draw.choice(_CLOSINGS[tone])
    title = f"\n{sender.title}" if sender.title else ""
    return f"{greeting}\n\n{words}\n\n{closing}\n{sender.name}{title}\n"


def _quoted(thread: Thread) -> str:
    _, who, at, text = thread.written[-1]
    lines = "\n".join(f"> {line}".rstrip() for line in text.rstrip().split("\n"))
    return f"\nLe {dated_moment_fr(at)}, {who.name} a écrit :\n{lines}\n"


def _references(thread: Thread) -> mime.Headers:
    if not thread.written:
        return []
    ids = [message[0] for message in thread.written]
    return [("In-Reply-To", ids[-1]), ("References", "\r\n ".join(ids))]


def _body(own: str, quoted: str, message_id: str, draw: Random) -> bytes:
    text = own + quoted
    if draw.random() < 0.55:
        return mime.text_part(text)
    html = "".join(f"<p>{escape(p).replace(chr(10), '<br>')}</p>\n" for p in own.strip().split("\n\n"))
    if quoted:
        head, _, rest = quoted.strip().partition("\n")
        inner = "<br>\n".join(escape(line.removeprefix("> ").removeprefix(">")) for line in rest.split("\n"))
        html += f'<div>{escape(head)}<br><blockquote type="cite">{inner}</blockquote></div>\n'
    html = f'<html><head><meta charset="utf-8"></head><body>{html}</body></html>\n'
    boundary = f"=_a{message_id[1:14]}"
    return mime.together("alternative", boundary, [mime.text_part(text), mime.text_part(html, "html")])


def _with_attachment(body: bytes, thread: Thread, sender: Writer, owner: Writer, message_id: str) -> bytes:
    kind = thread.topic.attachment
    boundary = f"=_m{message_id[1:14]}"
    if kind == "calendar":
        title = thread.topic.subject.format_map(thread.slots)
        place = f"Salle {thread.slots['room']}"
        starts = thread.meets.astimezone(UTC)
        content = attachments.invitation(
            message_id[1:-1], title, starts, place, sender.address, owner.address
        )
        return mime.together("mixed", boundary, [body, mime.calendar_part(content)])
    files = _FILES.get(kind)
    if files is None:
        return body
    parts = [make(thread.number) for make in files(thread.number)]
    return mime.together("mixed", boundary, [body, *parts])


def _pdf(number: int) -> bytes:
    title = ("Convocation", "Note de service", "Calendrier", "Décision")[number % 4]
    content = attachments.pdf(title, number % 6)
    return mime.file_part(f"{title}.pdf", "application/pdf", content)


def _docx(number: int) -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return mime.file_part("Projet pédagogique.docx", kind, attachments.docx("Projet pédagogique", number % 6))


def _odt(number: int) -> bytes:
    kind = "application/vnd.oasis.opendocument.text"
    return mime.file_part("Texte de travail.odt", kind, attachments.odt("Texte de travail", number % 6))


def _xlsx(number: int) -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return mime.file_part("Bilan de la classe.xlsx", kind, attachments.xlsx("Élève", number % 6))


def _jpeg(number: int) -> bytes:
    return mime.file_part(f"IMG_{2000 + number % 6}.jpg", "image/jpeg", attachments.jpeg(number % 6))


def _png(number: int) -> bytes:
    return mime.file_part(f"exposition {number % 6 + 1}.png", "image/png", attachments.png(number % 6))


type _Maker = Callable[[int], bytes]

_FILES: dict[str, Callable[[int], tuple[_Maker, ...]]] = {
    "pdf": lambda number: (_pdf,) if number % 4 else (_pdf, _docx),
    "document": lambda number: (_docx,) if number % 2 else (_odt,),
    "spreadsheet": lambda _: (_xlsx,),
    "image": lambda number: (_jpeg,) if number % 3 else (_jpeg, _png),
}


def _received(sender: Writer, owner: Writer, at: datetime) -> mime.Headers:
    if sender is owner:
        return []
    host = _host(sender)
    return [
        ("Return-Path", f"<{sender.address}>"),
        (
            "Received",
            f"from mail.{host} (mail.{host} [192.0.2.{len(host)}])\r\n"
            f" by mx.{_host(owner)} (Postfix) with ESMTPS;\r\n {mime.date_of(at)}",
        ),
        ("Authentication-Results", f"mail.{_host(owner)}; {_vouched(sender, owner)}"),
        *([] if _host(sender) == _host(owner) else [("Vaguemestre-Arrival", "mx")]),
    ]


def _vouched(sender: Writer, owner: Writer) -> str:
    """Authentication-Results as our servers add them: submission for colleagues, DMARC for others."""
    if _host(sender) == _host(owner):
        return f"auth=pass smtp.mailfrom={sender.address} header.from={sender.address}"
    return f"dmarc=pass header.from={_host(sender)}"


def _host(writer: Writer) -> str:
    return writer.address.rpartition("@")[2]
