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
    number = error.errno or _NUMBERS.get(type(error), 0)
    return _REASONS.get(number) or f"erreur {errno.errorcode.get(number) or type(error).__name__}"
