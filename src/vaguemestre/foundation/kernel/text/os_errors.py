"""What the operating system refuses, in French; Python has it in English."""

import errno

_TIMED_OUT = "pas de réponse à temps"
_REASONS = {
    errno.ECONNREFUSED: "connexion refusée",
    errno.ECONNRESET: "connexion coupée",
    errno.EPIPE: "connexion coupée",
    errno.ETIMEDOUT: _TIMED_OUT,
    errno.EHOSTUNREACH: "machine injoignable",
    errno.ENETUNREACH: "réseau injoignable",
    errno.EADDRINUSE: "déjà pris",
    errno.EADDRNOTAVAIL: "cette machine n’a pas cette adresse",
    errno.EROFS: "en lecture seule",
    errno.ENOSPC: "il n’y a plus de place",
    errno.EDQUOT: "il n’y a plus de place",
    errno.EMFILE: "trop de fichiers ouverts",
    errno.ENFILE: "trop de fichiers ouverts",
    errno.EACCES: "accès refusé",
    errno.EPERM: "accès refusé",
    errno.ENOENT: "rien n’est à cet endroit",
    errno.EEXIST: "il y a déjà quelque chose à cet endroit",
    errno.ENOTDIR: "ce n’est pas un dossier",
    errno.EISDIR: "c’est un dossier",
    errno.EIO: "le disque ne répond pas comme il doit",
}
_NUMBERS = {  # of exceptions that carry none
    TimeoutError: errno.ETIMEDOUT,
    ConnectionRefusedError: errno.ECONNREFUSED,
    ConnectionResetError: errno.ECONNRESET,
    BrokenPipeError: errno.EPIPE,
}


def os_error_fr(error: OSError) -> str:
    """A few words without a capital; of a rare error, its name in errno(3)."""
    number = _number(error)
    return _REASONS.get(number) or f"erreur {errno.errorcode.get(number) or type(error).__name__}"


def with_causes_in_french(error: BaseException) -> str:
    """The text of an error, the operating system's words in it (those of its causes) in French."""
    text, cause = str(error), error.__cause__
    while cause is not None:
        if isinstance(cause, OSError) and str(cause) and (reason := _REASONS.get(_number(cause))):
            text = text.replace(str(cause), reason)
        cause = cause.__cause__
    return text


def _number(error: OSError) -> int:
    return error.errno or _NUMBERS.get(type(error), 0)
