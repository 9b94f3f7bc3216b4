"""How the domain’s zone is judged: an answer of DNS in, a line of `vaguemestre check --live` out. Pure."""

from collections.abc import Sequence

from vaguemestre.mailbox.autoconfig.rules.records import Checked, Record, State
from vaguemestre.mailbox.autoconfig.services.zone import AddressName
from vaguemestre.processes.production.running_check.verdicts import Finding

_MAX_ANSWER_CHARACTERS = 100  # characters of what stands there today
_SENTENCES = {
    State.RIGHT: "juste",
    State.MISSING: "manque",
    State.OTHER: "autre chose y est",
    State.SILENT: "le DNS ne répond pas",
}
_VERBS = {State.MISSING: "ajoutez", State.OTHER: "remplacez par"}


def judge_record(result: Checked) -> Finding:
    """A record is well if DNS says what does its work; else its line stands after the arrow."""
    record, state = result.record, result.state
    sentence = _SENTENCES[state]
    if state is State.OTHER:
        sentence += f" ({' | '.join(result.found)[:_MAX_ANSWER_CHARACTERS]})"
    remedy = f"{_VERBS[state]} {record.line}" if state in _VERBS else "vérifiez unbound sur cette machine"
    return Finding(f"DNS {_kind(record)} {record.name}", state is State.RIGHT, sentence, remedy)


def _kind(record: Record) -> str:
    """The usual name of what a text says, else the type of the record."""
    if record.kind == "TLSA":
        return "DANE (TLSA)"
    if record.kind != "TXT":
        return f"MTA-STS ({record.kind})" if record.name.startswith("mta-sts.") else record.kind
    for begins, name in _TEXTS.items():
        if record.value.startswith(begins):
            return f"{name} (TXT)"
    return record.kind


_TEXTS = {
    "v=spf1": "SPF", "v=DKIM1": "DKIM", "v=DMARC1": "DMARC", "v=STSv1": "MTA-STS", "v=TLSRPTv1": "TLS-RPT",
}  # fmt: skip


def judge_signatures(records: Sequence[Record]) -> Finding:
    """Judge whether the domain has DKIM keys."""
    count = sum("._domainkey." in record.name for record in records)
    sentence = f"{count} clés" if count else "aucune clé"
    return Finding("signature DKIM", bool(count), sentence, "lancez « vaguemestre dkim publish-check »")


def judge_resolver(*, is_answered: bool) -> Finding:
    """Judge the resolver by a question about the root, which any name server answers."""
    return Finding(
        "résolveur",
        is_answered,
        "il interroge l’Internet" if is_answered else "personne ne lui répond",
        "ouvrez le port 53 vers l’extérieur, ou écrivez dans [network] « forwarders » les serveurs DNS de "
        "votre réseau (ils passent DNSSEC), puis relancez bin/install ; journalctl -u unbound dit pourquoi",
    )


def judge_address_name(host: str, address: AddressName) -> Finding:
    return Finding(
        f"DNS PTR {address.address}",
        address.is_right,
        ", ".join(address.names) or "aucun nom",
        f"demandez à votre hébergeur le nom {host}",
    )


def no_address(host: str) -> Finding:
    return Finding(
        f"DNS A {host}", is_well=False, sentence="manque", remedy="ajoutez l’adresse de la machine (A, AAAA)"
    )


def database_away() -> Finding:
    return Finding(
        "DNS", is_well=False, sentence="la base de données ne répond pas", remedy="voyez postgresql.service"
    )
